#include "wasm/text/json-changes.h"

#include <algorithm>

namespace kvista {

JsonChanges::JsonChanges(const JsonScan& changing, std::size_t object) : changing_(changing) {
  std::size_t count = 0;
  for (auto m = changing.firstMember(object); m; m = changing.nextMember(*m)) ++count;
  changes_.reserve(count);
  for (auto m = changing.firstMember(object); m; m = changing.nextMember(*m)) {
    changes_.push_back({static_cast<std::uint32_t>(m->name), static_cast<std::uint32_t>(m->value)});
  }
  const auto isBefore = [&](const JsonChange& a, const JsonChange& b) {
    const auto order = compareJsonStrings(changing.from(a.name), changing.from(b.name));
    return order != 0 ? order < 0 : a.name > b.name;
  };
  // A heap sorts in half the code of std::sort.
  std::ranges::make_heap(changes_, isBefore);
  std::ranges::sort_heap(changes_, isBefore);
  const auto repeated =
      std::ranges::unique(changes_, [&](const JsonChange& a, const JsonChange& b) {
        return compareJsonStrings(changing.from(a.name), changing.from(b.name)) == 0;
      });
  changes_.erase(repeated.begin(), repeated.end());
}

void JsonChanges::aimAt(const JsonScan& changed, std::size_t object) {
  for (auto m = changed.firstMember(object); m; m = changed.nextMember(*m)) {
    const JsonChange* const found = find(changed.from(m->name));
    if (found == nullptr) continue;
    changes_[static_cast<std::size_t>(found - changes_.data())].target =
        static_cast<std::uint32_t>(m->name);
  }
}

const JsonChange* JsonChanges::find(std::string_view fromQuote) const {
  const auto change = std::ranges::partition_point(changes_, [&](const JsonChange& c) {
    return compareJsonStrings(changing_.from(c.name), fromQuote) < 0;
  });
  if (change == changes_.end()) return nullptr;
  return compareJsonStrings(changing_.from(change->name), fromQuote) == 0 ? &*change : nullptr;
}

}  // namespace kvista
