#include "tests/fuzz/support/json-mutator.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "tests/fuzz/support/input.h"
#include "tests/fuzz/support/json-tree.h"
#include "wasm/text/json-check.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace kvista::fuzz {
namespace {

constexpr std::string_view kValues[] = {"null", "{}",    "[]",   "\"\"",        "0",      "-0",
                                        "1E2",  "100.0", "true", "\"\\ud800\"", "[null]", "7"};
constexpr std::string_view kSpaces[] = {" ", "\n", "\t", "\r\n  "};

// All values and members of a text, at every depth.
struct Places {
  std::vector<std::string_view> values;
  std::vector<const JsonTreeMember*> members;

  void add(const JsonTree& tree) {
    values.push_back(tree.text);
    for (const JsonTreeMember& member : tree.members) {
      members.push_back(&member);
      add(member.value);
    }
    for (const JsonTree& element : tree.elements) add(element);
  }
};

class Mutation {
 public:
  Mutation(std::string& text, const std::vector<std::string>& donors, std::minstd_rand& random)
      : text_(text), before_(text), random_(random) {
    own_ = readJson(before_);
    places_.add(own_);
    const std::string& donor = donors[random_() % donors.size()];
    if (checkJson(donor)) gifts_ = readJson(donor);
    if (gifts_.text.empty()) gifts_ = own_;
    donated_.add(gifts_);
  }

  void apply() {
    const std::string_view value = pick(places_.values);
    switch (random_() % 7) {
      case 0:
        return replace(value, pick(donated_.values));
      case 1:
        return replace(value, kValues[random_() % std::size(kValues)]);
      case 2:
        return replace(value.substr(value.size()), kSpaces[random_() % std::size(kSpaces)]);
      default:
        break;
    }
    if (!donated_.members.empty() && random_() % 2 == 0) return give(pick(donated_.members)->text);
    if (places_.members.empty()) return;
    const JsonTreeMember& member = *pick(places_.members);
    if (random_() % 2 == 0) return remove(member.text);
    respell(member.nameText);
  }

 private:
  template <typename T>
  const T& pick(const std::vector<T>& from) {
    return from[random_() % from.size()];
  }
  std::size_t offsetOf(std::string_view view) const {
    return static_cast<std::size_t>(view.data() - before_.data());
  }
  void replace(std::string_view old, std::string_view with) {
    text_.replace(offsetOf(old), old.size(), with);
  }

  // Puts a member into one of the objects, before or behind those that are there.
  void give(std::string_view member) {
    std::vector<std::string_view> objects;
    std::ranges::copy_if(places_.values, std::back_inserter(objects),
                         [](std::string_view v) { return v.starts_with('{'); });
    if (objects.empty()) return;
    const std::string_view object = pick(objects);
    const bool isEmpty = object.find('"') == object.npos;
    const bool isLast = random_() % 2 == 0;
    std::string with(member);
    if (!isEmpty) with.insert(isLast ? 0 : with.size(), ",");
    replace(isLast && !isEmpty ? object.substr(object.size() - 1, 0) : object.substr(1, 0), with);
  }

  void remove(std::string_view member) {
    std::size_t begin = offsetOf(member);
    std::size_t end = text_.find_first_not_of(" \t\r\n", begin + member.size());
    if (text_[end] == ',') {
      ++end;
    } else if (text_[begin - 1] == ',') {
      --begin;
      end = begin + 1 + member.size();
    } else {
      end = begin + member.size();
    }
    text_.erase(begin, end - begin);
  }

  // Writes one of a name's letters as an escape.
  void respell(std::string_view name) {
    constexpr std::string_view kHex = "0123456789abcdef";
    const std::size_t at = 1 + random_() % (name.size() - 1);
    const auto letter = static_cast<unsigned char>(name[at]);
    if (letter >= 0x80 || letter < 0x20 || name.contains('\\') || letter == '"') return;
    const std::string escape = {'\\', 'u', '0', '0', kHex[letter >> 4], kHex[letter & 15]};
    replace(name.substr(at, 1), escape);
  }

  std::string& text_;
  const std::string before_;
  std::minstd_rand& random_;
  JsonTree own_;
  JsonTree gifts_;
  Places places_;
  Places donated_;
};

}  // namespace

std::size_t mutateJson(std::uint8_t* data, std::size_t size, std::size_t mostBytes, unsigned seed) {
  std::minstd_rand random(seed);
  if (random() % 8 == 0) return LLVMFuzzerMutate(data, size, mostBytes);
  std::vector<std::string> parts;
  Input input(data, size);
  do {
    parts.emplace_back(input.part());
  } while (!input.atEnd());
  std::string& part = parts[random() % parts.size()];
  if (random() % 3 != 0 && checkJson(part)) {
    for (auto left = 1 + random() % 3; left > 0 && checkJson(part); --left) {
      Mutation(part, parts, random).apply();
    }
  } else {
    const std::size_t before = part.size();
    part.resize(std::max<std::size_t>(1, 2 * before));
    part.resize(
        LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(part.data()), before, part.size()));
  }
  std::string joined;
  for (const std::string& one : parts) {
    if (!joined.empty() || &one != &parts.front()) joined += Input::kSeparator;
    joined += one;
  }
  joined.resize(std::min(joined.size(), mostBytes));
  std::ranges::copy(joined, data);
  return joined.size();
}

}  // namespace kvista::fuzz
