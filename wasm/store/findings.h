// The findings that `diagnose` answers: the risks of a backend as it is configured, as a JSON array
// of {"severity", "name", "message", "hint"}.
#pragma once

#include <string>
#include <string_view>

#include "wasm/core/message.h"

namespace kvista {

class Findings {
 public:
  void warn(std::string_view name, std::string_view message, std::string_view hint) {
    add("warning", name, message, hint);
  }
  void inform(std::string_view name, std::string_view message, std::string_view hint) {
    add("info", name, message, hint);
  }
  void add(std::string_view severity, std::string_view name, std::string_view message,
           std::string_view hint);
  // Returns the answer with all findings that were added.
  [[nodiscard]] Answer answer() &&;

 private:
  void addMember(std::string_view name, std::string_view value);

  std::string list_ = "[";
};

}  // namespace kvista
