#include "tests/native/steps/trace.h"

#include <algorithm>

namespace kvista::test {
namespace {

std::string describe(const Asked& asked) {
  switch (asked.verb) {
    case Verb::kSleep:
      return "sleep";
    case Verb::kRead:
      return "read " + asked.key;
    case Verb::kReadMany:
      return "read many " + std::to_string(std::ranges::count(asked.value, '\0'));
    case Verb::kWrite:
      return "write " + asked.key;
    case Verb::kRemove:
      return "remove " + asked.key;
    case Verb::kScan:
      return "scan " + asked.key;
    case Verb::kCall:
      return std::string(nameOf(static_cast<Op>(asked.meta.at(0)))) + " " + asked.key;
    case Verb::kSql: {
      const std::string_view sql = asked.key;
      return "sql " + std::string(sql.substr(0, sql.find(' ')));
    }
    case Verb::kSetAlarm:
      return "set alarm";
    case Verb::kEmpty:
      return "empty";
    case Verb::kLock:
      return "lock";
    case Verb::kCommand:
      return "command " + asked.key.substr(0, asked.key.find('\0'));
    case Verb::kNodes:
      return "nodes";
    case Verb::kUnlock:
      return "unlock";
    case Verb::kRename:
      return "rename " + asked.key;
    case Verb::kStatMany:
      return "stat many " + std::to_string(std::ranges::count(asked.value, '\0'));
    case Verb::kWalk:
      return "walk";
    case Verb::kOpen:
      return "open";
    case Verb::kHolders:
      return "holders";
  }
  return "?";
}

}  // namespace

std::string describe(const Step& step) {
  std::string text;
  for (const Asked& one : step) text += (text.empty() ? "" : " + ") + describe(one);
  return text;
}

Trace::Trace(Backend& backend) {
  backend.driver().onStep = [this](const Step& step) { steps_.push_back(describe(step)); };
  backend.objects.onStep = [this](const std::string& who, const Step& step) {
    steps_.push_back(who + ": " + describe(step));
  };
}

}  // namespace kvista::test
