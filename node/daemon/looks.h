// What people look at, drawn beside the loop: threads with snapshots of their own read the store
// and write the answer's text, so that no look holds up mail. They run at a lower priority than the
// loop. A snapshot is renewed within a scan before it is old (adapters/lmdb_store.h), so that a
// long one sees rows as they are when it comes to them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <thread>
#include <vector>

#include "adapters/poller.h"
#include "broker/broker.h"
#include "node/office/obligations.h"
#include "node/office/standing.h"

namespace xianjie::node {

// What a look knows of the office besides its store, as it was when it was asked for.
struct Scene {
  std::shared_ptr<const broker::DirectorySnapshot> snapshot;
  crypto::KeyRing keys;
  Now now;
  WallTime born;  // of the store
  routing::CalendarOptions calendar;
  [[nodiscard]] const routing::Directory& directory() const { return snapshot->directory; }
  [[nodiscard]] MonthContext context() const {
    return {snapshot->directory, keys.office(), now.wall, calendar};
  }
  // What is owed here and to this office, at this moment.
  [[nodiscard]] Result<std::vector<Obligation>> owed(broker::ReadTxn& txn) const {
    return obligations(txn, keys, directory(), now.wall, born);
  }
};

class Looks final : public adapters::Pollable {
 public:
  // On one of the threads. What get() gave lasts until the next scan, or rest().
  using Draw = std::function<Result<nlohmann::json>(broker::ReadTxn&)>;
  // On the loop, in serve(), with the answer's JSON; at once with kRetry where kWaitingMax wait.
  using Then = std::function<void(Result<std::string>)>;

  static constexpr std::size_t kWaitingMax = 256;
  static Result<std::unique_ptr<Looks>> start(broker::Store& store);
  ~Looks() override;  // waits for what is being drawn; what waits is dropped
  // `first`: before all others, and in any case: what the office itself wants to know.
  void ask(Draw draw, Then then, bool first = false);
  void serve();
  [[nodiscard]] bool ending() const { return ends_; }  // a look that takes long stops then

  void add_poll_items(std::vector<adapters::PollItem>& items) const override;
  [[nodiscard]] Duration due_in() const override { return adapters::kNever; }

 private:
  struct Look {
    Draw draw;
    Then then;
    Instant asked;
    Result<std::string> text{};
  };
  Looks(broker::Store& store, adapters::WakeEvent drawn);
  void work();

  broker::Store& store_;
  adapters::WakeEvent drawn_event_;
  std::mutex mutex_;
  std::condition_variable wanted_;
  std::deque<Look> waiting_, drawn_;
  std::atomic<bool> ends_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace xianjie::node
