// Writes an object in the layout of one that exists: with its order, its spelling of names and its
// whitespace. Members are kept, changed in place, left out and added; the caller decides which.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "wasm/text/json-scan.h"

namespace kvista {

class JsonObjectWriter {
 public:
  JsonObjectWriter(std::string& out, const JsonScan& layout, std::size_t object)
      : out_(out), layout_(layout), first_(layout.firstMember(object)) {
    out_ += '{';
    if (!first_) tail_ = layout.slice(object + 1, layout.valueEnd(object) - 1);
  }

  // The first member of the layout, if it has one.
  const std::optional<JsonMember>& first() const { return first_; }

  // Writes a member of the layout up to its value. The caller appends the value, then calls
  // endMember.
  void beginMember(const JsonMember& member) {
    separate();
    out_ += layout_.slice(member.begin, member.value);
  }

  // Ends a member of the layout. Call it for members that are left out too, because the whitespace
  // after the last one stays.
  void endMember(const JsonMember& member, bool isKept) {
    const std::string_view space = layout_.slice(member.valueEnd, member.end);
    if (layout_.at(member.end) == '}') {
      tail_ = space;
    } else if (isKept) {
      out_ += space;
    }
  }

  // Begins a member that the layout does not have. The caller appends its name, colon and value.
  void beginNewMember() {
    separate();
    if (first_) out_ += layout_.slice(first_->begin, first_->name);
  }

  void end() {
    out_ += tail_;
    out_ += '}';
  }

 private:
  void separate() {
    if (hasMembers_) out_ += ',';
    hasMembers_ = true;
  }

  std::string& out_;
  const JsonScan& layout_;
  const std::optional<JsonMember> first_;
  std::string_view tail_{};
  bool hasMembers_ = false;
};

}  // namespace kvista
