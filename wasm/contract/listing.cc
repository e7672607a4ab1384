#include "wasm/contract/listing.h"

#include <algorithm>

#include "wasm/core/bytes.h"
#include "wasm/core/joined.h"

namespace kvista {

void sortKeys(std::vector<std::string_view>& keys) {
  // A heap sorts in half the code of std::sort.
  std::ranges::make_heap(keys);
  std::ranges::sort_heap(keys);
  const auto repeated = std::ranges::unique(keys);
  keys.erase(repeated.begin(), repeated.end());
}

void appendKeys(std::vector<std::string_view>& to, std::string_view keys) {
  while (!keys.empty()) to.push_back(takeName(keys));
}

bool isKeyOf(std::string_view prefix, std::string_view key) {
  return key.starts_with(prefix) && !key.contains('\0');
}

void sortAnswer(Answer& answer) {
  const std::string unsorted = std::exchange(answer.keys, {});
  std::vector<std::string_view> all;
  appendKeys(all, unsorted);
  sortKeys(all);
  answer.keyCount = 0;
  for (const std::string_view key : all) addKey(answer, key);
}

std::unexpected<Error> notText() {
  return fail(Code::kCorrupt, "the stored value is not UTF-8 text",
              "another program wrote it: read it with that program's means, or delete it");
}

std::unexpected<Error> tooManyKeys() {
  return fail(Code::kTooLarge, joined({"more than ", kMaxListedKeys, " keys have that prefix"}),
              "use page() or keys(), which go through any number of keys, or a longer prefix");
}

std::unexpected<Error> tooMuchAtOnce(std::size_t bytes, const Budget& budget) {
  if (bytes > budget.limitBytes()) {
    return fail(
        Code::kTooLarge,
        joined({"the answer has ", bytes, " bytes; the memory limit is ", budget.limitBytes()}),
        "ask for less at once, or open the store with a larger limit");
  }
  return fail(Code::kRateLimited,
              joined({budget.inFlightBytes(), " bytes are in flight and ", bytes,
                      " more pass the limit of ", budget.limitBytes()}),
              "try again when operations in flight have ended, or use fewer at once");
}

Result<void> countValue(Answer& answer, std::size_t bytes, Budget& budget) {
  if (answer.reservation.grow(budget, 2 * bytes)) return {};
  // With the reply that it came in, each value is held three times.
  const std::size_t atLeast = answer.reservation.bytes() / 2 + bytes;
  if (atLeast > budget.limitBytes() / 3) {
    return fail(Code::kTooLarge,
                joined({"the values of the batch have at least ", atLeast,
                        " bytes; one answer may have ", budget.limitBytes() / 3}),
                "ask for fewer keys at once, or for a large value by itself with get");
  }
  return tooMuchAtOnce(2 * bytes, budget);
}

}  // namespace kvista
