// Watch: a host that passes on what the store asks of another one, and notes by which paths each
// operation went: what it repeated, and whether it looked before it wrote again.
#pragma once

#include <map>
#include <set>
#include <string>

#include "tests/native/support/driver.h"

namespace kvista::simulation {

// What one request is, whatever differs between two attempts at it.
struct RequestTraits {
  std::string name;
  bool writes = false;
};

struct Path {
  bool hasWritten = false;
  bool repeatedRead = false;
  bool repeatedWrite = false;  // at once, not after a look
  bool hasLooked = false;      // read after a write had failed
  bool wroteAfterLook = false;
};

class Watch final : public test::Host {
 public:
  using Describe = RequestTraits (*)(const test::Asked&);
  Watch(test::Host& inner, Describe describe) : inner_(inner), describe_(describe) {}

  std::optional<test::Replies> perform(std::uint64_t operation, const test::Step& step,
                                       std::function<void(test::Replies)> later) override;
  void ended(std::uint64_t operation) override { inner_.ended(operation); }
  // Of the operation with that number, the first of an isolate having 1; it is forgotten.
  [[nodiscard]] Path take(std::uint64_t operation);
  // One operation was begun that nobody takes: the numbers go on behind it.
  void skip() { ++skipped_; }

 private:
  struct Seen {
    Path path;
    std::set<std::string> failed;
    bool hasFailedWrite = false;
  };
  void note(std::uint64_t operation, const test::Step& step, const test::Replies& replies);

  test::Host& inner_;
  Describe describe_;
  std::map<std::uint64_t, Seen> seen_;
  std::uint64_t skipped_ = 0;
};

}  // namespace kvista::simulation
