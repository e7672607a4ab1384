// One shard of the catalog (the class KvCatalog): a table of the keys that objects hold, so that
// they can be listed. Objects add and remove the rows; a row that is not certain is confirmed with
// its object before it is listed. The calls are in catalog-calls.h.
//
//   table         columns
//   kvista_keys   key, generation, pending, confirm_after; sorted by the bytes of the key
//   kvista_state  name, value:
//                   generation   a counter that only grows
//                   shards       in shard 0: how many shards may hold rows
//                   registered   in the others: there once shard 0 knows of this one
//
// The host performs kSql and kCall.
#pragma once

#include <string>
#include <vector>

#include "wasm/store/store.h"
#include "wasm/stores/durable-object/sql.h"

namespace kvista {

class CatalogStore final : public Store {
 public:
  [[nodiscard]] std::uint32_t capabilities() const override { return capability::kAll; }
  [[nodiscard]] Task<Answer> perform(Operation& operation) override;

 private:
  // A row of kvista_keys. One that is certain is listed without asking its object.
  struct Row {
    std::string key;
    double generation = 0;
    bool certain = false;
  };

  // Runs one statement and returns its rows (sql.h).
  [[nodiscard]] Task<std::string> run(Operation& operation, SqlStatement statement,
                                      std::string parameters);
  [[nodiscard]] Task<Answer> serve(Operation& operation);
  [[nodiscard]] Task<Answer> prepareAndServe(Operation& operation);
  [[nodiscard]] Task<Answer> prepare(Operation& operation);
  [[nodiscard]] Task<Answer> registerShard(Operation& operation);
  [[nodiscard]] Task<Answer> add(Operation& operation);
  [[nodiscard]] Task<Answer> confirm(Operation& operation);
  [[nodiscard]] Task<Answer> remove(Operation& operation);
  [[nodiscard]] Task<Answer> raise(Operation& operation);
  [[nodiscard]] Task<Answer> page(Operation& operation);
  [[nodiscard]] Task<std::vector<Row>> readRows(Operation& operation, std::string after,
                                                std::uint32_t limit);
  // Asks the objects of the rows whether their values live, and confirms or removes the rows.
  // Returns false if one of them changed meanwhile.
  [[nodiscard]] Task<bool> confirmWithObjects(Operation& operation, std::vector<Row> rows);
  [[nodiscard]] Task<double> knownShards(Operation& operation);

  bool prepared_ = false;
  bool registered_ = false;
};

}  // namespace kvista
