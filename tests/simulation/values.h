// The values and patches of a history as numbers. Two texts of one JSON object have one number: the
// simulator does not check how a patch spells its result. It shares nothing with the core.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kvista::simulation {

class Values {
 public:
  [[nodiscard]] int idOf(const std::string& text);
  // What the value becomes by a JSON merge patch (RFC 7396); nothing if it is no JSON.
  [[nodiscard]] std::optional<int> merged(int value, int patch);
  [[nodiscard]] bool isJson(int value) const { return isJson_[static_cast<std::size_t>(value)]; }
  // A short form for people.
  [[nodiscard]] std::string show(int value) const;

 private:
  [[nodiscard]] int idOfCanonical(std::string canonical, bool isJson);

  std::map<std::string, int, std::less<>> byText_;
  std::map<std::string, int> byCanonical_;
  std::vector<std::string> canonical_;
  std::vector<bool> isJson_;
  std::map<std::pair<int, int>, std::optional<int>> merged_;
};

// A text of any length as one line of a report.
[[nodiscard]] std::string abridged(const std::string& text);

}  // namespace kvista::simulation
