// The store in a directory: a file for each key (file-name.h), with the raw value as its content
// and the expiry in its times (file-stat.h). Beside the files of keys the host keeps a directory
// .kvista (bindings/stores/file/file-directory.ts).
//
// A value is written aside, and gets its name by a rename while its key's lock is held. All
// processes share the locks; readers take none. A crash at any moment leaves the old or the new
// value.
//
// The host's verbs for a directory are in host.h.
#pragma once

#include <string>

#include "wasm/store/value-store.h"
#include "wasm/stores/file/file-name.h"

namespace kvista {

class FileStore final : public ValueStore {
 public:
  struct Options {
    bool createDirectory = true;
    bool syncs = false;          // a write is on the disk before it is acknowledged
    bool portableNames = false;  // NameStyle::kPortable, without trying the file system
  };
  explicit FileStore(Options options)
      : options_(options),
        style_(options.portableNames ? NameStyle::kPortable : NameStyle::kPlain) {}

 protected:
  [[nodiscard]] Task<HostReply> prepare(Operation& operation) override;
  [[nodiscard]] bool isGone(const Error& error) const override;
  [[nodiscard]] Task<Found> find(Operation& operation, Request request) override;
  [[nodiscard]] Task<HostReply> write(Operation& operation, Request request) override;
  [[nodiscard]] Task<HostReply> remove(Operation& operation, Request request,
                                       std::string stat) override;
  [[nodiscard]] Task<Answer> serveOther(Operation& operation) override;

 private:
  // The path of a key's file, and the path that Uploadista's store would give it.
  struct Paths {
    std::string own;
    std::string plain;
  };
  [[nodiscard]] Paths pathsOf(std::string_view fullKey) const;
  // Waits for the lock of the key whose file has that path. Nothing has been changed before that.
  [[nodiscard]] Task<HostReply> lock(Operation& operation, std::string path);
  // Looks at the next few files of a walk that goes on from sweep to sweep, and removes those that
  // have expired.
  [[nodiscard]] Task<HostReply> sweep(Operation& operation);
  // Gives a lock back after a step that has failed, if the operation is a batch, which goes on.
  [[nodiscard]] Task<HostReply> unlock(Operation& operation, Op op, std::string path);
  [[nodiscard]] Task<Answer> list(Operation& operation);
  // Looks whether any of the files has an expiry, and sets `isExpiring_` if so.
  [[nodiscard]] Task<HostReply> lookForExpiry(Operation& operation, std::string entries);
  [[nodiscard]] Task<Answer> diagnose(Operation& operation);

  Options options_;
  NameStyle style_;
  bool keepsExpiry_ = true;
  bool isExpiring_ = false;  // some value has an expiry, as far as this process knows
  bool hasLooked_ = false;   // at every file, for one with an expiry
  std::uint32_t writes_ = 0;
};

}  // namespace kvista
