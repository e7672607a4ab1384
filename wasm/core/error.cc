#include "wasm/core/error.h"

namespace kvista {

Error::Error() = default;
Error::Error(Code why, std::string_view says, std::string_view advises)
    : code(why), message(says), hint(advises) {}
Error::Error(const Error&) = default;
Error::Error(Error&&) noexcept = default;
Error& Error::operator=(const Error&) = default;
Error& Error::operator=(Error&&) noexcept = default;
Error::~Error() = default;

std::unexpected<Error> fail(Code code, std::string_view message, std::string_view hint) {
  return std::unexpected<Error>(std::in_place, code, message, hint);
}

}  // namespace kvista
