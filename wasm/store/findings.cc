#include "wasm/store/findings.h"

#include "wasm/text/json-object.h"

namespace kvista {

Answer Findings::answer() && {
  Answer answer;
  answer.present = true;
  answer.owned = list_ + "]";
  return answer;
}

void Findings::add(std::string_view severity, std::string_view name, std::string_view message,
                   std::string_view hint) {
  list_ += list_.size() > 1 ? ",{" : "{";
  addMember("severity", severity);
  list_ += ',';
  addMember("name", name);
  list_ += ',';
  addMember("message", message);
  list_ += ',';
  addMember("hint", hint);
  list_ += '}';
}

void Findings::addMember(std::string_view name, std::string_view value) {
  appendJsonString(list_, name);
  list_ += ':';
  appendJsonString(list_, value);
}

}  // namespace kvista
