#include "tests/fuzz/support/input.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace kvista::fuzz {

std::string_view Input::part() {
  const std::size_t end = std::min(rest_.find(kSeparator), rest_.size());
  const std::string_view taken = rest_.substr(0, end);
  rest_.remove_prefix(std::min(end + kSeparator.size(), rest_.size()));
  return keep(taken);
}

std::string_view Input::keep(std::string_view bytes) {
  kept_.push_back(std::make_unique<char[]>(bytes.size()));
  std::ranges::copy(bytes, kept_.back().get());
  return {kept_.back().get(), bytes.size()};
}

void refute(std::string_view property, std::source_location where) {
  std::fprintf(stderr, "%s:%u: it does not hold that %.*s\n", where.file_name(),
               static_cast<unsigned>(where.line()), static_cast<int>(property.size()),
               property.data());
  std::abort();
}

}  // namespace kvista::fuzz
