// Forgetting, once a day, behind a trusted clock: path copies after their retention, and `seen`
// rows long after they could come again. What is forgotten raises the horizon, and nothing at or
// before the horizon is ever taken again, whatever the clock says later.
#include <algorithm>

#include "broker/broker.h"

namespace xianjie::broker {
namespace {

constexpr std::size_t kSweepRowsPerTurn = 256;
constexpr Duration kSeenRetention = days(30);  // past not_after

}  // namespace

Result<> Broker::sweep(Turn& turn) {
  if (!turn.now.wall_trusted) return {};
  if (!counters_.born.is_set()) counters_.born = turn.now.wall;
  if (!counters_.swept.is_set()) counters_.swept = turn.now.wall;
  if (counters_.sweep_from.empty()) {
    if (turn.now.wall < counters_.swept + days(1)) return {};
    counters_.swept = turn.now.wall;
    counters_.sweep_from = Bytes{0};
    manifests_next_ = {};
    XJ_TRY_VOID(sweep_month(turn));
    XJ_TRY_VOID(sweep_chunks(turn));
    XJ_TRY_VOID(sweep_consignments(turn));
    XJ_TRY_VOID(sweep_items(turn));
  }
  std::vector<std::pair<EnvelopeKey, StateRow>> rows;
  Bytes next;
  XJ_TRY_VOID(turn.txn.scan(Table::kSeen, counters_.sweep_from, {}, [&](const Row& row) {
    if (rows.size() >= kSweepRowsPerTurn) {
      next = to_bytes(row.key);
      return false;
    }
    if (auto st = decode_state_row(row.value))
      rows.emplace_back(parse_seen_key(row.key), std::move(*st));
    return true;
  }));
  for (auto& [key, row] : rows) XJ_TRY_VOID(sweep_row(turn, key, row));
  counters_.sweep_from = std::move(next);
  unfinished_ = unfinished_ || !counters_.sweep_from.empty();
  return {};
}

Result<> Broker::sweep_row(Turn& turn, const EnvelopeKey& key, StateRow row) {
  const bool copy_rests =
      key.origin == self() ? row.place == Place::kSettled : row.place == Place::kAway;
  if (row.path_copy && copy_rests && turn.now.wall > row.taken + options_.copy_retention) {
    row.path_copy = false;
    room_.remove(Quota::kCopies, {}, row.bytes);
    XJ_TRY_VOID(keep_proof(turn, key, row));
    XJ_TRY_VOID(erase_bytes(turn, key, row));
    XJ_TRY_VOID(turn.txn.erase(Table::kInbox, seq_key(row.inbox_seq)));
    XJ_TRY_VOID(put_state(turn, key, row));
    audit(turn, "copy_dropped", name_of(key));
  }
  const bool over =
      row.place == Place::kSettled || (row.place == Place::kAway && key.origin != self());
  if (!over || row.path_copy || turn.now.wall <= row.not_after + options_.skew + kSeenRetention)
    return {};
  counters_.horizon = std::max(counters_.horizon, row.not_after);
  if (row.place == Place::kSettled && row.room != 0)
    room_.remove(static_cast<Quota>(row.room), row.next, row.bytes);
  if (row.inbox_seq != 0) XJ_TRY_VOID(turn.txn.erase(Table::kInbox, seq_key(row.inbox_seq)));
  if (!row.path_copy) XJ_TRY_VOID(keep_proof(turn, key, row));
  XJ_TRY_VOID(erase_bytes(turn, key, row));
  XJ_TRY_VOID(turn.txn.erase(Table::kVouchers, seen_key(key)));
  XJ_TRY_VOID(turn.txn.erase(Table::kSeen, seen_key(key)));
  return {};
}

}  // namespace xianjie::broker
