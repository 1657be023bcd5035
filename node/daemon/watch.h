// What people look at again and again, counted at most so often that looking costs the office at
// most one part in fifty of its time: the census of what lies here, the month, and how much moves.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "node/daemon/engine.h"
#include "node/office/census.h"

namespace xianjie::node {

class Watch {
 public:
  explicit Watch(Engine& engine) : engine_(engine) {}

  // Runs with a census that is fresh enough: at once, or when one has been taken.
  using WithCensus = std::function<void(const Result<std::shared_ptr<const Census>>&)>;
  void with_census(WithCensus then);
  [[nodiscard]] bool runnable() const { return running_ != nullptr; }
  void advance();  // a slice of the census that is under way

  // month_view of all kinds, as fresh.
  Result<nlohmann::json> month(Period period);

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
  struct KeptMonth {
    nlohmann::json view;
    Instant until;
  };

  Engine& engine_;
  std::shared_ptr<const Census> census_;
  Instant census_until_;
  std::unique_ptr<Census> running_;
  Duration spent_{};  // on the running one
  std::vector<WithCensus> waiting_;
  std::map<Period, KeptMonth> months_;
  std::map<OfficeId, Series> series_;
  Instant sampled_;
};

}  // namespace xianjie::node
