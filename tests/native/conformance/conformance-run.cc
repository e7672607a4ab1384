// Carries out the steps of a conformance case.
#include <algorithm>
#include <set>

#include <catch2/catch_test_macros.hpp>

#include "tests/native/conformance/conformance-call.h"
#include "tests/native/conformance/conformance-check.h"
#include "wasm/store/store.h"

namespace kvista::test {
namespace {

constexpr std::size_t kMaxBatch = 1000;

class Run {
 public:
  Run(Backend& backend, const Case& one) : backend_(backend) { names_.eachKey = one.eachKey; }

  void step(const Json& step) {
    if (step.contains("advanceSeconds")) {
      backend_.loop.advance(step["advanceSeconds"].get<double>() * 1000);
    } else if (step.contains("close")) {
      backend_.driver().engine().close(backend_.driver().handle());
    } else if (step.contains("together")) {
      together(step);
    } else if (step.contains("pages")) {
      pages(step);
    } else if (step.contains("setMany") && isSeries(step) && !step.contains("fails")) {
      fill(step);
    } else {
      const Call call = maker().callOf(step);
      startedAt_ = backend_.loop.nowMs();
      checker().check(step, call, backend_.driver().run(call));
    }
  }

 private:
  static bool isSeries(const Json& step) { return step["setMany"].is_object(); }
  [[nodiscard]] bool isOrdered() const {
    return (backend_.capabilities() & capability::kOrderedPages) != 0;
  }
  [[nodiscard]] CallMaker maker() { return {names_, backend_.loop.nowMs()}; }
  [[nodiscard]] Checker checker() { return {names_, startedAt_}; }

  void fill(const Json& step) {
    Call call = maker().callOf(step);
    const std::vector<Record> all = std::move(call.items);
    std::size_t succeeded = 0;
    for (std::size_t i = 0; i < all.size(); i += kMaxBatch) {
      const auto end = std::min(all.size(), i + kMaxBatch);
      call.items.assign(all.begin() + static_cast<std::ptrdiff_t>(i),
                        all.begin() + static_cast<std::ptrdiff_t>(end));
      const Told told = backend_.driver().run(call);
      REQUIRE(told.ok());
      for (const ItemOutcome& one : told.items) succeeded += one.error ? 0 : 1;
    }
    if (step.contains("counts")) CHECK(succeeded == step["counts"].get<std::size_t>());
  }

  void pages(const Json& step) {
    names_.nameSpace = step.value("in", "");
    Call call = maker().pageOf(step["pages"]);
    std::vector<std::string> keys;
    for (std::size_t i = 0;; ++i) {
      REQUIRE(i < 100'000);
      const Told told = backend_.driver().run(call);
      if (step.contains("fails")) return checker().check(step, call, told);
      REQUIRE_FALSE(told.error);
      if (isOrdered()) CHECK(told.keys.size() <= static_cast<std::size_t>(call.number));
      keys.insert(keys.end(), told.keys.begin(), told.keys.end());
      if (!told.cursor) break;
      call.extra = told.cursor;
    }
    if (isOrdered()) {
      CHECK(std::ranges::is_sorted(keys));
      CHECK(std::ranges::adjacent_find(keys) == keys.end());
    } else {
      const std::set<std::string> each(keys.begin(), keys.end());
      keys.assign(each.begin(), each.end());
    }
    checker().compareKeys(step, keys);
  }

  void together(const Json& step) {
    std::vector<Call> calls;
    std::vector<std::shared_ptr<const Told>> told;
    startedAt_ = backend_.loop.nowMs();
    for (const Json& one : step["together"]) {
      calls.push_back(maker().callOf(one));
      told.push_back(backend_.driver().start(calls.back()));
    }
    REQUIRE(backend_.loop.runUntil(
        [&] { return std::ranges::all_of(told, [](const auto& one) { return one->done; }); }));
    std::size_t succeeded = 0;
    for (std::size_t i = 0; i < told.size(); ++i) {
      succeeded += told[i]->ok() ? 1 : 0;
      if (!step.contains("succeed")) checker().check(step["together"][i], calls[i], *told[i]);
    }
    if (step.contains("succeed")) CHECK(succeeded == step["succeed"].get<std::size_t>());
  }

  Backend& backend_;
  Names names_;
  double startedAt_ = 0;
};

std::string shortened(const Json& step) {
  std::string text = step.dump(-1, ' ', true);
  if (text.size() > 300) text.replace(300, std::string::npos, "…");
  return text;
}

}  // namespace

void runCase(Backend& backend, const Case& one) {
  INFO("store: " << backend.kind);
  INFO("case: " << one.name);
  Run run(backend, one);
  for (std::size_t i = 0; i < one.steps.size(); ++i) {
    INFO("step " << i + 1 << ": " << shortened(one.steps[i]));
    run.step(one.steps[i]);
  }
}

}  // namespace kvista::test
