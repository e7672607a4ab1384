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
// A path is canonical: one that is not what its key is encoded to belongs to somebody else.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kvista {

enum class NameStyle { kPlain, kPortable };

// REQUIRES: `key` passed checkKey.
[[nodiscard]] std::string pathOf(std::string_view key, NameStyle style);

// The key of the file at that path, which may still be none that a caller can name; nothing for a
// foreign file.
[[nodiscard]] std::optional<std::string> keyOf(std::string_view path, NameStyle style);

// The directory that a path's file lies in; "." is the store's own.
[[nodiscard]] std::string parentOf(std::string_view path);

// Whether a directory of that name may hold files of keys.
[[nodiscard]] bool isChunk(std::string_view name);

}  // namespace kvista
