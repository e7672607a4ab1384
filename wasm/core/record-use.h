// How a request uses records (wasm/records/record.h), as the one byte of it that says so. What a
// record is, and how two of them merge, is not known here.
//
//   bits 0-1  kind      0 the request does not use records (then the byte is 0), 1 upload,
//                       2 flow job, 3 not allowed
//   bit  2    whole     the change is a whole record, not a merge patch
//   bit  3    rewinds   fields that only grow or end may go back
//   bits 4-7            0
//
// Twin: bindings/contract/record-use.ts.
#pragma once

#include <cstdint>

namespace kvista {

enum class RecordKind : std::uint8_t { kUpload = 1, kFlowJob = 2 };

struct RecordUse {
  static constexpr unsigned kKindMask = 3;
  static constexpr unsigned kWholeBit = 4;
  static constexpr unsigned kRewindsBit = 8;

  RecordKind kind = RecordKind::kUpload;
  // The change is a whole record: a member that is missing says nothing, null is a value, and the
  // change becomes the record if there is none. Otherwise the change is a merge patch (RFC 7396) of
  // a record that exists.
  bool isWhole = false;
  // Fields that only grow or end are set to what the change says.
  bool rewinds = false;

  // REQUIRES: `isValid(byte)`, and `byte` is not 0.
  [[nodiscard]] static constexpr RecordUse of(std::uint8_t byte) {
    return {static_cast<RecordKind>(byte & kKindMask), (byte & kWholeBit) != 0,
            (byte & kRewindsBit) != 0};
  }

  // Returns whether a request may carry that byte.
  [[nodiscard]] static constexpr bool isValid(std::uint8_t byte) {
    const unsigned kind = byte & kKindMask;
    if (byte == 0) return true;
    return byte <= (kKindMask | kWholeBit | kRewindsBit) && kind != 0 && kind != kKindMask;
  }
};

}  // namespace kvista
