#include "tests/native/steps/object-steps.h"

#include <catch2/catch_test_macros.hpp>

#include "wasm/stores/durable-object/sql.h"

namespace kvista::test {
namespace {

constexpr const char* kName = "key";
constexpr const char* kShard = "catalog:0";

// Text of octets: each character is one.
std::string octets(const std::string& utf8) {
  std::string bytes;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto first = static_cast<unsigned char>(utf8[i]);
    const unsigned point =
        first < 0x80 ? first
                     : (first & 3U) << 6 | (static_cast<unsigned char>(utf8.at(++i)) & 0x3FU);
    bytes.push_back(static_cast<char>(point));
  }
  return bytes;
}

}  // namespace

ObjectSteps::ObjectSteps(bool isSql) : node_(objects_, loop_, isSql, isSql ? kShard : kName) {}

std::string ObjectSteps::parametersIn(const Json& parameters) const {
  SqlParameters out;
  for (const Json& one : parameters) {
    if (one.is_null()) {
      out.null();
    } else if (one.is_number()) {
      out.number(one.get<double>());
    } else if (one.is_object() && one.contains("blob")) {
      out.blob(expand(one["blob"], names_).utf8);
    } else if (one.is_object() && one.contains("value")) {
      one["value"] == "blob" ? out.requestBlob() : out.requestText();
    } else {
      out.text(expand(one, names_).utf8);
    }
  }
  return out.take();
}

Asked ObjectSteps::askedIn(const Json& request) const {
  const std::string value =
      request.contains("value") ? expand(request["value"], names_).utf8 : std::string();
  if (request.contains("sql")) {
    return {.verb = Verb::kSql,
            .key = request["sql"],
            .value = value,
            .meta = parametersIn(request.value("with", Json::array())),
            .number = request.value("rows", true) ? 1.0 : 0.0};
  }
  if (request.contains("read")) return {.verb = Verb::kRead, .key = request["read"]};
  if (request.contains("write")) {
    return {.verb = Verb::kWrite,
            .key = request["write"],
            .value = value,
            .meta = octets(request.value("meta", ""))};
  }
  if (request.contains("remove")) return {.verb = Verb::kRemove, .key = request["remove"]};
  if (request.contains("setAlarm")) {
    return {.verb = Verb::kSetAlarm, .number = request["setAlarm"]};
  }
  if (request.contains("lock")) {
    return {.verb = Verb::kLock, .number = loop_.nowMs() + request["lock"].get<double>()};
  }
  REQUIRE(request.contains("empty"));
  return {.verb = Verb::kEmpty};
}

void ObjectSteps::checkRows(const Json& cells, const std::string& rows) const {
  ByteReader in(rows);
  for (const Json& cell : cells) {
    const std::uint8_t type = in.u8();
    if (cell.is_null()) {
      CHECK(type == 0);
    } else if (cell.is_number()) {
      REQUIRE(type == 1);
      CHECK(in.f64() == cell.get<double>());
    } else {
      const bool isBlob = cell.is_object() && cell.contains("blob");
      REQUIRE(type == (isBlob ? 2 : 3));
      CHECK((in.bytes() == expand(isBlob ? cell["blob"] : cell, names_).utf8));
    }
  }
  CHECK(in.ok());
  CHECK(in.atEnd());
}

void ObjectSteps::checkOne(const Json& request, const Json& gives, const Replied& reply) const {
  INFO(request.dump(-1, ' ', true).substr(0, 200) << " said: " << reply.value.substr(0, 200));
  const bool fails = gives.is_object() && gives.contains("fails");
  REQUIRE(reply.failed == fails);
  if (fails) {
    CHECK(reply.value.find(gives["fails"].get<std::string>()) != std::string::npos);
  } else if (request.contains("sql")) {
    checkRows(gives, reply.value);
  } else if (request.contains("read")) {
    REQUIRE(reply.present == !gives.is_null());
    if (!reply.present) return;
    CHECK((reply.value == expand(gives["value"], names_).utf8));
    CHECK((reply.meta == octets(gives["meta"].get<std::string>())));
  } else {
    CHECK(gives.is_null());
  }
}

void ObjectSteps::check(const Json& requests, const Json& step, const Replies& replies) const {
  REQUIRE(replies.size() == requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (step.contains("gives")) {
      checkOne(requests[i], step["gives"][i], replies[i]);
    } else {
      INFO(replies[i].value);
      CHECK_FALSE(replies[i].failed);
    }
  }
}

void ObjectSteps::step(const Json& step) {
  const auto await = [&](const Pending& pending) {
    REQUIRE(loop_.runUntil([&] { return pending->has_value(); }));
    return **pending;
  };
  if (step.contains("alarm")) {
    const std::optional<double> alarmMs = objects_.cellsOf(kName).alarmMs;
    REQUIRE(alarmMs.has_value() == !step["alarm"].is_null());
    if (alarmMs) CHECK(*alarmMs == step["alarm"].get<double>());
    return;
  }
  if (step.contains("ends")) return node_.ended(operations_.at(step["ends"]));
  if (step.contains("awaits")) {
    const auto& [requests, pending] = begun_.at(step["awaits"]);
    return check(requests, step, await(pending));
  }
  std::uint64_t operation = ++count_;
  if (step.contains("as")) {
    operation = operations_.try_emplace(step["as"], operation).first->second;
  }
  Step asked;
  for (const Json& request : step["do"]) asked.push_back(askedIn(request));
  auto pending = std::make_shared<std::optional<Replies>>();
  auto now = node_.perform(operation, asked,
                           [pending](Replies replies) { *pending = std::move(replies); });
  if (now) *pending = std::move(now);
  if (step.contains("begins")) {
    begun_[step["begins"]] = {step["do"], pending};
    return;
  }
  check(step["do"], step, await(pending));
  if (!step.contains("as")) node_.ended(operation);
}

}  // namespace kvista::test
