#include "tests/simulation/calls.h"

#include <cmath>

namespace kvista::simulation {
namespace {

constexpr const char* kNonsense = "00000000000000000000000000000000";

}  // namespace

bool isConditional(Op op) { return op == Op::kCompareAndSet || op == Op::kCompareAndDelete; }

test::Call callFor(const Planned& planned, const Plan& plan, double nowMs, Tally& tally) {
  test::Call call{.op = planned.op, .nameSpace = plan.nameSpace};
  call.deadlineMs = planned.deadlineMs;
  call.seed = hashOf({plan.seed, planned.id});
  if (planned.op == Op::kList || planned.op == Op::kPage) {
    call.key = planned.prefix;
    call.number = planned.op == Op::kPage ? planned.limit : 0;
    return call;
  }
  const double nowSeconds = std::floor(nowMs / 1000);
  const bool isMany =
      planned.op == Op::kGetMany || planned.op == Op::kSetMany || planned.op == Op::kDeleteMany;
  for (std::size_t i = 0; i < planned.items.size(); ++i) {
    const PlannedItem& one = planned.items[i];
    test::Record item{.key = plan.keys[one.key]};
    if (planned.op == Op::kPatch) {
      item.value = patchOf(planned.id);
    } else if (planned.op == Op::kSet || planned.op == Op::kCompareAndSet ||
               planned.op == Op::kSetMany) {
      item.value = valueOf(planned.id, i, one.form);
      if (one.form == ValueForm::kLarge) tally.count("value", "large");
      if (one.form == ValueForm::kHuge) tally.count("value", "of several chunks");
    }
    if (one.expiry != ExpiryForm::kNone) {
      const bool isTtl = one.expiry == ExpiryForm::kTtl;
      item.expiryKind = isTtl ? ExpiryKind::kTtl : ExpiryKind::kAt;
      item.expiry = isTtl ? one.seconds : nowSeconds + one.seconds;
      tally.count("value", one.seconds <= 0 ? "set in the past" : "that expires");
    }
    if (isMany) {
      call.items.push_back(std::move(item));
      continue;
    }
    call.key = item.key;
    call.value = item.value;
    call.expiryKind = item.expiryKind;
    call.expiry = item.expiry;
  }
  const bool tellsVersion = planned.op == Op::kSet || planned.op == Op::kCompareAndSet;
  if (tellsVersion && planned.wantsVersion) call.flags |= flag::kWantVersion;
  return call;
}

std::optional<std::string> expect(const Planned& planned, const Seen& seen, test::Call& call) {
  const bool isAbsence = planned.expects == Expects::kAbsence || seen.empty();
  if (planned.expects == Expects::kNonsense || (isAbsence && call.op == Op::kCompareAndDelete)) {
    call.extra = kNonsense;
  } else if (!isAbsence) {
    const std::size_t back = planned.expects == Expects::kEarlier ? planned.id % seen.size() : 0;
    const auto& [version, value] = seen[seen.size() - 1 - back];
    call.extra = version;
    return value;
  }
  return std::nullopt;
}

}  // namespace kvista::simulation
