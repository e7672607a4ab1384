#include "wasm/store/value-store.h"

#include "wasm/contract/admit.h"
#include "wasm/contract/decide.h"
#include "wasm/contract/listing.h"
#include "wasm/contract/version.h"

namespace kvista {

bool ValueStore::needsValue(const Request& request) {
  return !isWrite(request.op) || request.op == Op::kPatch || needsVersion(request);
}

Task<Answer> ValueStore::perform(Operation& operation) {
  for (bool isSecond = false;; isSecond = true) {
    if (!prepared_) {
      if (auto ready = co_await prepare(operation); !ready) {
        co_return std::unexpected(std::move(ready.error()));
      }
    }
    Result<Answer> answer = co_await serve(operation);
    if (answer || isSecond || !isGone(answer.error())) co_return answer;
    prepared_ = false;
  }
}

Task<Answer> ValueStore::serve(Operation& operation) {
  switch (operation.request().op) {
    case Op::kGet:
    case Op::kEntry:
    case Op::kSet:
    case Op::kDelete:
    case Op::kCompareAndSet:
    case Op::kCompareAndDelete:
    case Op::kPatch:
      return serveOne(operation, operation.request());
    case Op::kGetMany:
    case Op::kSetMany:
    case Op::kDeleteMany:
      return serveMany(operation);
    default:
      return serveOther(operation);
  }
}

Task<Answer> ValueStore::serveOne(Operation& operation, Request request) {
  Result<Found> found = co_await find(operation, request);
  if (!found) co_return std::unexpected(std::move(found.error()));
  std::string version;
  if (found->live && (request.op == Op::kEntry || needsVersion(request))) {
    version = versionOf(found->value());
  }
  Answer answer;
  Decision decision;
  if (isWrite(request.op)) {
    Result<Decision> decided =
        decide(request, {found->live, found->value(), version, found->expiresAt});
    if (!decided) co_return std::unexpected(std::move(decided.error()));
    decision = std::move(*decided);
  } else if (found->live) {
    answer.present = true;
    answer.expiresAt = found->expiresAt;
    answer.view = found->view;
    answer.textKept = found->textKept;
    answer.owned = std::move(found->owned);
    answer.reservation = std::move(found->reservation);
    answer.version = std::move(version);
  }
  Result<HostReply> done;
  if (decision.action == Decision::Action::kWrite) {
    Request effective = request;
    effective.value = decision.value(request);
    effective.expiresAt = decision.expiresAt;
    done = co_await write(operation, effective);
  } else if (decision.action == Decision::Action::kRemove || found->expired) {
    done = co_await remove(operation, request, std::string(found->stat));
  }
  if (!done) co_return std::unexpected(std::move(done.error()));
  if (isWrite(request.op)) co_return answerWritten(request, std::move(decision));
  co_return answer;
}

Task<Answer> ValueStore::serveMany(Operation& operation) {
  Result<std::vector<AdmittedItem>> items = admitItems(operation.request());
  if (!items) co_return std::unexpected(std::move(items.error()));
  const Op op = operation.request().op;
  Answer answer;
  answer.items.resize(items->size());
  for (std::size_t i = 0; i < items->size(); ++i) {
    AdmittedItem& one = (*items)[i];
    ItemOutcome& outcome = answer.items[i];
    if (one.error) {
      outcome.error = std::move(one.error);
      continue;
    }
    Request single = operation.request();
    single.op = opOfItems(op);
    single.flags = 0;
    single.fullKey = one.item.fullKey;
    single.value = one.item.value;
    single.expiresAt = one.expiresAt;
    Result<Answer> done = co_await serveOne(operation, single);
    if (!done && (op == Op::kGetMany || isGone(done.error()))) co_return done;
    if (!done) {
      outcome.error = std::move(done.error());
      continue;
    }
    outcome.expiresAt = one.expiresAt;
    outcome.present = done->present;
    if (!done->present) continue;
    const std::string_view value = done->value();
    if (Result<void> ok = countValue(answer, value.size(), operation.budget()); !ok) {
      co_return std::unexpected(std::move(ok.error()));
    }
    outcome.value = value;
  }
  co_return answer;
}

}  // namespace kvista
