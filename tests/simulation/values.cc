#include "tests/simulation/values.h"

#include <nlohmann/json.hpp>

namespace kvista::simulation {
namespace {

constexpr std::size_t kMaxShown = 48;

nlohmann::json parsed(const std::string& text) {
  return nlohmann::json::parse(text, nullptr, false);
}

}  // namespace

int Values::idOf(const std::string& text) {
  const auto known = byText_.find(text);
  if (known != byText_.end()) return known->second;
  const nlohmann::json json =
      text.starts_with('{') ? parsed(text) : nlohmann::json(nlohmann::json::value_t::discarded);
  const int id = idOfCanonical(json.is_discarded() ? text : json.dump(), !json.is_discarded());
  byText_.emplace(text, id);
  return id;
}

int Values::idOfCanonical(std::string canonical, bool isJson) {
  const auto [at, isNew] = byCanonical_.try_emplace(canonical, static_cast<int>(canonical_.size()));
  if (isNew) {
    canonical_.push_back(std::move(canonical));
    isJson_.push_back(isJson);
  }
  return at->second;
}

std::optional<int> Values::merged(int value, int patch) {
  const auto [at, isNew] = merged_.try_emplace({value, patch});
  if (isNew && isJson(value)) {
    nlohmann::json json = parsed(canonical_[static_cast<std::size_t>(value)]);
    json.merge_patch(parsed(canonical_[static_cast<std::size_t>(patch)]));
    at->second = idOfCanonical(json.dump(), true);
  }
  return at->second;
}

std::string Values::show(int value) const {
  return value < 0 ? "nothing" : abridged(canonical_[static_cast<std::size_t>(value)]);
}

std::string abridged(const std::string& text) {
  if (text.size() <= kMaxShown) return text;
  return text.substr(0, kMaxShown) + "… (" + std::to_string(text.size()) + " bytes)";
}

}  // namespace kvista::simulation
