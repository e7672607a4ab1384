// What stores pack for a backend and read from one: the head of an object, SQL's cells, Redis's
// commands, arrays and slots.
#include <cmath>
#include <string>
#include <vector>

#include <fuzzer/FuzzedDataProvider.h>

#include "tests/fuzz/support/input.h"
#include "wasm/core/bytes.h"
#include "wasm/stores/durable-object/object-head.h"
#include "wasm/stores/durable-object/sql.h"
#include "wasm/stores/redis/redis-command.h"
#include "wasm/stores/redis/redis-slot.h"

using namespace kvista;
using kvista::fuzz::require;

namespace {

void checkHead(std::string_view meta, std::string_view value) {
  const std::optional<ObjectHead> head = decodeHead(meta, value);
  if (!head) return;
  require(!head->key.empty(), "a head has a key");
  require(head->chunks == 0 || head->inlineValue.empty(), "a value lies in one place");
  require(head->chunks != 0 || head->valueBytes == value.size(), "a small value is all there");
  const std::optional<std::int64_t> expiry = head->expiry();
  require(expiry.has_value() == (head->expiresAt < INFINITY), "a head expires or does not");
  const std::string once = encodeHead(*head);
  // A moment that never comes need not be written.
  require(once.size() <= meta.size() && (once.size() < meta.size() || once == meta),
          "a head that is decoded was encoded so");
  const std::optional<ObjectHead> again = decodeHead(once, value);
  require(again.has_value() && encodeHead(*again) == once, "a head comes back");
  require(again->key == head->key && again->live == head->live && again->chunks == head->chunks &&
              again->shard == head->shard && again->valueBytes == head->valueBytes,
          "a head's fields come back");
}

void checkNames(std::string_view names) {
  std::string command;
  std::size_t count = 0;
  for (std::string_view left = names; !left.empty(); ++count) {
    const std::size_t before = left.size();
    addWords(command, {takeName(left)});
    require(left.size() < before, "every name is taken");
  }
  if (!names.ends_with('\0') && !names.empty()) command.pop_back();
  require(command == names, "the words of a command are all of it");
  require(count <= names.size(), "there are no more names than bytes");
}

void checkArray(FuzzedDataProvider provider) {
  std::vector<std::optional<std::string>> texts;
  ByteWriter packed;
  while (provider.remaining_bytes() > 0 && texts.size() < 32) {
    if (provider.ConsumeBool()) {
      texts.emplace_back(provider.ConsumeRandomLengthString());
      packed.bytes(*texts.back());
    } else {
      texts.emplace_back();
      packed.u32(0xFFFF'FFFF);
    }
  }
  RedisArray array(packed.view());
  for (const std::optional<std::string>& text : texts) {
    require(!array.atEnd(), "an array ends after its last text");
    const RedisArray::Text next = array.next();
    require(next.isNil == !text && next.bytes == text.value_or(""), "an array's texts come back");
  }
  require(array.atEnd(), "an array has no more than its texts");
}

// Any bytes as an array and as rows: reading ends.
void checkGarbage(std::string_view bytes) {
  RedisArray array(bytes);
  std::size_t count = 0;
  for (; !array.atEnd(); ++count) (void)array.next();
  require(count <= bytes.size() / 4 + 1, "an array ends");
  SqlRows rows(bytes);
  for (count = 0; !rows.atEnd(); ++count) {
    if (count % 2 == 0) {
      (void)rows.number();
    } else {
      (void)rows.bytes();
    }
  }
  require(count <= bytes.size() + 1, "rows end");
}

void checkCells(FuzzedDataProvider provider) {
  struct Cell {
    std::optional<double> number;
    std::string bytes;
  };
  std::vector<Cell> cells;
  SqlParameters parameters;
  while (provider.remaining_bytes() > 0 && cells.size() < 32) {
    Cell& cell = cells.emplace_back();
    switch (provider.ConsumeIntegralInRange(0, 3)) {
      case 0:
        parameters.null();
        break;
      case 1:
        cell.number = provider.ConsumeIntegral<std::int32_t>();
        parameters.number(*cell.number);
        break;
      case 2:
        cell.bytes = provider.ConsumeRandomLengthString();
        parameters.blob(cell.bytes);
        break;
      default:
        cell.bytes = provider.ConsumeRandomLengthString();
        parameters.text(cell.bytes);
        break;
    }
  }
  const std::string packed = parameters.take();
  SqlRows rows(packed);
  for (const Cell& cell : cells) {
    require(!rows.atEnd(), "rows end after their last cell");
    if (cell.number) {
      require(rows.number() == cell.number, "a number comes back");
    } else {
      require(rows.bytes() == cell.bytes, "bytes come back");
    }
  }
  require(rows.atEnd(), "rows have no more than their cells");
}

// CRC-16/XMODEM: the remainder of the bits, with 16 zeros behind, by x^16 + x^12 + x^5 + 1.
std::uint32_t crcOf(std::string text) {
  text.append(2, '\0');
  std::uint32_t remainder = 0;
  for (const char c : text) {
    for (int bit = 7; bit >= 0; --bit) {
      remainder = remainder << 1 | (static_cast<unsigned char>(c) >> bit & 1U);
      if (remainder >> 16 != 0) remainder ^= 0x11021;
    }
  }
  return remainder;
}

void checkSlot(std::string_view key) {
  const std::uint32_t slot = redisSlotOf(key);
  require(slot < kRedisSlots, "a slot is one of 16,384");
  if (key.contains('{') || key.contains('}')) return;
  require(slot == crcOf(std::string(key)) % kRedisSlots, "a slot is the CRC16 of its key");
  const std::string plain(key);
  const std::string tagged = "a{" + plain + "}b{c}";
  require(key.empty() || redisSlotOf(tagged) == slot, "a tag in braces decides the slot");
  for (const std::string& untagged :
       {"{}" + plain, plain + "{", "}" + plain + "{", plain + "{}{c}"}) {
    require(redisSlotOf(untagged) == crcOf(untagged) % kRedisSlots, "without a tag it is all");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::string_view whole = input.whole();
  checkNames(whole);
  checkGarbage(whole);
  checkSlot(whole);
  checkArray(FuzzedDataProvider(data, size));
  checkCells(FuzzedDataProvider(data, size));
  const std::string_view meta = input.part();
  checkHead(meta, input.part());
  return 0;
}
