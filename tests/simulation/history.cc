#include "tests/simulation/history.h"

#include <format>

#include "tests/simulation/values.h"

namespace kvista::simulation {
namespace {

std::string expiryText(ExpiryKind kind, double expiry) {
  if (kind == ExpiryKind::kNone) return "";
  return std::format(" {} {}", kind == ExpiryKind::kTtl ? "for" : "until", expiry);
}

std::string asked(const Record& record) {
  const test::Call& call = record.call;
  std::string text = test::nameOf(call.op);
  if (call.items.empty()) text += " " + (call.key.empty() ? "''" : call.key);
  if (call.op == Op::kPage) text += std::format(" by {}", call.number);
  if (!call.value.empty()) text += " = " + abridged(call.value);
  if (call.extra) {
    text += " if " + abridged(record.expectedValue.value_or("a version that nothing has"));
  } else if (call.op == Op::kCompareAndSet) {
    text += " if absent";
  }
  text += expiryText(call.expiryKind, call.expiry);
  for (const test::Record& item : call.items) {
    text += " " + item.key;
    if (!item.value.empty()) text += " = " + abridged(item.value);
    text += expiryText(item.expiryKind, item.expiry) + ";";
  }
  return text;
}

std::string outcomeText(const std::optional<Error>& error, bool present, const std::string& value,
                        const std::optional<std::int64_t>& expiresAt) {
  if (error) return std::format("{} ({})", test::nameOf(error->code), abridged(error->message));
  std::string text = present ? abridged(value) : "ok";
  if (expiresAt) text += std::format(" until {}", *expiresAt);
  return text;
}

std::string answered(const Record& record) {
  if (record.end == kOpen) return "nothing yet";
  const test::Told& told = record.told;
  const Op op = record.call.op;
  if (told.error) return outcomeText(told.error, false, "", std::nullopt);
  std::string text;
  if (op == Op::kList || op == Op::kPage) {
    text = "keys:";
    for (const std::string& key : told.keys) text += " " + key;
    return text;
  }
  const bool reads = op == Op::kGet || op == Op::kEntry || op == Op::kGetMany;
  for (const ItemOutcome& item : told.items) {
    text += !item.error && reads && !item.present
                ? "nothing"
                : outcomeText(item.error, item.present, item.value, item.expiresAt);
    text += "; ";
  }
  if (!told.items.empty()) return text;
  if (reads && !told.present) return "nothing";
  return outcomeText(std::nullopt, told.present, told.value, told.expiresAt);
}

}  // namespace

std::string describe(const Record& record, double zeroMs) {
  const std::string who = record.planned == nullptr
                              ? std::string("at the end")
                              : std::format("client {} #{}", record.client, record.planned->id);
  return std::format("{:>10.3f} to {:>10.3f} ms  {} (isolate {})  {}  ->  {}",
                     record.beginMs - zeroMs, record.endMs - zeroMs, who, record.isolate,
                     asked(record), answered(record));
}

}  // namespace kvista::simulation
