#include "tests/simulation/plan.h"

#include <algorithm>

namespace kvista::simulation {
namespace {

using Keys = std::vector<std::string>;

const std::vector<Keys>& keySets() {
  static const std::vector<Keys> sets = {
      {"a", "a/b", "ab", "b"},
      {"*", "a*", "a?", "[a]"},
      {"k\\", "k\\*", "k[1-3]", "k2"},
      {"uploadista:upload-file:1", "uploadista:upload-file:2", "uploadista:flow-job:1", "u"},
      {"€", "\U00010000", "～", "__proto__"},
      {"one"},
      {"x", "y"},
      {"a/", "a/1", "a/2"},
  };
  return sets;
}

struct Weight {
  Op op;
  std::uint64_t weight;
  bool isComparing;
};
constexpr Weight kWeights[] = {
    {Op::kGet, 5, false},          {Op::kEntry, 6, false},   {Op::kSet, 7, false},
    {Op::kDelete, 3, false},       {Op::kList, 3, false},    {Op::kPage, 3, false},
    {Op::kCompareAndSet, 6, true}, {Op::kPatch, 4, true},    {Op::kCompareAndDelete, 2, true},
    {Op::kGetMany, 1, false},      {Op::kSetMany, 2, false}, {Op::kDeleteMany, 1, false},
};

class Planner {
 public:
  Planner(std::uint64_t seed, const Abilities& abilities)
      : random_(hashOf({seed, hashOf("plan")})), abilities_(abilities), plan_{.seed = seed} {}

  Plan make() {
    plan_.clients = 8 + random_.below(3);
    plan_.keys = keySets()[random_.below(keySets().size())];
    constexpr const char* kSpaces[] = {"", "", "ns:", "n[*]?"};
    plan_.nameSpace = kSpaces[random_.below(std::size(kSpaces))];
    // Each run leaves some operations and some peculiarities out, so that rare ones meet.
    for (const Weight& one : kWeights) {
      if (one.isComparing && !abilities_.compares) continue;
      const bool isBasic = one.op == Op::kGet || one.op == Op::kSet;
      if (!isBasic && random_.oneIn(4)) continue;
      for (std::uint64_t i = 0; i < one.weight; ++i) ops_.push_back(one.op);
    }
    expires_ = !random_.oneIn(3);
    overlaps_ = random_.oneIn(2);
    isLarge_ = random_.oneIn(3);
    isHuge_ = abilities_.takesHuge && random_.oneIn(400);
    constexpr double kPauses[] = {2, 20, 120, 500};
    pauseMs_ = kPauses[random_.below(std::size(kPauses))] * abilities_.pace;
    const std::uint64_t each = isHuge_ ? 4 : 8 + random_.below(7);
    for (std::uint64_t i = 0; i < each; ++i) {
      for (std::size_t client = 0; client < plan_.clients; ++client) add(client);
    }
    return std::move(plan_);
  }

