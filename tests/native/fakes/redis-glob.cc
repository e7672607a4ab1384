// After `stringmatchlen` of https://github.com/redis/redis/blob/7.0/src/util.c
#include "tests/native/fakes/redis-glob.h"

#include <algorithm>

namespace kvista::test {
namespace {

// Whether the class that begins behind its bracket holds `c`; takes it off the pattern.
bool takesClass(std::string_view& pattern, char c) {
  const bool isNegated = pattern.starts_with('^');
  if (isNegated) pattern.remove_prefix(1);
  bool holds = false;
  while (!pattern.empty() && pattern.front() != ']') {
    if (pattern.front() == '\\' && pattern.size() >= 2) {
      pattern.remove_prefix(1);
      holds = holds || pattern.front() == c;
    } else if (pattern.size() >= 3 && pattern[1] == '-') {
      const auto [low, high] = std::minmax(pattern[0], pattern[2]);
      holds = holds || (c >= low && c <= high);
      pattern.remove_prefix(2);
    } else {
      holds = holds || pattern.front() == c;
    }
    pattern.remove_prefix(1);
  }
  if (!pattern.empty()) pattern.remove_prefix(1);
  return holds != isNegated;
}

}  // namespace

bool matchesGlob(std::string_view pattern, std::string_view text) {
  while (!pattern.empty()) {
    const char first = pattern.front();
    if (first == '*') {
      while (pattern.starts_with('*')) pattern.remove_prefix(1);
      if (pattern.empty()) return true;
      for (std::size_t skipped = 0; skipped <= text.size(); ++skipped) {
        if (matchesGlob(pattern, text.substr(skipped))) return true;
      }
      return false;
    }
    if (text.empty()) return false;
    pattern.remove_prefix(1);
    if (first == '[') {
      if (!takesClass(pattern, text.front())) return false;
    } else if (first != '?') {
      char literal = first;
      if (first == '\\' && !pattern.empty()) {
        literal = pattern.front();
        pattern.remove_prefix(1);
      }
      if (literal != text.front()) return false;
    }
    text.remove_prefix(1);
  }
  return text.empty();
}

}  // namespace kvista::test
