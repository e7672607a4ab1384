// Writes an object in the layout (the order, the spelling of names, the whitespace) of one that
// exists, with members kept, changed in place, left out and added. It does not decide which.
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

  const std::optional<JsonMember>& first() const { return first_; }

  // Writes a member of the layout up to its value. The value must follow, then endMember.
  void beginMember(const JsonMember& member) {
    separate();
    out_ += layout_.slice(member.begin, member.value);
  }

  // To be called for members that are left out, too: the whitespace after the last one stays.
  void endMember(const JsonMember& member, bool isKept) {
    const std::string_view space = layout_.slice(member.valueEnd, member.end);
    if (layout_.at(member.end) == '}') {
      tail_ = space;
    } else if (isKept) {
      out_ += space;
    }
  }

  // Begins a member that the layout does not have.
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
