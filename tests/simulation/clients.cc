#include "tests/simulation/clients.h"

#include <cmath>

namespace kvista::simulation {
namespace {

// Pages between which a paging waits this long at most.
constexpr std::uint64_t kMaxBetweenPagesMs = 40;
constexpr std::size_t kMaxPages = 200;

}  // namespace

Clients::Clients(World& world, const Plan& plan, History& history)
    : world_(world), plan_(plan), history_(history), queues_(plan.clients), next_(plan.clients) {
  for (const Planned& one : plan.operations) {
    if (one.beginsAtMs) {
      world_.loop.after(*one.beginsAtMs, [this, &one] { begin(one); });
    } else {
      queues_[one.client].push_back(&one);
    }
  }
  history_.records.reserve(plan.operations.size() + 64);
}

bool Clients::runAll() {
  for (std::size_t client = 0; client < queues_.size(); ++client) goOn(client, true);
  while (ended_ < plan_.operations.size()) {
    if (!world_.loop.runOne()) return false;
    collect();
  }
  return true;
}

// Begins the client's next operation, if now is the time for it.
void Clients::goOn(std::size_t client, bool hasEnded) {
  if (next_[client] >= queues_[client].size()) return;
  const Planned& planned = *queues_[client][next_[client]];
  const bool isFirst = next_[client] == 0;
  if (!isFirst && planned.waits != hasEnded) return;
  ++next_[client];
  double atMs = world_.loop.nowMs() + planned.pauseMs;
  if (planned.beginsOnSecond) atMs = std::ceil(atMs / 1000) * 1000;
  world_.loop.at(atMs, [this, &planned] { begin(planned); });
}

void Clients::begin(const Planned& planned) {
  world_.stir("operation " + std::to_string(planned.id));
  Flight& flight = flights_.emplace_back();
  flight.record = history_.records.size();
  flight.client = planned.client;
  Record& record = history_.records.emplace_back();
  record.planned = &planned;
  record.client = planned.client;
  record.isolate = planned.client % world_.isolates();
  record.call = callFor(planned, plan_, world_.loop.nowMs(), world_.tally);
  if (isConditional(planned.op)) {
    record.expectedValue = expect(planned, seen_[record.call.key], record.call);
  }
  record.begin = ++moment_;
  record.beginMs = world_.loop.nowMs();
  send(flight, record.call);
  goOn(planned.client, false);
  collect();
}

void Clients::send(Flight& flight, const test::Call& call) {
  ++history_.calls;
  world_.tally.count("operation", test::nameOf(call.op));
  const std::size_t isolate = history_.records[flight.record].isolate;
  test::Driver& driver = world_.isolate(isolate);
  flight.watch = world_.watch(isolate);
  flight.number = ++started_[&driver];
  flight.told = driver.start(call);
}

void Clients::collect() {
  for (auto at = flights_.begin(); at != flights_.end();) {
    if (at->pageAtMs && world_.loop.nowMs() >= *at->pageAtMs) {
      at->pageAtMs.reset();
      test::Call next = history_.records[at->record].call;
      next.extra = at->told->cursor;
      send(*at, next);
    }
    if (at->pageAtMs || !at->told->done || !take(*at)) {
      ++at;
      continue;
    }
    Flight flight = std::move(*at);
    at = flights_.erase(at);
    finish(flight);
  }
}

bool Clients::take(Flight& flight) {
  Record& record = history_.records[flight.record];
  if (flight.watch != nullptr) {
    record.told = *flight.told;
    countPath(record, flight.watch->take(flight.number));
  }
  if (record.call.op != Op::kPage || !flight.told->ok()) return true;
  record.pageSizes.push_back(flight.told->keys.size());
  flight.keys.insert(flight.keys.end(), flight.told->keys.begin(), flight.told->keys.end());
  if (!flight.told->cursor || record.pageSizes.size() >= kMaxPages) return true;
  if (record.pageSizes.size() == 1) world_.tally.count("path", "a listing of several pages");
  const std::uint64_t pause = world_.faults.choose("page", kMaxBetweenPagesMs);
  flight.pageAtMs = world_.loop.nowMs() + static_cast<double>(pause);
  world_.loop.at(*flight.pageAtMs, [] {});
  return false;
}

void Clients::finish(Flight& flight) {
  Record& record = history_.records[flight.record];
  record.told = *flight.told;
  if (record.call.op == Op::kPage) record.told.keys = std::move(flight.keys);
  record.end = ++moment_;
  record.endMs = world_.loop.nowMs();
  const auto countCode = [&](const std::optional<Error>& error) {
    // One that is not to come is not counted but reported.
    if (!error || !Tally::knows("code", test::nameOf(error->code))) return;
    world_.tally.count("code", test::nameOf(error->code));
  };
  countCode(record.told.error);
  for (const ItemOutcome& one : record.told.items) countCode(one.error);
  remember(record);
  if (record.planned == nullptr) return;
  ++ended_;
  goOn(flight.client, true);
}

void Clients::countPath(const Record& record, const Path& path) {
  const auto count = [&](bool happened, std::string_view name) {
    if (happened) world_.tally.count("path", name);
  };
  const bool isKv = world_.repeatsWrites();
  const bool isKnown = record.told.ok();
  count(path.repeatedRead, "a read is repeated");
  count(path.repeatedWrite && !isKv, "a write is repeated after a proven refusal");
  count(path.repeatedWrite && isKv, "a write of Workers KV is repeated");
  count(path.wroteAfterLook, "settled by reading: tried again");
  count(path.hasLooked && !path.wroteAfterLook && isKnown, "settled by reading: done");
  count(path.hasLooked && record.told.code() == Code::kOutcomeUnknown,
        "settled by reading: still unknown");
  const bool isWriteOfOne = record.call.op == Op::kSet || record.call.op == Op::kDelete;
  count(isKv && isWriteOfOne && isKnown && !path.hasWritten,
        "a waiting write is carried by a later one");
}

// Versions come from what was told together with a value, or of one that the client wrote itself.
void Clients::remember(const Record& record) {
  const test::Told& told = record.told;
  if (!told.ok() || told.version.empty()) return;
  const bool isOwn = record.call.op == Op::kSet || record.call.op == Op::kCompareAndSet;
  seen_[record.call.key].emplace_back(told.version, isOwn ? record.call.value : told.value);
}

const Record& Clients::look(std::size_t isolate, test::Call call) {
  call.nameSpace = plan_.nameSpace;
  call.seed = hashOf({plan_.seed, history_.records.size()});
  Flight& flight = flights_.emplace_back();
  const std::size_t index = history_.records.size();
  flight.record = index;
  Record& record = history_.records.emplace_back();
  record.isolate = isolate;
  record.client = plan_.clients;
  record.call = call;
  record.begin = ++moment_;
  record.beginMs = world_.loop.nowMs();
  send(flight, call);
  collect();
  while (history_.records[index].end == kOpen && world_.loop.runOne()) collect();
  return history_.records[index];
}

}  // namespace kvista::simulation
