#include "wasm/records/record-union.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "wasm/records/record-members.h"
#include "wasm/text/json-object.h"
#include "wasm/text/timestamp.h"

namespace kvista {
namespace {

struct Element {
  std::string_view text;
  std::string_view key;  // a number's text, or a string from its opening quote on
  double number = 0;     // the key's, if it is one
  std::size_t place = 0;
};

bool isNumber(std::string_view key) { return key.front() != '"'; }

void addElements(std::vector<Element>& elements, const RecordField& field, const JsonScan& scan,
                 std::size_t list) {
  for (auto e = scan.firstElement(list); e; e = scan.nextElement(*e)) {
    const std::string_view text = scan.slice(e->value, e->valueEnd);
    const std::string_view key =
        field.shape == nullptr ? text : memberOf(scan, e->value, field.shape->key);
    const double number = isNumber(key) ? JsonText{key}.number().value_or(0) : 0;
    elements.push_back({text, key, number, elements.size()});
  }
}

std::strong_ordering compareKeys(const Element& a, const Element& b) {
  if (!isNumber(a.key)) return compareJsonStrings(a.key, b.key);
  if (a.number == b.number) return std::strong_ordering::equal;
  return a.number < b.number ? std::strong_ordering::less : std::strong_ordering::greater;
}

std::string textIn(std::string_view object, std::string_view name) {
  const JsonScan scan(object);
  return JsonText{memberOf(scan, scan.root(), name)}.string().value_or("");
}

// How late a state is. One without a date is the last if it has ended, else the first.
double momentOf(std::string_view element, bool hasEnded) {
  constexpr double kNever = std::numeric_limits<double>::infinity();
  return millisecondsOf(textIn(element, "updatedAt")).value_or(hasEnded ? kNever : -kNever);
}

// Whether `after`, which comes from the change or later in a list, replaces `before`.
bool replaces(const Element& after, const Element& before) {
  const bool hadEnded = isFinal(textIn(before.text, "status"));
  const bool hasEnded = isFinal(textIn(after.text, "status"));
  const double then = momentOf(before.text, hadEnded);
  const double now = momentOf(after.text, hasEnded);
  return now != then ? now > then : !hadEnded || hasEnded;
}

void sortBy(std::vector<Element>& elements, auto isBefore) {
  // A heap sorts in half the code of std::sort.
  std::ranges::make_heap(elements, isBefore);
  std::ranges::sort_heap(elements, isBefore);
}

}  // namespace

std::string unionOf(const RecordField& field, const JsonScan& current, std::size_t currentList,
                    const JsonScan& change, std::size_t changeList) {
  std::vector<Element> elements;
  addElements(elements, field, current, currentList);
  addElements(elements, field, change, changeList);
  sortBy(elements, [](const Element& a, const Element& b) {
    const auto order = compareKeys(a, b);
    return order != 0 ? order < 0 : a.place < b.place;
  });
  const bool isDated = field.shape != nullptr && field.shape->isDated;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (i == 0 || compareKeys(elements[kept], elements[i]) != 0) {
      if (i != 0) ++kept;
      elements[kept] = elements[i];
    } else if (!isDated || replaces(elements[i], elements[kept])) {
      elements[kept].text = elements[i].text;
    }
  }
  if (!elements.empty()) elements.resize(kept + 1);
  const bool isOrdered = !elements.empty() && isNumber(elements.front().key);
  if (!isOrdered) {
    sortBy(elements, [](const Element& a, const Element& b) { return a.place < b.place; });
  }
  std::string out = "[";
  for (const Element& element : elements) {
    if (out.size() > 1) out += ',';
    out += element.text;
  }
  out += ']';
  return out;
}

}  // namespace kvista
