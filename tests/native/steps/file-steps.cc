#include "tests/native/steps/file-steps.h"

#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "wasm/core/bytes.h"
#include "wasm/stores/file/file-stat.h"

namespace kvista::test {
namespace {

constexpr double kMost = 26'214'401;

std::vector<std::string> namesIn(std::string_view packed) {
  std::vector<std::string> names;
  while (!packed.empty()) {
    names.emplace_back(packed.substr(0, packed.find('\0')));
    packed.remove_prefix(names.back().size() + 1);
  }
  return names;
}

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::ranges::sort(names);
  return names;
}

// The locks by their own names; behind each stands its owner.
std::vector<std::string> locksIn(const std::string& packed) {
  const std::vector<std::string> both = namesIn(packed);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < both.size(); i += 2) {
    names.push_back(both[i].substr(both[i].rfind('/') + 1));
  }
  return names;
}

}  // namespace

FileHost& FileSteps::process(int number) {
  std::unique_ptr<FileHost>& host = processes_[number];
  if (host) return *host;
  host = std::make_unique<FileHost>(loop_, directory_);
  // What is to be opened otherwise is opened by the case.
  if (number == 2) return *host;
  const Asked open{.verb = Verb::kOpen,
                   .key = "P",
                   .value = "p",
                   .meta = writeMeta(true, true) + ByteWriter().f64(0).take()};
  REQUIRE_FALSE(await(perform(*host, ++count_, {open})).at(0).failed);
  host->ended(count_);
  return *host;
}

std::uint64_t FileSteps::operation(const Json& step) {
  const std::string name = step.value("as", "");
  if (name.empty()) return ++count_;
  const auto [found, isNew] = operations_.try_emplace(name, count_ + 1);
  if (isNew) ++count_;
  return found->second;
}

Asked FileSteps::askedIn(const Json& request) const {
  const double synced = request.value("synced", false) ? 1 : 0;
  const auto text = [&](const char* member) { return request.value(member, ""); };
  if (request.contains("read")) {
    return {.verb = Verb::kRead,
            .key = text("read"),
            .value = request.value("other", text("read")),
            .number = request.value("most", kMost)};
  }
  if (request.contains("write")) {
    const double mtime = request.value("mtime", 0.0);
    return {.verb = Verb::kWrite,
            .value = expand(request["write"], names_).utf8,
            .meta = writeMeta(mtime > 0, synced == 1),
            .number = mtime};
  }
  if (request.contains("rename")) {
    return {.verb = Verb::kRename,
            .key = text("rename"),
            .value = request.value("other", text("rename")),
            .number = synced};
  }
  if (request.contains("remove")) {
    const auto stat = stats_.find(text("ifStill"));
    return {.verb = Verb::kRemove,
            .key = text("remove"),
            .value = text("other"),
            .meta = stat == stats_.end() ? "" : stat->second,
            .number = synced};
  }
  if (request.contains("stats")) {
    Asked asked{.verb = Verb::kStatMany};
    for (const Json& path : request["stats"]) {
      asked.value.append(path.get<std::string>()).push_back('\0');
    }
    return asked;
  }
  if (request.contains("lock")) {
    const double untilMs = loop_.nowMs() + request["within"].get<double>();
    return {.verb = Verb::kLock, .key = text("lock"), .number = untilMs};
  }
  if (request.contains("unlock")) return {.verb = Verb::kUnlock, .key = text("unlock")};
  if (request.contains("holders")) return {.verb = Verb::kHolders};
  if (request.contains("scan")) return {.verb = Verb::kScan};
  if (request.contains("walk")) return {.verb = Verb::kWalk, .number = request["walk"]};
  REQUIRE(request.contains("open"));
  const std::string form = writeMeta(true, request["made"]) + ByteWriter().f64(0).take();
  return {.verb = Verb::kOpen, .key = "P", .value = "p", .meta = form};
}

FileSteps::Pending FileSteps::perform(FileHost& host, std::uint64_t operation, const Step& step) {
  auto pending = std::make_shared<std::optional<Replies>>();
  const auto now =
      host.perform(operation, step, [pending](Replies replies) { *pending = std::move(replies); });
  REQUIRE_FALSE(now);
  return pending;
}

Replies FileSteps::await(const Pending& pending) {
  REQUIRE(loop_.runUntil([&] { return pending->has_value(); }));
  return **pending;
}

