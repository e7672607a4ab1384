// The clients of a run: they begin what is planned for them, page by page where it is a paging, and
// note what they are told.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>

#include "tests/simulation/calls.h"
#include "tests/simulation/history.h"
#include "tests/simulation/world.h"

namespace kvista::simulation {

class Clients {
 public:
  Clients(World& world, const Plan& plan, History& history);

  // Until every operation that is planned has ended; false if the clock stands still before.
  [[nodiscard]] bool runAll();
  // One more operation, to its end.
  const Record& look(std::size_t isolate, test::Call call);

 private:
  struct Flight {
    std::size_t record = 0;
    std::size_t client = 0;
    Watch* watch = nullptr;
    std::uint64_t number = 0;  // of the operations of its driver
    std::shared_ptr<const test::Told> told{};
    std::optional<double> pageAtMs{};  // when the next page is asked for
    std::vector<std::string> keys{};
  };

  void goOn(std::size_t client, bool hasEnded);
  void begin(const Planned& planned);
  void send(Flight& flight, const test::Call& call);
  void collect();
  // Whether the operation has ended with this.
  [[nodiscard]] bool take(Flight& flight);
  void finish(Flight& flight);
  void remember(const Record& record);
  void countPath(const Record& record, const Path& path);

  World& world_;
  const Plan& plan_;
  History& history_;
  std::vector<std::vector<const Planned*>> queues_;
  std::vector<std::size_t> next_;
  std::list<Flight> flights_;
  std::map<const test::Driver*, std::uint64_t> started_;  // operations of each
  std::map<std::string, Seen> seen_;
  std::size_t ended_ = 0;
  std::uint64_t moment_ = 0;
};

}  // namespace kvista::simulation
