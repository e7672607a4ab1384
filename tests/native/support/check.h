// What a fake takes for granted of whoever uses it. It throws, so that fakes serve outside a test
// case as well; within one the exception fails it.
#pragma once

#include <source_location>
#include <stdexcept>
#include <string>

namespace kvista::test {

inline void ensure(bool holds, const std::string& what = "it cannot be so",
                   const std::source_location& at = std::source_location::current()) {
  if (holds) return;
  throw std::logic_error(std::string(at.file_name()) + ":" + std::to_string(at.line()) + ": " +
                         what);
}

}  // namespace kvista::test