void FileSteps::checkFile(const Json& gives, const Replied& reply) const {
  const bool isText = !gives.is_object() || !gives.contains("text");
  CHECK((reply.value == expand(isText ? gives : gives["text"], names_).utf8));
  if (isText) return;
  const FileStat stat = statIn(reply.meta);
  CHECK(stat.isFile());
  CHECK(stat.isMarked() == gives["marked"].get<bool>());
  if (gives.contains("mtime")) CHECK(stat.mtimeMs == gives["mtime"].get<double>() * 1000);
}

void FileSteps::checkOne(const Json& request, const Json& gives, const Replied& reply) const {
  INFO(request.dump(-1, ' ', true).substr(0, 200) << " said: " << reply.value.substr(0, 200));
  const bool fails = gives.is_object() && gives.contains("fails");
  REQUIRE(reply.failed == fails);
  if (fails) {
    CHECK(reply.value.find(gives["fails"].get<std::string>()) != std::string::npos);
  } else if (request.contains("read")) {
    checkFile(gives, reply);
  } else if (request.contains("scan")) {
    CHECK(sorted(namesIn(reply.value)) == gives["names"].get<std::vector<std::string>>());
    CHECK((reply.number != 0) == gives["expiring"].get<bool>());
  } else if (request.contains("holders")) {
    CHECK(sorted(locksIn(reply.value)) == gives.get<std::vector<std::string>>());
  } else if (request.contains("walk")) {
    CHECK(sorted(namesIn(reply.value)) == gives.get<std::vector<std::string>>());
  } else if (request.contains("stats")) {
    REQUIRE(reply.value.size() == gives.size() * sizeof(FileStat));
    for (std::size_t i = 0; i < gives.size(); ++i) {
      const FileStat stat = statIn(std::string_view(reply.value).substr(i * sizeof(FileStat)));
      CHECK(stat.isFile() == !gives[i].is_null());
      if (!gives[i].is_null()) CHECK(stat.size == gives[i].get<double>());
    }
  } else {
    CHECK(gives.is_null());
  }
}

void FileSteps::check(const Json& requests, const Json& step, const Replies& replies) {
  REQUIRE(replies.size() == requests.size());
  if (step.contains("keep")) stats_[step["keep"]] = replies.at(0).meta;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (step.contains("gives")) {
      checkOne(requests[i], step["gives"][i], replies[i]);
    } else {
      INFO(replies[i].value);
      CHECK_FALSE(replies[i].failed);
    }
  }
}

std::vector<std::string> FileSteps::walk(FileHost& host, double count) {
  std::vector<std::string> all;
  for (;;) {
    const Replied reply =
        await(perform(host, ++count_, {{.verb = Verb::kWalk, .number = count}})).at(0);
    host.ended(count_);
    REQUIRE_FALSE(reply.failed);
    const std::vector<std::string> names = namesIn(reply.value);
    all.insert(all.end(), names.begin(), names.end());
    // A real one may give fewer than there are; then it gives none.
    if (static_cast<double>(names.size()) < count) return all;
  }
}

void FileSteps::step(const Json& step) {
  const int number = step.value("by", 0);
  if (step.contains("ends")) {
    process(number).ended(operations_.at(step["ends"]));
    return;
  }
  if (step.contains("kills")) {
    std::unique_ptr<FileHost>& host = processes_[step["kills"]];
    host->kill();
    killed_.push_back(std::move(host));
    return;
  }
  if (step.contains("awaits")) {
    const auto& [requests, pending] = begun_.at(step["awaits"]);
    return check(requests, step, await(pending));
  }
  FileHost& host = process(number);
  const Json& requests = step["do"];
  if (requests[0].value("toEnd", false)) {
    CHECK(sorted(walk(host, requests[0]["walk"])) ==
          step["gives"][0].get<std::vector<std::string>>());
    return;
  }
  Step asked;
  for (const Json& request : requests) asked.push_back(askedIn(request));
  const std::uint64_t id = operation(step);
  const Pending pending = perform(host, id, asked);
  if (step.contains("begins")) {
    begun_[step["begins"]] = {requests, pending};
    return;
  }
  check(requests, step, await(pending));
  if (!step.contains("as")) host.ended(id);
}

}  // namespace kvista::test
