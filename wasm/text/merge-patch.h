// JSON merge patch (RFC 7396) on text: it splices, and never parses into a document or prints one.
#pragma once

#include <string>
#include <string_view>

#include "wasm/core/error.h"

namespace kvista {

// Returns the document with the patch merged into it.
//
// What the patch does not name keeps its order and its exact text, whitespace and spelling of
// numbers and strings included. A member that the patch sets keeps its place and its name's
// spelling, and gets the patch's own text; a new one is appended, in the patch's order and text,
// after the whitespace that the document's first member has before it. `null` removes. A patch that
// is no object replaces the document.
//
// Names are compared as what they stand for, however they are escaped. Of members of one name the
// last counts, as in JSON.parse: in the patch, and in the document among those that the patch
// names, where the others are removed.
//
// Fails with TOO_LARGE if the patch, the document or the result is over kMaxJsonBytes;
// INVALID_ARGUMENT if the patch, and INVALID_VALUE if the document, is not JSON or is nested over
// kMaxJsonDepth levels. The patch is looked at first.
//
// Time is n log n of both texts, the stack at most kMaxJsonDepth small frames.
[[nodiscard]] Result<std::string> mergePatch(std::string_view document, std::string_view patch);

}  // namespace kvista
