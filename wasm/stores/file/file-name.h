// File names: which file of a directory holds a key, and which key a file holds.
//
//   path     = *( chunk "%/" ) rest ".json"      relative to the store's directory
//   name     = the chunks and the rest joined: the key's bytes, encoded one by one
//   chunk    = the first 250 bytes of what is left of the name, less at most 3 so that no character
//              is split; there is one for as long as more than 250 bytes are left
//   rest     = 1*250OCTET
//
// Encoded is the byte "/", and "%" where two of 0-9 A-F follow it: as "%" and two upper-case
// hexadecimal digits. Everything else stands for itself, so a key of Uploadista's is the very file
// that its own store writes. In a portable name, for a file system that tells no letter case apart,
// normalises names or refuses some, everything but a-z 0-9 "-" "_" "." is encoded.
//
// A key has one path. A file at another path, even one that decodes to a key, belongs to another
// program.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kvista {

enum class NameStyle { kPlain, kPortable };

// Returns the path of a key's file. REQUIRES: `key` passed checkKey.
[[nodiscard]] std::string pathOf(std::string_view key, NameStyle style);

// Returns the key of the file at that path, or nothing for a file of another program. The key may
// break a rule of checkKey.
[[nodiscard]] std::optional<std::string> keyOf(std::string_view path, NameStyle style);

// Returns the directory of a path's file; "." is the store's own.
[[nodiscard]] std::string parentOf(std::string_view path);

// Returns whether a directory of that name may hold files of keys.
[[nodiscard]] bool isChunk(std::string_view name);

}  // namespace kvista
