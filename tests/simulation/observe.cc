#include "tests/simulation/observe.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace kvista::simulation {
namespace {

using Kind = KeyOperation::Kind;
using Effect = KeyOperation::Effect;

// Between an operation's deadline and its end.
constexpr double kMaxLateMs = 1;

class Observer {
 public:
  Observer(const History& history, const Plan& plan, const Promises& promises, double zeroMs,
           Values& values, Problems& problems)
      : history_(history),
        plan_(plan),
        promises_(promises),
        zeroMs_(zeroMs),
        values_(values),
        problems_(problems) {}

  KeyHistories run() {
    for (std::size_t i = 0; i < history_.records.size(); ++i) {
      index_ = i;
      record_ = &history_.records[i];
      observe();
    }
    return std::move(histories_);
  }

 private:
  void report(std::string kind, const std::string& what) {
    problems_.push_back({std::move(kind), what + ":\n  " + describe(*record_, zeroMs_)});
  }

  void observe() {
    const test::Told& told = record_->told;
    if (record_->end == kOpen) return report("endless", "an operation that never ends");
    if (record_->endMs > record_->beginMs + record_->call.deadlineMs * pages() + kMaxLateMs) {
      report("endless", "an operation that ends after its deadline");
    }
    if (told.error) checkCode(told.error->code);
    switch (record_->call.op) {
      case Op::kList:
      case Op::kPage:
        return observeListing();
      case Op::kGetMany:
      case Op::kSetMany:
      case Op::kDeleteMany:
        return observeMany();
      default:
        return observeOne();
    }
  }

  // A paging is as many operations, with time between them.
  [[nodiscard]] double pages() const { return record_->call.op == Op::kPage ? 1000.0 : 1.0; }

  void checkCode(Code code) {
    const Op op = record_->call.op;
    switch (code) {
      case Code::kUnavailable:
      case Code::kRateLimited:
      case Code::kTimeout:
        return;
      case Code::kOutcomeUnknown:
      case Code::kOutOfMemory:
        if (isWrite(op)) return;
        break;
      case Code::kVersionMismatch:
        if (op == Op::kCompareAndSet || op == Op::kCompareAndDelete) return;
        break;
      case Code::kNotFound:
      case Code::kInvalidValue:
        if (op == Op::kPatch) return;
        break;
      default:
        break;
    }
    report(code == Code::kCorrupt ? "corrupt" : "unexpected-code", "no such failure was to come");
  }

  [[nodiscard]] KeyOperation part(Kind kind) const {
    return {.kind = kind,
            .record = index_,
            .begin = record_->begin,
            .end = record_->end,
            .beginMs = record_->beginMs - promises_.clockLagMs,
            .endMs = record_->endMs,
            .isolate = record_->isolate};
  }
  void add(const std::string& key, const KeyOperation& one) { histories_[key].push_back(one); }

  // When a value lives until, by our own reckoning.
  [[nodiscard]] std::int64_t momentOf(ExpiryKind kind, double number) const {
    if (kind == ExpiryKind::kNone) return kNever;
    if (kind == ExpiryKind::kAt) return static_cast<std::int64_t>(number);
    return static_cast<std::int64_t>(std::ceil(record_->beginMs / 1000) + number);
  }
  static std::int64_t told(const std::optional<std::int64_t>& expiresAt) {
    return expiresAt.value_or(kNever);
  }

  // Whether a write that ended so is part of the history, and how.
  static bool takes(KeyOperation& one, const std::optional<Error>& error) {
    if (!error) return true;
    if (error->code == Code::kOutcomeUnknown) {
      one.effect = Effect::kMaybe;
      one.end = kOpen;
      one.endMs = std::numeric_limits<double>::infinity();
      return true;
    }
    const bool found = error->code == Code::kVersionMismatch || error->code == Code::kNotFound ||
                       error->code == Code::kInvalidValue;
    one.effect = Effect::kRefused;
    return found;
  }

  void observeOne() {
    const test::Call& call = record_->call;
    const test::Told& answer = record_->told;
    KeyOperation one = part(Kind::kRead);
    if (call.op == Op::kGet || call.op == Op::kEntry) {
      if (answer.error) return;
      if (answer.present) {
        one.value = values_.idOf(answer.value);
        // A get need not look at it.
        one.knowsExpiry = call.op == Op::kEntry || answer.expiresAt.has_value();
        one.expiresAt = told(answer.expiresAt);
        checkVersion(answer.version, answer.value);
      }
      return add(call.key, one);
    }
    one.expiresAt = momentOf(call.expiryKind, call.expiry);
    if (call.op == Op::kSet) one.kind = Kind::kSet;
    if (call.op == Op::kDelete) one.kind = Kind::kRemove;
    if (call.op == Op::kCompareAndSet) one.kind = Kind::kReplaceIf;
    if (call.op == Op::kCompareAndDelete) one.kind = Kind::kRemoveIf;
    if (call.op == Op::kPatch) one.kind = Kind::kPatch;
    if (!takes(one, answer.error)) return;
    if (one.kind == Kind::kPatch) return observePatch(one);
    if (one.kind == Kind::kSet || one.kind == Kind::kReplaceIf) {
      one.value = values_.idOf(call.value);
      checkWritten(one, answer.error, answer.expiresAt);
      if (!answer.error) checkVersion(answer.version, call.value);
    }
    // A version that nobody saw is of no value.
    if (call.extra) {
      one.expected = values_.idOf(record_->expectedValue.value_or("a value that there never was"));
    }
    add(call.key, one);
  }

