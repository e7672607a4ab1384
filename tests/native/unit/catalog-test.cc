// The catalog over the objects, when everything works: what it writes, asks and lists, and when.
#include "tests/native/support/catalog-world.h"

using namespace kvista;
using namespace kvista::test;

TEST_CASE("The catalog's row is written before the value, and confirmed after it") {
  CatalogWorld world;
  std::vector<std::string> order;
  world.objects.onStep = [&](const std::string& who, const Step& step) {
    for (const Asked& one : step) {
      if (one.verb == Verb::kWrite && one.key == "head") order.push_back("value");
      if (one.verb == Verb::kSql && one.key.starts_with("INSERT INTO kvista_keys"))
        order.push_back("row");
      if (one.verb == Verb::kSql && one.key.starts_with("UPDATE kvista_keys SET pending = 0")) {
        order.push_back("confirmed");
      }
    }
    static_cast<void>(who);
  };
  REQUIRE(world.run(set("a", "1")).ok());
  CHECK(order == std::vector<std::string>{"row", "value"});
  world.finishFollowUps();
  CHECK(order == std::vector<std::string>{"row", "value", "confirmed"});
}

TEST_CASE("The value is removed before the catalog's row, and the storage is empty then") {
  CatalogWorld world;
  REQUIRE(world.run(set("a", std::string(5'000'000, 'x'))).ok());
  world.finishFollowUps();
  std::vector<std::string> order;
  world.objects.onStep = [&](const std::string&, const Step& step) {
    for (const Asked& one : step) {
      if (one.verb == Verb::kRemove && one.key == "chunk:0") order.push_back("value");
      if (one.verb == Verb::kSql && one.key.starts_with("DELETE FROM kvista_keys"))
        order.push_back("row");
      if (one.verb == Verb::kEmpty) order.push_back("storage");
    }
  };
  REQUIRE(world.run(deleteKey("a")).ok());
  CHECK(order == std::vector<std::string>{"value", "row", "storage"});
  CHECK(world.objects.objectsWithStorage() == 0);
  CHECK(world.objects.catalogRows() == 0);
}

TEST_CASE("Setting a key that exists asks the catalog nothing") {
  CatalogWorld world;
  REQUIRE(world.run(set("a", "1")).ok());
  world.finishFollowUps();
  static_cast<void>(world.catalogWrites());
  REQUIRE(world.run(set("a", "2")).ok());
  REQUIRE(world.run(set("a", "3")).ok());
  world.finishFollowUps();
  CHECK(world.catalogWrites() == 0);
}

TEST_CASE("A certain row is listed without asking its object") {
  CatalogWorld world;
  REQUIRE(world.run(set("a", "1")).ok());
  REQUIRE(world.run(setFor("b", "1", 100)).ok());
  world.finishFollowUps();
  static_cast<void>(world.confirmations());
  CHECK(world.listed() == Keys{"a", "b"});
  CHECK(world.confirmations() == 0);
}

TEST_CASE("A pending row is confirmed with its object before it is listed") {
  CatalogWorld world;
  // The confirmation behind the set never arrives.
  world.objects.fate = [](const Passing& call) {
    return Fate{.silent = call.op == Op::kCatalogConfirm};
  };
  REQUIRE(world.run(set("a", "1")).ok());
  static_cast<void>(world.confirmations());
  CHECK(world.listed() == Keys{"a"});
  CHECK(world.confirmations() == 1);
  CHECK(world.listed() == Keys{"a"});
  CHECK(world.confirmations() == 0);
}

TEST_CASE("A key whose set was acknowledged is listed at once, before anything is confirmed") {
  CatalogWorld world;
  for (int i = 0; i < 50; ++i) {
    const std::string key = "k" + std::to_string(i);
    REQUIRE(world.run(set(key, "1")).ok());
    CHECK(world.listed(key) == Keys{key});
    REQUIRE(world.run(deleteKey(key)).ok());
    CHECK(world.listed(key).empty());
  }
}

TEST_CASE("A pending row without a value is dropped, not listed") {
  CatalogWorld world;
  // The set dies between the row and the value.
  world.objects.crash = [](bool isCatalog, const std::string&, const Step& step, bool after) {
    return !isCatalog && !after && step.front().verb == Verb::kWrite;
  };
  Call doomed = set("a", "1");
  doomed.deadlineMs = 100;
  CHECK_FALSE(world.run(doomed).ok());
  world.objects.crash = nullptr;
  CHECK(world.objects.catalogRows() == 1);
  CHECK(world.listed().empty());
  CHECK(world.objects.catalogRows() == 0);
  CHECK(world.run(get("a")).present == false);
}

TEST_CASE("More shards lose no key, and fewer shards neither") {
  CatalogWorld world;
  const auto one = world.another(R"({"kind":"durable-object","catalogShards":1})");
  const auto eight = world.another(R"({"kind":"durable-object","catalogShards":8})");
  const auto two = world.another(R"({"kind":"durable-object","catalogShards":2})");
  Keys keys;
  int n = 0;
  for (Driver* store : {one.get(), eight.get(), two.get(), one.get(), eight.get()}) {
    for (int i = 0; i < 20; ++i) {
      keys.push_back("k" + std::to_string(100 + n++));
      REQUIRE(store->run(set(keys.back(), "1")).ok());
    }
    for (Driver* reader : {one.get(), two.get(), eight.get(), &world.driver()}) {
      CHECK(reader->run(list()).keys == keys);
    }
  }
  for (const std::string& key : keys) REQUIRE(two->run(deleteKey(key)).ok());
  CHECK(eight->run(list()).keys.empty());
  CHECK(world.objects.catalogRows() == 0);
}

TEST_CASE("A key that is deleted and set again under other shards is listed once") {
  CatalogWorld world;
  const auto one = world.another(R"({"kind":"durable-object","catalogShards":1})");
  const auto many = world.another(R"({"kind":"durable-object","catalogShards":64})");
  for (int i = 0; i < 10; ++i) {
    REQUIRE(one->run(set("a", "1")).ok());
    REQUIRE(many->run(set("a", "2")).ok());
    CHECK(one->run(list()).keys == Keys{"a"});
    REQUIRE(many->run(deleteKey("a")).ok());
    REQUIRE(many->run(set("a", "3")).ok());
    CHECK(one->run(list()).keys == Keys{"a"});
    REQUIRE(one->run(deleteKey("a")).ok());
    CHECK(many->run(list()).keys.empty());
  }
}

TEST_CASE("More pending rows than one page confirms are all listed") {
  CatalogWorld world;
  world.objects.fate = [](const Passing& call) {
    return Fate{.silent = call.op == Op::kCatalogConfirm};
  };
  std::vector<Record> records;
  Keys keys;
  for (int i = 0; i < 1000; ++i) {
    keys.push_back("k" + std::to_string(1000 + i));
    records.push_back({keys.back(), "1"});
  }
  const auto store = world.another(R"({"kind":"durable-object","catalogShards":1})");
  REQUIRE(store->run(many(Op::kSetMany, records)).ok());
  Keys paged;
  std::optional<std::string> cursor;
  do {
    const Told told = store->run(page("", 1000, cursor));
    REQUIRE(told.ok());
    paged.insert(paged.end(), told.keys.begin(), told.keys.end());
    cursor = told.cursor;
  } while (cursor);
  CHECK((paged == keys));
  CHECK((store->run(list()).keys == keys));
}
