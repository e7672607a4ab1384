// Base class of the stores that hold each value by itself and change it after a look at what is
// there: a table in an object's storage, and a directory. A subclass finds, writes and removes one
// value; what an operation means is decided here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wasm/store/store.h"

namespace kvista {

class ValueStore : public Store {
 public:
  [[nodiscard]] std::uint32_t capabilities() const override { return capability::kAll; }
  [[nodiscard]] Task<Answer> perform(Operation& operation) final;

 protected:
  // What a key holds. The views are valid until the next step.
  struct Found {
    bool live = false;                        // present and not expired
    bool expired = false;                     // expired, and still stored
    std::optional<std::int64_t> expiresAt{};  // Unix seconds
    std::string_view view{};
    std::optional<std::string> owned{};  // a value of several parts
    bool textKept = false;               // the value is the text that the host kept
    std::string_view stat{};             // what `remove` is given; the subclass knows its meaning
    Reservation reservation{};           // counts `owned` while it lives

    [[nodiscard]] std::string_view value() const { return owned ? std::string_view(*owned) : view; }
  };

  // Makes the store ready. It is called before the first operation, and again after one that failed
  // because what it had made is gone (`isGone`). It sets `prepared_` unless the next operation is
  // to try again.
  [[nodiscard]] virtual Task<HostReply> prepare(Operation& operation) = 0;
  // Returns whether an operation failed because what `prepare` made has been removed. Nothing was
  // carried out then, and the operation is served once more.
  [[nodiscard]] virtual bool isGone(const Error& error) const = 0;
  // In these three functions, `request` is a read or a write of one key.
  //
  // Returns what the key holds. The value may be left out unless `needsValue`.
  [[nodiscard]] virtual Task<Found> find(Operation& operation, Request request) = 0;
  // Writes `request.value` with `request.expiresAt`. The reply says nothing.
  [[nodiscard]] virtual Task<HostReply> write(Operation& operation, Request request) = 0;
  // Removes the key for a write, or for a read what was found to have expired. `stat` is what
  // `find` returned. The reply says nothing.
  [[nodiscard]] virtual Task<HostReply> remove(Operation& operation, Request request,
                                               std::string stat) = 0;
  // Serves every operation that names no key: kList, kPage, kSweep, kDiagnose.
  [[nodiscard]] virtual Task<Answer> serveOther(Operation& operation) = 0;

  // Returns whether the operation needs the value that the key holds.
  [[nodiscard]] static bool needsValue(const Request& request);

  bool prepared_ = false;  // `prepare` has succeeded, and nothing says that it must again

 private:
  [[nodiscard]] Task<Answer> serve(Operation& operation);
  [[nodiscard]] Task<Answer> serveOne(Operation& operation, Request request);
  [[nodiscard]] Task<Answer> serveMany(Operation& operation);
};

}  // namespace kvista
