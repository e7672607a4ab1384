// Carries out the steps of tests/conformance/host-file.json over fake processes.
#pragma once

#include "tests/native/conformance/conformance-text.h"
#include "tests/native/fakes/file-host.h"

namespace kvista::test {

class FileSteps {
 public:
  void step(const Json& step);

 private:
  using Pending = std::shared_ptr<std::optional<Replies>>;

  // The process of that number; one that was killed is followed by another.
  [[nodiscard]] FileHost& process(int number);
  [[nodiscard]] std::uint64_t operation(const Json& step);
  [[nodiscard]] Asked askedIn(const Json& request) const;
  [[nodiscard]] Pending perform(FileHost& host, std::uint64_t operation, const Step& step);
  [[nodiscard]] Replies await(const Pending& pending);
  void check(const Json& requests, const Json& step, const Replies& replies);
  void checkOne(const Json& request, const Json& gives, const Replied& reply) const;
  void checkFile(const Json& gives, const Replied& reply) const;
  [[nodiscard]] std::vector<std::string> walk(FileHost& host, double count);

  Loop loop_{};
  std::shared_ptr<SharedDirectory> directory_ = std::make_shared<SharedDirectory>(loop_);
  std::map<int, std::unique_ptr<FileHost>> processes_{};
  std::vector<std::unique_ptr<FileHost>> killed_{};
  std::map<std::string, std::uint64_t> operations_{};
  std::map<std::string, std::pair<Json, Pending>> begun_{};
  std::map<std::string, std::string> stats_{};
  std::uint64_t count_ = 0;
  Names names_{};
};

}  // namespace kvista::test
