// The characters of a text that decide whether it is JSON, as input for a parser whose values
// nobody wants. It judges nothing itself.
#pragma once

#include <cstddef>
#include <iterator>
#include <string_view>

namespace kvista {

// Gives the characters of a text that decide whether it is JSON, one by one. It leaves out what
// cannot matter: of digits in a row all but two, and of a string what is neither a quote, an escape
// nor a control character. Of an escaped surrogate it gives a neighbour that is none.
class JsonSkeleton {
 public:
  explicit JsonSkeleton(std::string_view text) : text_(text) { advance(); }

  bool atEnd() const { return atEnd_; }
  char current() const { return current_; }
  // Of the current character, in the text.
  std::size_t position() const { return atEnd_ ? next_ : next_ - 1; }

  void advance() {
    while (next_ < text_.size()) {
      current_ = text_[next_++];
      if (inString_ ? mattersInString() : mattersOutside()) return;
    }
    atEnd_ = true;
  }

 private:
  bool mattersOutside() {
    digits_ = current_ >= '0' && current_ <= '9' ? digits_ + 1 : 0;
    if (current_ == '"') inString_ = true;
    return digits_ <= 2;
  }

  bool mattersInString() {
    if (escaped_) {
      escaped_ = false;
      if (current_ == 'u') hexLeft_ = 4;
      return true;
    }
    if (hexLeft_ != 0) {
      --hexLeft_;
      // \uD800 to \uDFFF become \uD000 to \uD0FF.
      const bool mayBeSurrogate = hexLeft_ == 2 && (hexBefore_ == 'd' || hexBefore_ == 'D');
      hexBefore_ = current_;
      if (mayBeSurrogate && isSurrogateDigit(current_)) current_ = '0';
      return true;
    }
    if (current_ == '\\') escaped_ = true;
    if (current_ == '"') inString_ = false;
    return current_ == '\\' || current_ == '"' || static_cast<unsigned char>(current_) < 0x20;
  }

  static bool isSurrogateDigit(char c) {
    return c == '8' || c == '9' || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  std::string_view text_;
  std::size_t next_ = 0;
  std::size_t digits_ = 0;
  unsigned hexLeft_ = 0;
  char current_ = '\0';
  char hexBefore_ = '\0';
  bool inString_ = false;
  bool escaped_ = false;
  bool atEnd_ = false;
};

// The input iterator that nlohmann reads a JsonSkeleton through. All copies share the position.
class JsonSkeletonIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  JsonSkeletonIterator() = default;  // the end
  explicit JsonSkeletonIterator(JsonSkeleton& skeleton) : skeleton_(&skeleton) {}

  char operator*() const { return skeleton_->current(); }
  JsonSkeletonIterator& operator++() {
    skeleton_->advance();
    return *this;
  }
  JsonSkeletonIterator operator++(int) {
    JsonSkeletonIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const JsonSkeletonIterator& a, const JsonSkeletonIterator& b) {
    return a.isEnd() == b.isEnd();
  }

 private:
  bool isEnd() const { return skeleton_ == nullptr || skeleton_->atEnd(); }

  JsonSkeleton* skeleton_ = nullptr;
};

}  // namespace kvista
