// What people look at again and again, counted at most so often that looking costs the office a
// small part of its time: the census of what lies here, the month, what is owed, who is named
// twice; and how much moves. The counts are for looks' threads (looks.h), the rates for the loop.
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
#include "node/office/duplicates.h"

namespace xianjie::node {

// How old a count may be.
enum class Age : std::uint8_t {
  kKnown = 1,  // whatever is known; counted where nothing is
  kRecent,     // as old as what it costs allows
  kNow,        // not begun before somebody asked
};

// The last count. Any thread; one counts at a time.
template <class T>
class Kept {
 public:
  using Count = std::function<Result<T>()>;
  Result<std::shared_ptr<const T>> get(Age age, const Count& count) {
    const Instant asked = adapters::steady_now();
    if (auto kept = last(age, asked)) return kept;
    std::unique_lock one(counting_, std::try_to_lock);
    if (!one.owns_lock()) {
      // While another counts, nobody who may have an older count waits for the new one.
      if (auto kept = last(age == Age::kRecent ? Age::kKnown : age, asked)) return kept;
      one.lock();
    }
    if (auto kept = last(age, asked)) return kept;  // counted meanwhile
    const Instant began = adapters::steady_now();
    XJ_TRY(T fresh, count());
    const Instant done = adapters::steady_now();
    auto kept = std::make_shared<const T>(std::move(fresh));
    const std::scoped_lock lock(mutex_);
    last_ = kept;
    began_ = began;
    until_ = done + std::max(kFreshAtLeast, (done - began) * kShareOfTime);
    return kept;
  }

 private:
  static constexpr Duration kFreshAtLeast = seconds(2);
  static constexpr std::int64_t kShareOfTime = 400;  // an overview needs several counts
  std::shared_ptr<const T> last(Age age, Instant asked) {
    const std::scoped_lock lock(mutex_);
    const bool will_do = age == Age::kKnown ||
                         (age == Age::kRecent && adapters::steady_now() < until_) ||
                         asked < began_;  // counted after whoever asks has asked
    return will_do ? last_ : nullptr;
  }
  std::mutex counting_, mutex_;
  std::shared_ptr<const T> last_;
  Instant began_, until_;
};

// The same of each month.
class KeptMonths {
 public:
  using View = Result<std::shared_ptr<const nlohmann::json>>;
  View get(Period period, Age age, const Kept<nlohmann::json>::Count& count);

 private:
  std::mutex mutex_;
  std::map<Period, std::shared_ptr<Kept<nlohmann::json>>> months_;
};

class Watch {
 public:
  explicit Watch(Engine& engine) : engine_(engine) {}

  Result<std::shared_ptr<const Census>> census(broker::ReadTxn& txn, const Scene& scene, Age age);
  // month_view of all kinds, and bulletin_view. A period that is not set: of all.
  KeptMonths::View month(broker::ReadTxn& txn, const Scene& scene, Period period, Age age);
  KeptMonths::View bulletin(broker::ReadTxn& txn, const Scene& scene, Period period, Age age);
  Result<std::shared_ptr<const std::vector<Obligation>>> owed(broker::ReadTxn& txn,
                                                              const Scene& scene, Age age);
  Result<std::shared_ptr<const Duplicates>> duplicates(broker::ReadTxn& txn, Age age);

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
  Kept<Duplicates> duplicates_;
  KeptMonths months_, bulletins_;
  std::map<OfficeId, Series> series_;
  Instant sampled_;
};

}  // namespace xianjie::node
