// What people look at again and again, counted at most so often that looking costs the office a
// small part of its time: the census of what lies here, the month, what is owed; and how much
// moves. The counts are for looks' threads (looks.h), the rates for the loop.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>

#include "adapters/zmq_socket.h"
#include "node/daemon/engine.h"
#include "node/daemon/looks.h"
#include "node/office/census.h"

namespace xianjie::node {

// The last count, until it is too old for what counting costs. Any thread; one counts at a time.
template <class T>
class Kept {
 public:
  using Count = std::function<Result<T>()>;
  // `known`: however old it is, where there is one.
  Result<std::shared_ptr<const T>> get(bool known, const Count& count) {
    if (auto kept = last(known)) return kept;
    const std::scoped_lock one(counting_);
    if (auto kept = last(known)) return kept;
    const Instant began = adapters::steady_now();
    XJ_TRY(T fresh, count());
    const Instant done = adapters::steady_now();
    auto kept = std::make_shared<const T>(std::move(fresh));
    const std::scoped_lock lock(mutex_);
    last_ = kept;
    until_ = done + std::max(kFreshAtLeast, (done - began) * kShareOfTime);
    return kept;
  }

 private:
  static constexpr Duration kFreshAtLeast = seconds(2);
  static constexpr std::int64_t kShareOfTime = 200;
  std::shared_ptr<const T> last(bool known) {
    const std::scoped_lock lock(mutex_);
    return last_ && (known || adapters::steady_now() < until_) ? last_ : nullptr;
  }
  std::mutex counting_, mutex_;
  std::shared_ptr<const T> last_;
  Instant until_;
};

class Watch {
 public:
  explicit Watch(Engine& engine) : engine_(engine) {}

  Result<std::shared_ptr<const Census>> census(broker::ReadTxn& txn, const Scene& scene,
                                               bool known);
  // month_view of all kinds.
  Result<std::shared_ptr<const nlohmann::json>> month(broker::ReadTxn& txn, const Scene& scene,
                                                      Period period, bool known);
  Result<std::shared_ptr<const std::vector<Obligation>>> owed(broker::ReadTxn& txn,
                                                              const Scene& scene, bool known);

  void sample();  // once a loop; looks at the clock only, most times
  // {every_s, neighbours: [{neighbour, in, out, acknowledged: [n…] newest last, redelivered,
  // duplicates_refused, last_progress, round_trip_ms}]}
  [[nodiscard]] nlohmann::json rates();

 private:
  struct Sample {
    std::uint64_t in = 0, out = 0, acknowledged = 0;
  };
  struct Series {
    Sample last;
    std::deque<Sample> points;  // what moved in each interval
  };

  Engine& engine_;
  Kept<Census> census_;
  Kept<std::vector<Obligation>> owed_;
  std::mutex months_mutex_;
  std::map<Period, std::shared_ptr<Kept<nlohmann::json>>> months_;
  std::map<OfficeId, Series> series_;
  Instant sampled_;
};

}  // namespace xianjie::node
