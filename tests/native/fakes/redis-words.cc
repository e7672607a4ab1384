#include "tests/native/fakes/redis-words.h"

#include <charconv>

#include "tests/native/fakes/redis-glob.h"

namespace kvista::test {

std::string lowerCase(const std::string& word) {
  std::string lower = word;
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return lower;
}

std::optional<long long> integerIn(const std::string& word) {
  long long number = 0;
  const char* end = word.data() + word.size();
  const auto [at, error] = std::from_chars(word.data(), end, number);
  const bool isCanonical = std::to_string(number) == word;
  if (error != std::errc() || at != end || !isCanonical) return std::nullopt;
  return number;
}

Resp scanBy(RedisKeyspace& keys, const Words& words) {
  std::uint64_t cursor = 0;
  const std::string& text = words[1];
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), cursor);
  if (error != std::errc() || at != text.data() + text.size()) {
    return respError("ERR invalid cursor");
  }
  std::optional<std::string> pattern;
  long long count = 10;
  for (std::size_t i = 2; i < words.size(); i += 2) {
    const std::string option = lowerCase(words[i]);
    if (i + 1 == words.size()) return respError(kSyntax);
    if (option == "match") {
      pattern = words[i + 1];
    } else if (option == "count") {
      const std::optional<long long> given = integerIn(words[i + 1]);
      if (!given) return respError(kNotInteger);
      if (*given < 1) return respError(kSyntax);
      count = *given;
    } else {
      return respError(kSyntax);
    }
  }
  std::vector<std::string> found;
  const std::uint64_t next = keys.scan(cursor, static_cast<std::uint64_t>(count), found);
  std::vector<Resp> matching;
  for (std::string& key : found) {
    if (!pattern || matchesGlob(*pattern, key)) matching.push_back(respText(std::move(key)));
  }
  return respArray({respText(std::to_string(next)), respArray(std::move(matching))});
}

}  // namespace kvista::test