  void observePatch(KeyOperation one) {
    const test::Call& call = record_->call;
    const test::Told& answer = record_->told;
    one.patch = values_.idOf(call.value);
    one.keepsExpiry = call.expiryKind == ExpiryKind::kNone;
    if (answer.error && answer.error->code == Code::kInvalidValue) one.expected = kNoJson;
    if (!answer.error) {
      one.value = values_.idOf(answer.value);
      one.knowsExpiry = true;
      if (!one.keepsExpiry) checkWritten(one, answer.error, answer.expiresAt);
      one.expiresAt = told(answer.expiresAt);
      checkVersion(answer.version, answer.value);
    }
    add(call.key, one);
  }

  void observeMany() {
    const test::Call& call = record_->call;
    const test::Told& answer = record_->told;
    const bool reads = call.op == Op::kGetMany;
    if (!answer.error && answer.items.size() != call.items.size()) {
      return report("wrong-answer", "a batch with another number of outcomes");
    }
    if (reads && answer.error) return;
    for (std::size_t i = 0; i < call.items.size(); ++i) {
      const test::Record& item = call.items[i];
      KeyOperation one = part(reads                     ? Kind::kRead
                              : call.op == Op::kSetMany ? Kind::kSet
                                                        : Kind::kRemove);
      if (reads) {
        if (answer.items[i].present) one.value = values_.idOf(answer.items[i].value);
        add(item.key, one);
        continue;
      }
      const std::optional<Error>& error = answer.error ? answer.error : answer.items[i].error;
      if (error && !answer.error) checkCode(error->code);
      if (!takes(one, error)) continue;
      if (one.kind == Kind::kSet) {
        one.value = values_.idOf(item.value);
        one.expiresAt = momentOf(item.expiryKind, item.expiry);
        if (!error) checkWritten(one, error, answer.items[i].expiresAt);
      }
      add(item.key, one);
    }
  }

  void observeListing() {
    const test::Call& call = record_->call;
    if (record_->told.error) return;
    const std::vector<std::string>& keys = record_->told.keys;
    const std::set<std::string> shown(keys.begin(), keys.end());
    const bool isOrdered = call.op == Op::kList || promises_.hasOrderedPages;
    if (isOrdered && !std::ranges::is_sorted(keys, std::ranges::less_equal())) {
      report("order", "a listing that is not sorted, or shows a key twice");
    }
    for (const std::size_t size : record_->pageSizes) {
      if (promises_.hasOrderedPages && static_cast<double>(size) > call.number) {
        report("order", "a page of more keys than it may have");
      }
    }
    for (const std::string& key : shown) {
      const bool isKnown = std::ranges::find(plan_.keys, key) != plan_.keys.end();
      if (!isKnown || !key.starts_with(call.key)) report("ghost", "a key that nobody asked for");
    }
    for (const std::string& key : plan_.keys) {
      if (!key.starts_with(call.key)) continue;
      KeyOperation one = part(Kind::kPresence);
      one.value = shown.contains(key) ? 0 : kAbsent;
      add(key, one);
    }
  }

  // One version stands for one value, and one value has one version.
  void checkVersion(const std::string& version, const std::string& value) {
    if (version.empty()) return;
    const auto [of, isNew] = valueOf_.try_emplace(version, value);
    const auto [at, isFirst] = versionOf_.try_emplace(value, version);
    if (of->second != value || at->second != version) {
      report("wrong-answer", "a version that is not its value's");
    }
  }
  void checkWritten(const KeyOperation& one, const std::optional<Error>& error,
                    const std::optional<std::int64_t>& expiresAt) {
    if (!error && told(expiresAt) != one.expiresAt) {
      report("wrong-answer", "a write that told another expiry than was asked");
    }
  }

  const History& history_;
  const Plan& plan_;
  const Promises& promises_;
  double zeroMs_;
  Values& values_;
  Problems& problems_;
  std::size_t index_ = 0;
  const Record* record_ = nullptr;
  KeyHistories histories_;
  std::map<std::string, std::string> valueOf_;
  std::map<std::string, std::string> versionOf_;
};

}  // namespace

KeyHistories observe(const History& history, const Plan& plan, const Promises& promises,
                     double zeroMs, Values& values, Problems& problems) {
  return Observer(history, plan, promises, zeroMs, values, problems).run();
}

}  // namespace kvista::simulation
