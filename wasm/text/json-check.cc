// JSON validation by nlohmann's SAX parser. It is given the skeleton of the text: of the text as
// it stands it refuses two things that JSON.parse accepts (numbers beyond a double, escapes of
// unpaired surrogates), and it copies each string.
#include "wasm/text/json-check.h"

#include <cstring>
#include <string>

#include <nlohmann/json.hpp>

#include "wasm/text/json-skeleton.h"
#include "wasm/text/utf8.h"

namespace kvista {
namespace {

// The receiver of nlohmann's events: it counts the depth and wants nothing else.
class DepthCheck {
 public:
  using Json = nlohmann::json;

  bool tooDeep() const { return depth_ > kMaxJsonDepth; }

  bool start_object(std::size_t) { return ++depth_ <= kMaxJsonDepth; }
  bool start_array(std::size_t) { return ++depth_ <= kMaxJsonDepth; }
  bool end_object() { return leave(); }
  bool end_array() { return leave(); }
  bool key(Json::string_t&) { return true; }
  bool null() { return true; }
  bool boolean(bool) { return true; }
  bool number_integer(Json::number_integer_t) { return true; }
  bool number_unsigned(Json::number_unsigned_t) { return true; }
  bool number_float(Json::number_float_t, const Json::string_t&) { return true; }
  bool string(Json::string_t&) { return true; }
  bool binary(Json::binary_t&) { return true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) {
    return false;
  }

 private:
  bool leave() {
    --depth_;
    return true;
  }

  std::size_t depth_ = 0;
};

using Lexer =
    nlohmann::detail::lexer<DepthCheck::Json,
                            nlohmann::detail::iterator_input_adapter<JsonSkeletonIterator>>;
using Parser =
    nlohmann::detail::parser<DepthCheck::Json,
                             nlohmann::detail::iterator_input_adapter<JsonSkeletonIterator>>;

}  // namespace
}  // namespace kvista

// Of this one instance of nlohmann's parser, what computes things that nobody looks at: the
// numbers' values and the texts of errors. They would bring strtod, snprintf and arithmetic in long
// double, over 15 kB. (Private members, as of nlohmann_json 3.11.3: this does not compile with a
// version that has other ones.)
namespace nlohmann {

template <>
void kvista::Lexer::strtof(double& value, const char* text, char** end) noexcept {
  value = 0;
  *end = const_cast<char*>(text) + std::strlen(text);
}

template <>
std::string kvista::Lexer::get_token_string() const {
  return {};
}

template <>
std::string kvista::Parser::exception_message(const kvista::Lexer::token_type, const std::string&) {
  return {};
}

}  // namespace nlohmann

namespace kvista {

std::expected<void, JsonRefusal> checkJson(std::string_view text) {
  if (text.size() > kMaxJsonBytes) {
    return std::unexpected(JsonRefusal{JsonFlaw::kTooLarge, kMaxJsonBytes});
  }
  // nlohmann takes a NUL for the end of the text, skips a byte order mark, and does not see the
  // characters of strings.
  const std::size_t nul = text.find('\0');
  if (nul != std::string_view::npos) {
    return std::unexpected(JsonRefusal{JsonFlaw::kMalformed, nul});
  }
  if (text.starts_with("\xEF\xBB\xBF") || !isUtf8(text)) {
    return std::unexpected(JsonRefusal{JsonFlaw::kMalformed, 0});
  }
  JsonSkeleton skeleton(text);
  DepthCheck depth;
  if (nlohmann::json::sax_parse(JsonSkeletonIterator(skeleton), JsonSkeletonIterator(), &depth))
    return {};
  return std::unexpected(JsonRefusal{depth.tooDeep() ? JsonFlaw::kTooDeep : JsonFlaw::kMalformed,
                                     skeleton.position()});
}

}  // namespace kvista
