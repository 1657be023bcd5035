// What lies where at this office, and for how long: every envelope it holds, counted in one pass
// over `seen`. Pure. Read next: views.h.
#pragma once

#include <array>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <tuple>

#include "broker/store.h"
#include "broker/tables.h"
#include "routing/directory.h"

namespace xianjie::node {

// As qshape's columns: younger than each of these, the rest in a last one.
inline constexpr std::array kAgeLimits{minutes(5), minutes(30), hours(2), hours(8),
                                       days(1),    days(3),     days(7)};
using Ages = std::array<std::uint64_t, kAgeLimits.size() + 1>;

struct QueueCounts {
  std::uint64_t gated = 0, waiting_for_clock = 0, ready = 0, sent = 0, deferred = 0;
  std::uint64_t held = 0, dead = 0;
  std::uint64_t bytes = 0;  // of those that wait or are on the wire
  // Since when the longest waiting one could have left: taken, or its gate. Not set: none could.
  WallTime oldest;
  WallTime next_gate;
  QueueCounts& operator+=(const QueueCounts& other);
};

class Census {
 public:
  // For which neighbour: not set where what is held has no way to go.
  using Line = std::tuple<OfficeId, Lane, Kind>;

  static Result<Census> take(broker::ReadTxn& txn, const Now& now);

  [[nodiscard]] WallTime as_of() const { return now_.wall; }
  [[nodiscard]] const std::map<Line, QueueCounts>& lines() const { return lines_; }
  [[nodiscard]] QueueCounts total() const;
  // How long what waits has been able to leave, by destination; the gated not among them.
  [[nodiscard]] const std::map<OfficeId, Ages>& ages() const { return ages_; }
  [[nodiscard]] std::uint64_t corrupt() const { return corrupt_; }
  [[nodiscard]] std::uint64_t inbox() const { return inbox_; }  // not settled here
  [[nodiscard]] std::uint64_t seen() const { return seen_; }    // rows looked at

 private:
  explicit Census(const Now& now) : now_(now) {}
  Result<> find_sent(broker::ReadTxn& txn);
  void count(const broker::EnvelopeKey& key, const broker::StateRow& row);
  void count_queued(const broker::EnvelopeKey& key, const broker::StateRow& row);

  Now now_;
  std::set<broker::EnvelopeKey> sent_;
  std::map<Line, QueueCounts> lines_;
  std::map<OfficeId, Ages> ages_;
  std::uint64_t corrupt_ = 0, inbox_ = 0, seen_ = 0;
};

// {as_of, rows: [{neighbour (or ""), lane, kind, gated, …}], totals, ages: {under, limits_s,
// rows}}. Ages by the offices below `under`; not set: below the lowest office that all destinations
// share.
nlohmann::json census_view(const Census& census, const routing::Directory& directory,
                           OfficeId under);

}  // namespace xianjie::node
