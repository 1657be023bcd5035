#include "node/office/census.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "node/office/views.h"

namespace xianjie::node {
namespace {

using broker::EnvelopeKey;
using broker::Place;
using broker::StateRow;
using broker::Table;
using nlohmann::json;
using routing::Directory;

void earlier(WallTime& into, WallTime time) {
  if (time.is_set() && (!into.is_set() || time < into)) into = time;
}

std::size_t column_of(Duration age) {
  std::size_t column = 0;
  while (column < kAgeLimits.size() && age >= kAgeLimits[column]) ++column;
  return column;
}

std::vector<OfficeId> way_from_root(const Directory& directory, OfficeId office) {
  std::vector<OfficeId> way;
  for (OfficeId at = office; at.is_set(); at = directory.parent(at)) way.push_back(at);
  std::ranges::reverse(way);
  return way;
}

// The lowest office above all of them, or the only one's parent. The root has none above it, and
// who has left the directory no place.
OfficeId shared_by(const Directory& directory, const std::map<OfficeId, Ages>& ages) {
  std::vector<OfficeId> shared;
  for (const auto& [office, counts] : ages) {
    if (!directory.find(office)) continue;
    std::vector<OfficeId> way = way_from_root(directory, office);
    if (way.size() > 1) way.pop_back();
    if (shared.empty()) shared = way;
    const auto differ = std::ranges::mismatch(shared, way).in1;
    shared.erase(differ, shared.end());
  }
  return shared.empty() ? OfficeId{} : shared.back();
}

struct Region {
  Ages ages{};
  bool below = false;  // there are destinations below it
};

json ages_view(const Census& census, const Directory& directory, OfficeId under) {
  const bool asked = under.is_set();
  if (!asked) under = shared_by(directory, census.ages());
  std::map<OfficeId, Region> regions;
  for (const auto& [office, counts] : census.ages()) {
    const std::vector<OfficeId> way = way_from_root(directory, office);
    const auto at = std::ranges::find(way, under);
    const bool inside = at != way.end();
    if (asked && !inside) continue;
    // Its own ancestor one level below `under`; itself where it is that.
    const OfficeId shown = !inside ? office : at + 1 == way.end() ? under : *(at + 1);
    Region& region = regions[shown];
    region.below = region.below || shown != office;
    for (std::size_t i = 0; i < counts.size(); ++i) region.ages[i] += counts[i];
  }
  json rows = json::array(), limits = json::array();
  for (const Duration limit : kAgeLimits) limits.push_back(limit.ms / 1000);
  for (const auto& [office, region] : regions) {
    std::uint64_t total = 0;
    for (const std::uint64_t count : region.ages) total += count;
    const auto record = directory.find(office);
    rows.push_back({{"destination", to_text(office)},
                    {"name", record ? record->name : ""},
                    {"below", region.below},
                    {"total", total},
                    {"ages", region.ages}});
  }
  return {{"under", under.is_set() ? json(to_text(under)) : json(nullptr)},
          {"limits_s", std::move(limits)},
          {"rows", std::move(rows)}};
}

json counts_view(const QueueCounts& counts, WallTime now) {
  return {{"gated", counts.gated},
          {"waiting_for_clock", counts.waiting_for_clock},
          {"ready", counts.ready},
          {"sent", counts.sent},
          {"deferred", counts.deferred},
          {"held", counts.held},
          {"dead", counts.dead},
          {"bytes", counts.bytes},
          {"oldest", time_or_null(counts.oldest)},
          {"oldest_s", counts.oldest.is_set()
                           ? json(std::max<std::int64_t>((now - counts.oldest).ms / 1000, 0))
                           : json(nullptr)},
          {"next_gate", time_or_null(counts.next_gate)}};
}

}  // namespace

QueueCounts& QueueCounts::operator+=(const QueueCounts& other) {
  gated += other.gated;
  waiting_for_clock += other.waiting_for_clock;
  ready += other.ready;
  sent += other.sent;
  deferred += other.deferred;
  held += other.held;
  dead += other.dead;
  bytes += other.bytes;
  earlier(oldest, other.oldest);
  earlier(next_gate, other.next_gate);
  return *this;
}

QueueCounts Census::total() const {
  QueueCounts sum;
  for (const auto& [line, counts] : lines_) sum += counts;
  return sum;
}

// What is on the wire has left its queue and is not acknowledged.
Result<> Census::find_sent(broker::ReadTxn& txn) {
  return txn.scan(Table::kBatches, Bytes{0}, Bytes{0}, [&](const broker::Row& row) {
    if (const auto batch = broker::decode_batch_row(row.value))
      for (const broker::BatchItem& item : batch->items) sent_.insert(item.key);
    return true;
  });
}

Result<Census> Census::take(broker::ReadTxn& txn, const Now& now) {
  Census census(now);
  XJ_TRY_VOID(census.find_sent(txn));
  XJ_TRY_VOID(txn.scan(Table::kSeen, {}, {}, [&](const broker::Row& row) {
    ++census.seen_;
    if (const auto state = broker::decode_state_row(row.value))
      census.count(broker::parse_seen_key(row.key), *state);
    return true;
  }));
  return census;
}

void Census::count(const EnvelopeKey& key, const StateRow& row) {
  switch (row.place) {
    case Place::kQueued:
      return count_queued(key, row);
    case Place::kHeld:
      ++lines_[{row.next, row.lane, row.kind}].held;
      ++ages_[row.destination][column_of(now_.wall - row.changed)];
      return;
    case Place::kDead:
      ++lines_[{row.next, row.lane, row.kind}].dead;
      return;
    case Place::kCorrupt:
      ++corrupt_;
      return;
    case Place::kInbox:
      ++inbox_;
      return;
    case Place::kAway:
    case Place::kSettled:
      return;
  }
}

void Census::count_queued(const EnvelopeKey& key, const StateRow& row) {
  QueueCounts& counts = lines_[{row.next, row.lane, row.kind}];
  counts.bytes += row.bytes;
  if (sent_.contains(key)) {
    ++counts.sent;
  } else if (row.not_before.is_set() && (!now_.wall_trusted || now_.wall < row.not_before)) {
    ++counts.gated;
    if (now_.wall >= row.not_before) ++counts.waiting_for_clock;
    earlier(counts.next_gate, row.not_before);
    return;
  } else if (row.attempts > 0) {
    ++counts.deferred;
  } else {
    ++counts.ready;
  }
  const WallTime since = std::max(row.taken, row.not_before);
  earlier(counts.oldest, since);
  ++ages_[row.destination][column_of(now_.wall - since)];
}

json census_view(const Census& census, const Directory& directory, OfficeId under) {
  json rows = json::array();
  for (const auto& [line, counts] : census.lines()) {
    json row = counts_view(counts, census.as_of());
    const auto& [neighbour, lane, kind] = line;
    row["neighbour"] = neighbour.is_set() ? to_text(neighbour) : "";
    row["lane"] = to_word(lane);
    row["kind"] = to_word(kind);
    rows.push_back(std::move(row));
  }
  json totals = counts_view(census.total(), census.as_of());
  totals["corrupt"] = census.corrupt();
  totals["inbox"] = census.inbox();
  return {{"as_of", to_text(census.as_of())},
          {"envelopes_seen", census.seen()},
          {"rows", std::move(rows)},
          {"totals", std::move(totals)},
          {"ages", ages_view(census, directory, under)}};
}

}  // namespace xianjie::node
