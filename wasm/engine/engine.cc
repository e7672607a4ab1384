// The engine up to the point where a store needs its host; engine-operations.cc goes on from there.
#include "wasm/engine/engine.h"

#include "wasm/contract/admit.h"
#include "wasm/contract/listing.h"
#include "wasm/contract/record-answers.h"
#include "wasm/open/open.h"

namespace kvista {

std::uint32_t Engine::open(std::string_view config) {
  forget();
  Result<std::shared_ptr<Store>> store = openStore(config);
  dropReserved();
  if (!store) {
    refuse(std::unexpected(std::move(store.error())));
    return 0;
  }
  Answer able;
  able.number = (*store)->capabilities();
  answerWith(std::move(able));
  for (std::size_t i = 0; i < stores_.size(); ++i) {
    if (stores_[i]) continue;
    stores_[i] = std::move(*store);
    return static_cast<std::uint32_t>(i + 1);
  }
  stores_.push_back(std::move(*store));
  return static_cast<std::uint32_t>(stores_.size());
}

void Engine::close(std::uint32_t handle) {
  forget();
  dropReserved();
  if (handle >= 1 && handle <= stores_.size()) stores_[handle - 1].reset();
}

char* Engine::reserve(std::size_t bytes, std::size_t valueBytes) {
  forget();
  reserved_.reset();
  if (Result<void> ok = checkValueSize(valueBytes); !ok) {
    refuse(std::unexpected(std::move(ok.error())));
    return nullptr;
  }
  reserved_ = Block::make(budget_, bytes);
  if (reserved_) return reserved_->data();
  refuse(tooMuchAtOnce(bytes, budget_));
  return nullptr;
}

const Engine::CallResult& Engine::start(std::string_view bytes) {
  forget();
  std::optional<Block> block = std::exchange(reserved_, std::nullopt);
  // A block that an earlier call left is not this request's: that one lies where it will be
  // overwritten, and has to be copied.
  if (block && block->view().data() != bytes.data()) block.reset();
  Result<Request> request = decodeRequest(bytes);
  if (!request) return refuse(std::unexpected(std::move(request.error())));
  if (request->nowMs >= nextReapMs_) reap(request->nowMs);
  const std::uint32_t handle = request->store;
  if (handle < 1 || handle > stores_.size() || !stores_[handle - 1]) {
    return refuse(fail(Code::kClosed, "the store is closed", "open it again"));
  }
  const std::shared_ptr<Store>& store = stores_[handle - 1];
  if (Result<void> ok = admit(*request, store->capabilities()); !ok) {
    return refuse(std::unexpected(std::move(ok.error())));
  }
  if (store->answersAtOnce()) {
    const CallResult& answered = answerTo(*request, store->answer(*request, budget_));
    result_.op = request->op;
    return answered;
  }
  return launch(std::move(block), bytes, *request, store);
}

const Engine::CallResult& Engine::refuse(std::unexpected<Error> why) {
  return answerWith(std::move(why));
}

const Engine::CallResult& Engine::answerTo(const Request& request, Result<Answer>&& answer) {
  if (request.recordUse != 0 && answer) {
    if (Result<void> ok = checkRecordsIn(*answer, request); !ok) {
      return refuse(std::unexpected(std::move(ok.error())));
    }
  }
  return answerWith(std::move(answer));
}

const Engine::CallResult& Engine::answerWith(Result<Answer>&& answer) {
  answer_.emplace(std::move(answer));
  result_.kind = Kind::kAnswered;
  result_.answer = &*answer_;
  return result_;
}

void Engine::forget() {
  result_ = CallResult();
  answer_.reset();
  finished_.reset();
}

}  // namespace kvista
