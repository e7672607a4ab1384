#include "tests/simulation/watch.h"

namespace kvista::simulation {

std::optional<test::Replies> Watch::perform(std::uint64_t operation, const test::Step& step,
                                            std::function<void(test::Replies)> later) {
  Seen& seen = seen_[operation];
  for (const test::Asked& asked : step) {
    const RequestTraits request = describe_(asked);
    const bool isAgain = seen.failed.contains(request.name);
    if (request.writes) {
      if (isAgain)
        (seen.path.hasLooked ? seen.path.wroteAfterLook : seen.path.repeatedWrite) = true;
      seen.path.hasWritten = true;
    } else {
      if (isAgain) seen.path.repeatedRead = true;
      if (seen.hasFailedWrite) seen.path.hasLooked = true;
    }
  }
  const auto noted = [this, operation, step, later = std::move(later)](test::Replies replies) {
    note(operation, step, replies);
    later(std::move(replies));
  };
  std::optional<test::Replies> replies = inner_.perform(operation, step, noted);
  if (replies) note(operation, step, *replies);
  return replies;
}

void Watch::note(std::uint64_t operation, const test::Step& step, const test::Replies& replies) {
  const auto at = seen_.find(operation);
  if (at == seen_.end()) return;
  for (std::size_t i = 0; i < step.size(); ++i) {
    // The answer of an object is an error by its first bit (message.h).
    const bool isAnswer = step[i].verb == Verb::kCall && !replies[i].meta.empty();
    if (!replies[i].failed && !(isAnswer && (replies[i].meta[0] & 1) != 0)) continue;
    const RequestTraits request = describe_(step[i]);
    at->second.failed.insert(request.name);
    at->second.hasFailedWrite = at->second.hasFailedWrite || request.writes;
  }
}

Path Watch::take(std::uint64_t operation) {
  const auto at = seen_.find(operation + skipped_);
  if (at == seen_.end()) return {};
  const Path path = at->second.path;
  seen_.erase(at);
  return path;
}

}  // namespace kvista::simulation
