#include "wasm/stores/file/file-failures.h"

#include <algorithm>
#include <string>

namespace kvista {
namespace {

constexpr std::string_view kBefore = "Error: ";

bool saysErrno(std::string_view message, std::string_view code) {
  return message.starts_with(kBefore) && message.substr(kBefore.size()).starts_with(code) &&
         message.substr(kBefore.size() + code.size()).starts_with(':');
}

struct Meaning {
  const char* codes;  // separated by blanks
  Code code;
  bool mayHelpToRetry;
  bool mayBeCarriedOut;
  const char* hint;
};

constexpr Meaning kMeanings[] = {
    {"ENOSPC", Code::kOutOfMemory, false, false,
     "the disk is full: free space on it, or move the directory to a larger one"},
    {"EDQUOT", Code::kOutOfMemory, false, false,
     "the disk quota of this user is used up: free space, or raise the quota"},
    {"EFBIG", Code::kOutOfMemory, false, false,
     "this process may not write files of that size: raise its limit (ulimit -f)"},
    {"EROFS", Code::kUnavailable, false, false,
     "the file system is mounted read-only: mount it writable, or use another directory"},
    {"EACCES EPERM", Code::kUnavailable, false, false,
     "this process's user needs permission to read, write and search the directory and .kvista in "
     "it"},
    {"EMFILE", Code::kRateLimited, true, false,
     "too many files are open in this process: raise its limit (ulimit -n), or do less at once"},
    {"ENFILE", Code::kRateLimited, true, false,
     "too many files are open on this machine: raise its limit, or do less at once"},
    {"EISDIR ENOTEMPTY", Code::kCorrupt, false, false,
     "a directory lies where the key's file belongs: move it elsewhere"},
    {"ENOTDIR EEXIST", Code::kCorrupt, false, false,
     "a file or link lies where a directory belongs: move it elsewhere"},
    {"ELOOP", Code::kCorrupt, false, false,
     "a symbolic link lies where the key's file belongs, and the store follows none: remove it"},
    {"ENAMETOOLONG", Code::kInvalidKey, false, false,
     "this file system takes only shorter names: use a shorter key or directory"},
    {"ENOENT", Code::kUnavailable, false, false,
     "the directory does not exist: make it, or open the store with createDirectory: true"},
    {"ELOCKED", Code::kRateLimited, false, false,
     "the message names the lock and its owner (ID.DEVICE.PID.START.BOOT.MACHINE): see whether "
     "that process is stopped; one that nobody can tell of loses the lock after a minute"},
    {"ELEASE", Code::kUnavailable, false, false,
     "this process was stopped, or its disk did not answer, for so long that another took its "
     "lock: try again"},
    {"EIO", Code::kUnavailable, false, true,
     "the disk reported an input/output error: check its health and the system's log"},
};

Failure classify(const HostReply& reply) {
  for (const Meaning& one : kMeanings) {
    std::string_view codes = one.codes;
    while (!codes.empty()) {
      const std::string_view code = codes.substr(0, codes.find(' '));
      if (saysErrno(reply.value, code)) {
        return {Error{one.code, reply.value, one.hint}, one.mayHelpToRetry, one.mayBeCarriedOut};
      }
      codes.remove_prefix(std::min(code.size() + 1, codes.size()));
    }
  }
  return {Error{Code::kUnavailable, reply.value, "the file system failed: see the message"}, false,
          true};
}

}  // namespace

const RetryPolicy kFileRetryPolicy{.classify = &classify, .baseDelayMs = 1, .maxDelayMs = 30};

bool isErrno(const Error& error, std::string_view code) { return saysErrno(error.message, code); }

bool isErrno(const HostReply& reply, std::string_view code) {
  return reply.failed && saysErrno(reply.value, code);
}

}  // namespace kvista
