#include "tests/native/conformance/conformance-call.h"

#include <cmath>

#include <catch2/catch_test_macros.hpp>

namespace kvista::test {

void CallMaker::flagKey(Call& call, const Text& key) {
  call.key = key.utf8;
  if (key.malformed) call.flags |= flag::kKeyMalformed;
}

void CallMaker::setExpiry(const Json& options, ExpiryKind& kind, double& number) const {
  if (options.contains("ttlSeconds")) {
    kind = ExpiryKind::kTtl;
    number = options["ttlSeconds"].get<double>();
  }
  if (options.contains("expiresAt")) {
    kind = kind == ExpiryKind::kTtl ? ExpiryKind::kBoth : ExpiryKind::kAt;
    number = moment(options["expiresAt"]);
  }
}

double CallMaker::moment(const Json& moment) const {
  if (moment.is_number()) return moment.get<double>();
  return std::floor(nowMs_ / 1000) + moment["fromNow"].get<double>();
}

void CallMaker::keyAndOptions(Call& call, const Json& arguments, std::size_t optionsAt) const {
  flagKey(call, expand(arguments[0], names_));
  if (arguments.size() <= optionsAt) return;
  setExpiry(arguments[optionsAt], call.expiryKind, call.expiry);
  if (arguments[optionsAt].contains("version")) {
    call.extra = expandVersion(arguments[optionsAt]["version"], names_);
  }
}

void CallMaker::setValue(Call& call, const Json& value) const {
  const Text text = expand(value, names_);
  call.value = text.utf8;
  if (text.malformed) call.flags |= flag::kValueMalformed;
}

std::vector<Record> CallMaker::records(const Json& list) const {
  std::vector<Record> records;
  if (list.is_object() && list.contains("value")) {
    const std::string value = expand(list["value"], names_).utf8;
    for (const Text& key : expandKeys(list, names_)) records.push_back({key.utf8, value});
    return records;
  }
  for (const Json& one : list) {
    const Text key = expand(one[0], names_);
    const Text value = expand(one[1], names_);
    Record& record = records.emplace_back(Record{key.utf8, value.utf8});
    if (key.malformed) record.flags |= flag::kKeyMalformed;
    if (value.malformed) record.flags |= flag::kValueMalformed;
    if (one.size() > 2) setExpiry(one[2], record.expiryKind, record.expiry);
  }
  return records;
}

Call CallMaker::callOf(const Json& step) {
  Call call;
  call.nameSpace = names_.nameSpace = step.value("in", "");
  if (step.contains("get")) {
    call.op = Op::kGet;
    flagKey(call, expand(step["get"], names_));
  } else if (step.contains("entry")) {
    call.op = Op::kEntry;
    flagKey(call, expand(step["entry"], names_));
  } else if (step.contains("set")) {
    call.op = Op::kSet;
    keyAndOptions(call, step["set"], 2);
    setValue(call, step["set"][1]);
    call.flags |= flag::kWantVersion;
  } else if (step.contains("delete")) {
    const Json& asked = step["delete"];
    keyAndOptions(call, asked.is_array() ? asked : Json::array({asked}), 1);
    call.op = call.extra ? Op::kCompareAndDelete : Op::kDelete;
  } else if (step.contains("list")) {
    call.op = Op::kList;
    flagKey(call, expand(step["list"], names_));
  } else if (step.contains("page")) {
    call = pageOf(step["page"]);
  } else if (step.contains("compareAndSet")) {
    call.op = Op::kCompareAndSet;
    keyAndOptions(call, step["compareAndSet"], 3);
    const Json& version = step["compareAndSet"][1];
    if (!version.is_null()) call.extra = expandVersion(version, names_);
    setValue(call, step["compareAndSet"][2]);
    call.flags |= flag::kWantVersion;
  } else if (step.contains("patch")) {
    call.op = Op::kPatch;
    keyAndOptions(call, step["patch"], 2);
    const Json& json = step["patch"][1];
    const bool isText = json.is_object() && json.contains("$text");
    call.value = isText ? expand(json["$text"], names_).utf8 : json.dump();
  } else if (step.contains("getMany")) {
    call.op = Op::kGetMany;
    setKeys(call, step["getMany"]);
  } else if (step.contains("deleteMany")) {
    call.op = Op::kDeleteMany;
    setKeys(call, step["deleteMany"]);
  } else if (step.contains("setMany")) {
    call.op = Op::kSetMany;
    call.items = records(step["setMany"]);
  } else if (step.contains("diagnose")) {
    call.op = Op::kDiagnose;
  } else {
    FAIL("the step has no operation");
  }
  return call;
}

Call CallMaker::pageOf(const Json& options) const {
  Call call{
      .op = Op::kPage, .number = options.value("limit", 1000.0), .nameSpace = names_.nameSpace};
  if (options.contains("prefix")) flagKey(call, expand(options["prefix"], names_));
  if (options.contains("cursor")) call.extra = expand(options["cursor"], names_).utf8;
  return call;
}

void CallMaker::setKeys(Call& call, const Json& keys) const {
  for (const Text& key : expandKeys(keys, names_)) {
    call.items.push_back({.key = key.utf8});
    if (key.malformed) call.items.back().flags = flag::kKeyMalformed;
  }
}

}  // namespace kvista::test
