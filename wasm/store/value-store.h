// What the stores have in common that hold each value by itself and change it after a look at what
// is there: a table, a directory. Such a store says how a value is found, written and removed; what
// an operation means is the same.
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
  // What a key holds. The views are valid until the next request to the host.
  struct Found {
    bool live = false;     // present and not expired
    bool expired = false;  // still there
    std::optional<std::int64_t> expiresAt{};
    std::string_view view{};
    std::optional<std::string> owned{};  // a value of several parts
    bool textKept = false;               // the value is the text that the host kept
    std::string_view stat{};
    Reservation reservation{};  // counts `owned` while it lives

    [[nodiscard]] std::string_view value() const { return owned ? std::string_view(*owned) : view; }
  };

  // Before the first operation, and after one that found that all is gone.
  [[nodiscard]] virtual Task<HostReply> prepare(Operation& operation) = 0;
  // Whether the failure is that what `prepare` made has been removed: then nothing was carried out.
  [[nodiscard]] virtual bool isGone(const Error& error) const = 0;
  // In these three, `request` is a read or a write of one key; the value may be left out where
  // `needsValue` does not ask for it.
  [[nodiscard]] virtual Task<Found> find(Operation& operation, Request request) = 0;
  [[nodiscard]] virtual Task<HostReply> write(Operation& operation, Request request) = 0;
  [[nodiscard]] virtual Task<HostReply> remove(Operation& operation, Request request,
                                               std::string stat) = 0;
  // Everything that is not about keys that are named.
  [[nodiscard]] virtual Task<Answer> serveOther(Operation& operation) = 0;

  [[nodiscard]] static bool needsValue(const Request& request);

  bool prepared_ = false;

 private:
  [[nodiscard]] Task<Answer> serve(Operation& operation);
  [[nodiscard]] Task<Answer> serveOne(Operation& operation, Request request);
  [[nodiscard]] Task<Answer> serveMany(Operation& operation);
};

}  // namespace kvista
