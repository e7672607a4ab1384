// Carries out the steps of tests/conformance/host-object.json over a fake object, or over the SQL
// of a fake shard.
#pragma once

#include "tests/native/conformance/conformance-text.h"
#include "tests/native/fakes/object-node.h"

namespace kvista::test {

class ObjectSteps {
 public:
  explicit ObjectSteps(bool isSql);
  void step(const Json& step);

 private:
  using Pending = std::shared_ptr<std::optional<Replies>>;

  [[nodiscard]] Asked askedIn(const Json& request) const;
  [[nodiscard]] std::string parametersIn(const Json& parameters) const;
  void check(const Json& requests, const Json& step, const Replies& replies) const;
  void checkOne(const Json& request, const Json& gives, const Replied& reply) const;
  void checkRows(const Json& cells, const std::string& rows) const;

  Loop loop_{};
  FakeObjects objects_{loop_};
  ObjectNode node_;
  std::map<std::string, std::uint64_t> operations_{};
  std::map<std::string, std::pair<Json, Pending>> begun_{};
  std::uint64_t count_ = 0;
  Names names_{};
};

}  // namespace kvista::test
