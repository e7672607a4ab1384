#include "wasm/stores/file/file-store.h"

#include <array>

#include "wasm/contract/decide.h"
#include "wasm/contract/expiry.h"
#include "wasm/contract/limits.h"
#include "wasm/contract/version.h"
#include "wasm/core/bytes.h"
#include "wasm/core/joined.h"
#include "wasm/stores/file/file-failures.h"
#include "wasm/stores/file/file-stat.h"
#include "wasm/text/utf8.h"

namespace kvista {
namespace {

constexpr std::uint32_t kWritesPerSweep = 32;
constexpr double kEntriesPerSweep = 16;
// One byte more shows that the file is no value of ours.
constexpr double kMaxReadBytes = kMaxValueBytes + 1.0;
// Names that a file system with its own mind about letters refuses, changes, or takes for one.
constexpr std::string_view kProbeName = "P:\xC3\x89%";
constexpr std::string_view kFoldedName = "p:\xC3\x89%";
constexpr std::int64_t kProbeMoment = 1'234'567'890;

// The lock of the key whose file has that path: a name of 32 characters.
std::string lockOf(std::string_view path) { return versionOf(path); }

// A batch holds no lock longer than it needs.
bool isOfBatch(const Operation& operation, Op op) { return operation.request().op != op; }

// The fate of the last write is known; earlier ones of a batch have been carried out.
void clearDoubt(Operation& operation) {
  const Op op = operation.request().op;
  operation.setWriteInDoubt(op == Op::kSetMany || op == Op::kDeleteMany);
}

}  // namespace

FileStore::Paths FileStore::pathsOf(std::string_view fullKey) const {
  std::string own = pathOf(fullKey, style_);
  std::string plain = style_ == NameStyle::kPlain ? own : pathOf(fullKey, NameStyle::kPlain);
  return {std::move(own), std::move(plain)};
}

bool FileStore::isGone(const Error& error) const { return isErrno(error, "ENOENT"); }

Task<HostReply> FileStore::prepare(Operation& operation) {
  const std::string meta =
      writeMeta(true, options_.createDirectory) + ByteWriter().f64(options_.syncs ? 1 : 0).take();
  const HostRequest open{.verb = Verb::kOpen,
                         .key = kProbeName,
                         .value = kFoldedName,
                         .meta = meta,
                         .number = mtimeFor(kProbeMoment)};
  const HostReply& opened = (co_await operation.perform(open)).front();
  if (opened.failed) {
    Failure failure = kFileRetryPolicy.classify(opened);
    if (isErrno(opened, "ENOENT") && options_.createDirectory) {
      failure.error.hint = "the file system takes no new directory there: use another path";
    }
    // What may only be read is read all the same.
    if (failure.error.code == Code::kUnavailable && !isErrno(opened, "ENOENT") &&
        !isWrite(operation.request().op)) {
      co_return HostReply();
    }
    co_return std::unexpected(std::move(failure.error));
  }
  keepsExpiry_ = expiryOf(statIn(opened.meta)) == kProbeMoment;
  if (opened.present || opened.value.find(kProbeName) == opened.value.npos) {
    style_ = NameStyle::kPortable;
  }
  isExpiring_ = opened.number != 0;
  prepared_ = true;
  co_return HostReply();
}

Task<FileStore::Found> FileStore::find(Operation& operation, Request request) {
  Found found;
  const auto [path, plain] = pathsOf(request.fullKey);
  if (isWrite(request.op)) {
    if (isExpiring_ && ++writes_ % kWritesPerSweep == 0) (void)co_await sweep(operation);
    // What the key holds does not matter to a plain write: it counts as there, so that it is
    // removed.
    found.live = true;
    if (!needsCurrent(request)) co_return found;
    if (auto locked = co_await lock(operation, path); !locked) {
      co_return std::unexpected(std::move(locked.error()));
    }
    found.live = false;
  }
  const HostRequest ask{.verb = Verb::kRead, .key = path, .value = plain, .number = kMaxReadBytes};
  Result<HostReply> reply = co_await performRead(operation, ask, &kFileRetryPolicy);
  if (!reply && isErrno(reply.error(), "ENOENT")) co_return found;
  if (!reply) co_return std::unexpected(std::move(reply.error()));
  const FileStat stat = statIn(reply->meta);
  found.stat = reply->meta;
  found.expiresAt = expiryOf(stat);
  found.expired = isExpired(found.expiresAt, operation.nowMs());
  found.live = !found.expired;
  found.view = reply->value;
  if (found.live && (!stat.isFile() || found.view.size() > kMaxValueBytes || !isUtf8(found.view))) {
    co_return fail(
        Code::kCorrupt,
        joined({"where the key's file belongs lies no file of UTF-8 text of at most ",
                kMaxValueBytes / (1024 * 1024), " MiB"}),
        "another program made it: look at it, and move it elsewhere or set the key anew");
  }
  co_return found;
}

Task<HostReply> FileStore::lock(Operation& operation, std::string path) {
  const std::string name = lockOf(path);
  const HostRequest take{.verb = Verb::kLock, .key = name, .number = operation.deadlineMs()};
  co_return co_await performRead(operation, take, &kFileRetryPolicy);
}

Task<HostReply> FileStore::unlock(Operation& operation, Op op, std::string path) {
  const std::string name = lockOf(path);
  const HostRequest give{.verb = Verb::kUnlock, .key = name};
  if (isOfBatch(operation, op)) (void)co_await operation.perform(give);
  co_return HostReply();
}

Task<HostReply> FileStore::write(Operation& operation, Request request) {
  const auto [path, plain] = pathsOf(request.fullKey);
  const std::string lock = lockOf(path);
  const bool expires = request.expiresAt.has_value();
  const std::string meta = writeMeta(expires, options_.syncs);
  if (expires && !keepsExpiry_) {
    co_return fail(Code::kUnsupported,
                   "this file system keeps no times below a second, which hold the expiry",
                   "set the key without one, or use a directory on another file system");
  }
  const std::array<HostRequest, 4> steps = {
      HostRequest{.verb = Verb::kLock, .key = lock, .number = operation.deadlineMs()},
      HostRequest{.verb = Verb::kWrite,
                  .value = request.value,
                  .meta = meta,
                  .number = expires ? mtimeFor(*request.expiresAt) : 0},
      HostRequest{
          .verb = Verb::kRename, .key = path, .value = plain, .number = options_.syncs ? 1.0 : 0.0},
      HostRequest{.verb = Verb::kUnlock, .key = lock}};
  // The lock of a single key goes when its operation ends, without its caller waiting for it.
  const std::size_t last = isOfBatch(operation, request.op) ? 4 : 3;
  for (std::size_t first = 0, end = 2; first < last; first = end, end = last) {
    if (first == 2) operation.setWriteInDoubt(true);
    for (const HostReply& reply :
         co_await operation.perform(std::span(steps).subspan(first, end - first))) {
      if (!reply.failed) continue;
      Failure failure = kFileRetryPolicy.classify(reply);
      if (first == 2 && failure.mayBeCarriedOut) failure.error = outcomeUnknown(failure.error);
      clearDoubt(operation);
      (void)co_await unlock(operation, request.op, path);
      co_return std::unexpected(std::move(failure.error));
    }
  }
  clearDoubt(operation);
  isExpiring_ = isExpiring_ || expires;
  co_return HostReply();
}

Task<HostReply> FileStore::remove(Operation& operation, Request request, std::string stat) {
  const auto [path, plain] = pathsOf(request.fullKey);
  const std::string name = lockOf(path);
  const bool writes = isWrite(request.op);
  // A write that waits for its lock has changed nothing yet. What `find` has locked is locked.
  if (writes && !needsCurrent(request)) {
    if (auto locked = co_await lock(operation, path); !locked) co_return locked;
  }
  // What was found to have expired goes if its lock is free, and if it was not set again since.
  const std::array<HostRequest, 3> steps = {
      HostRequest{.verb = Verb::kLock, .key = name, .number = operation.nowMs()},
      HostRequest{.verb = Verb::kRemove,
                  .key = path,
                  .value = writes ? std::string_view(plain) : std::string_view(),
                  .meta = writes ? std::string_view() : stat,
                  .number = options_.syncs ? 1.0 : 0.0},
      HostRequest{.verb = Verb::kUnlock, .key = name}};
  operation.setWriteInDoubt(writes);
  const std::size_t first = writes ? 1 : 0;
  const std::size_t last = isOfBatch(operation, request.op) ? 3 : 2;
  const HostReply& reply =
      (co_await operation.perform(std::span(steps).subspan(first, last - first))).front();
  clearDoubt(operation);
  if (!reply.failed) co_return HostReply();
  const bool isAbsent = isErrno(reply, "ENOENT");
  Failure failure = kFileRetryPolicy.classify(reply);
  // The steps behind one that has failed were not carried out.
  (void)co_await unlock(operation, request.op, path);
  if (!writes || isAbsent) co_return HostReply();
  if (failure.mayBeCarriedOut) failure.error = outcomeUnknown(failure.error);
  co_return std::unexpected(std::move(failure.error));
}

Task<HostReply> FileStore::sweep(Operation& operation) {
  const HostRequest walk{.verb = Verb::kWalk, .number = kEntriesPerSweep};
  const HostReply& walked = (co_await operation.perform(walk)).front();
  const std::string entries(walked.failed ? std::string_view() : walked.value);
  const std::string stats(walked.meta);
  ByteReader in(stats);
  for (std::string_view left = entries; !left.empty();) {
    const std::optional<std::string> key = keyOf(takeName(left), style_);
    const std::string_view stat = in.raw(sizeof(FileStat));
    if (!key || !isExpired(expiryOf(statIn(stat)), operation.nowMs())) continue;
    Request read = operation.request();
    read.op = Op::kEntry;
    read.fullKey = *key;
    (void)co_await remove(operation, read, std::string(stat));
  }
  co_return HostReply();
}

Task<Answer> FileStore::serveOther(Operation& operation) {
  return operation.request().op == Op::kDiagnose ? diagnose(operation) : list(operation);
}

}  // namespace kvista
