// What must not occur in the core: headers and names that do I/O, read a clock, or know Emscripten.
import type { Source } from "./imports.ts";

/** The text with comments and literals blanked, so that a line keeps its number. */
function codeOnly(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"/g, (match) =>
    match.replace(/[^\n]/g, " "),
  );
}

// The core does no I/O, reads no clock and no randomness, and knows neither JavaScript nor Emscripten.
const forbiddenHeaders = new Map<string, string>(
  [
    [
      "I/O",
      "cstdio fstream iostream istream ostream sstream filesystem stdio.h unistd.h fcntl.h print syncstream",
    ],
    ["a clock", "ctime time.h sys/time.h"],
    ["randomness of its own", "random"],
    [
      "threads",
      "thread mutex shared_mutex condition_variable future semaphore latch barrier stop_token",
    ],
    ["exceptions", "stdexcept"],
    ["RTTI", "typeinfo typeindex any"],
  ].flatMap(([what, names]) => (names ?? "").split(" ").map((name) => [name, what ?? ""] as const)),
);

const forbiddenNames: [RegExp, string][] = [
  [/\b(?:system_clock|steady_clock|high_resolution_clock|utc_clock)\b/, "reads a clock"],
  [
    /\b(?:std::time|gettimeofday|clock_gettime|std::rand|srand|arc4random|random_device)\b/,
    "reads a clock or randomness",
  ],
  [/\b(?:fopen|fread|fwrite|fprintf|printf|std::cout|std::cerr|std::print)\b/, "does I/O"],
  [/\b(?:EM_JS|EM_ASM|EMSCRIPTEN_KEEPALIVE|emscripten_\w+|__EMSCRIPTEN__)\b/, "knows Emscripten"],
  [/\b(?:thread_local)\b/, "keeps static state"],
  [/\b(?:export_name|import_name|import_module)\b/, "belongs in bindings/"],
  // The one reference that a coroutine takes is the Operation, which outlives it.
  [
    /\bTask<[^;{}()]*>\s+\w+(?:::\w+)*\([^(){};]*\bstd::(?:string_view|span)\b[^;{}]*\)/,
    "takes a view as a coroutine parameter",
  ],
];

/** What of it occurs in a source of the core. */
export function wordsIn({ text, imports }: Source): { line: number; message: string }[] {
  const headers = imports.flatMap(({ line, written }) => {
    const why = forbiddenHeaders.get(written);
    if (written.startsWith("emscripten"))
      return [{ line, message: `includes ${written}: the core knows no Emscripten` }];
    return why === undefined
      ? []
      : [{ line, message: `includes <${written}>: the core has no use for ${why}` }];
  });
  const code = codeOnly(text);
  const names = forbiddenNames.flatMap(([pattern, what]) =>
    [...code.matchAll(new RegExp(pattern, "g"))].map((match) => ({
      line: code.slice(0, match.index).split("\n").length,
      message: `${match[0].split(/\s/, 1)[0]}: the core ${what}`,
    })),
  );
  return [...headers, ...names];
}