 private:
  void add(std::size_t client) {
    Planned& one = plan_.operations.emplace_back();
    one.id = plan_.operations.size();
    one.client = client;
    one.waits = !(overlaps_ && random_.oneIn(6));
    one.pauseMs = random_.between(0, static_cast<std::uint64_t>(pauseMs_));
    if (random_.oneIn(25)) one.pauseMs += random_.between(500, 3000);
    one.beginsOnSecond = expires_ && random_.oneIn(12);
    one.op = ops_[random_.below(ops_.size())];
    one.wantsVersion = random_.oneIn(2);
    constexpr Expects kExpectations[] = {Expects::kLast,    Expects::kLast,    Expects::kLast,
                                         Expects::kEarlier, Expects::kAbsence, Expects::kAbsence,
                                         Expects::kNonsense};
    one.expects = kExpectations[random_.below(random_.oneIn(4) ? 7 : 6)];
    constexpr double kDeadlines[] = {10'000, 10'000, 10'000, 1500, 300};
    one.deadlineMs = kDeadlines[random_.below(std::size(kDeadlines))] * abilities_.pace;
    if (one.op == Op::kList || one.op == Op::kPage) {
      one.prefix = anyPrefix();
      one.limit = random_.between(1, 3);
      return;
    }
    const bool isMany =
        one.op == Op::kGetMany || one.op == Op::kSetMany || one.op == Op::kDeleteMany;
    const std::uint64_t count = isMany ? 1 + random_.below(plan_.keys.size()) : 1;
    for (std::uint64_t i = 0; i < count; ++i) one.items.push_back(anyItem(one));
    // Which of two writes of one key in a batch fails cannot be told apart: each key once.
    std::ranges::sort(one.items, {}, &PlannedItem::key);
    const auto twice = std::ranges::unique(one.items, {}, &PlannedItem::key);
    one.items.erase(twice.begin(), twice.end());
  }

  std::string anyPrefix() {
    const std::string& key = plan_.keys[random_.below(plan_.keys.size())];
    switch (random_.below(4)) {
      case 0:
        return key;
      case 1:
        // The whole first character, whatever it is made of.
        return key.substr(0, static_cast<unsigned char>(key[0]) < 0x80 ? 1 : key.size());
      default:
        return "";
    }
  }

  PlannedItem anyItem(const Planned& operation) {
    PlannedItem one{.key = random_.below(plan_.keys.size())};
    if (isLarge_ && random_.oneIn(4)) one.form = ValueForm::kLarge;
    if (random_.oneIn(16)) one.form = ValueForm::kText;
    if (isHuge_ && random_.oneIn(3)) one.form = ValueForm::kHuge;
    const bool mayExpire = operation.op == Op::kSet || operation.op == Op::kCompareAndSet ||
                           operation.op == Op::kPatch || operation.op == Op::kSetMany;
    if (!expires_ || !mayExpire || random_.oneIn(2)) return one;
    one.expiry = random_.oneIn(2) ? ExpiryForm::kTtl : ExpiryForm::kMoment;
    if (one.expiry == ExpiryForm::kTtl) {
      one.seconds = random_.oneIn(3) ? random_.between(60, 200) : random_.between(1, 4);
    } else {
      one.seconds = random_.oneIn(3) ? random_.between(60, 200) : random_.between(0, 5) - 2;
    }
    return one;
  }

  Random random_;
  Abilities abilities_;
  Plan plan_;
  std::vector<Op> ops_;
  bool expires_ = false;
  bool overlaps_ = false;
  bool isLarge_ = false;
  bool isHuge_ = false;
  double pauseMs_ = 0;
};

}  // namespace

Plan planFor(std::uint64_t seed, const Abilities& abilities) {
  return Planner(seed, abilities).make();
}

std::string valueOf(std::uint64_t id, std::size_t i, ValueForm form) {
  const std::string name = std::to_string(id) + "." + std::to_string(i);
  const auto padded = [&](std::size_t bytes) {
    return "{\"by\":\"" + name + "\",\"pad\":\"" + std::string(bytes, 'x') + "\"}";
  };
  switch (form) {
    case ValueForm::kText:
      return "by " + name;
    case ValueForm::kLarge:
      return padded(17'000 + id % 20'000);
    case ValueForm::kHuge:
      return "by " + name + std::string(1'950'000 + id % 4 * 700'000, 'y');
    case ValueForm::kSmall:
      break;
  }
  return "{\"by\":\"" + name + "\"}";
}

std::string patchOf(std::uint64_t id) {
  const std::string name = std::to_string(id);
  if (id % 3 == 0) return "{\"gone\":null,\"patched\":{\"by\":" + name + "}}";
  if (id % 3 == 1) return "{\"patched\":null,\"gone\":" + name + "}";
  return "{\"patched\":{\"last\":" + name + ",\"by\":null}}";
}

}  // namespace kvista::simulation
