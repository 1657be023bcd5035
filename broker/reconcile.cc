// After single rows of the store went bad: they have been set aside in `quarantine`, and the first
// turn puts back what can be derived. What `seen` says waits here must stand in a queue, a batch or
// `held`; a lost receipt or `seen` row is made again by resends and inquiries.
#include <set>

#include "broker/broker.h"

namespace xianjie::broker {

// One transaction of its own, before anything else is read. The bytes of envelopes and proofs stay:
// a bad one is found when it is needed, and its origin sends it again.
Result<> Broker::set_aside(std::span<const DamagedRow> damaged) {
  if (damaged.empty()) return {};
  XJ_TRY(const auto txn, store_.write());
  for (const DamagedRow& row : damaged) {
    if (row.table == Table::kEnvelopes || row.table == Table::kProofs ||
        row.table == Table::kChunks || row.table == Table::kQuarantine)
      continue;
    if (row.table == Table::kMeta && as_text(row.key) == kMetaCounters)
      return corrupt(
          "meta: the counters row is damaged; without it numbers would come twice: keep this store "
          "for inquiry and start with a new one, the neighbours send again what is missing");
    XJ_TRY_VOID(txn->set_aside(row.table, row.key));
    set_aside_.push_back(std::string(table_name(row.table)) + " key=" + to_hex(row.key));
  }
  return txn->commit();
}

Result<> Broker::reconcile(Turn& turn) {
  if (set_aside_.empty()) return {};
  for (const std::string& row : set_aside_) {
    turn.effects.alarms.push_back("damaged: a row failed its checksum and was set aside: " + row);
    audit(turn, "set_aside", row);
  }
  set_aside_.clear();
  std::set<EnvelopeKey> waiting;
  const auto note = [&](ByteView key) { waiting.insert(parse_seen_key(key)); };
  XJ_TRY_VOID(turn.txn.scan(Table::kQueue, {}, {}, [&](const Row& row) {
    note(row.value.first(24));
    return true;
  }));
  XJ_TRY_VOID(turn.txn.scan(Table::kBatches, Bytes{0}, Bytes{0}, [&](const Row& row) {
    if (const auto batch = decode_batch_row(row.value))
      for (const BatchItem& item : batch->items) waiting.insert(item.key);
    return true;
  }));
  XJ_TRY_VOID(turn.txn.scan(Table::kHeld, {}, {}, [&](const Row& row) {
    note(row.key);
    return true;
  }));
  std::vector<std::pair<EnvelopeKey, StateRow>> lost;
  XJ_TRY_VOID(turn.txn.scan(Table::kSeen, {}, {}, [&](const Row& row) {
    auto st = decode_state_row(row.value);
    const EnvelopeKey key = parse_seen_key(row.key);
    if (st && (st->place == Place::kQueued || st->place == Place::kHeld) && !waiting.contains(key))
      lost.emplace_back(key, std::move(*st));
    return true;
  }));
  for (auto& [key, row] : lost) {
    if (row.next.is_set())
      XJ_TRY_VOID(enqueue(turn, key, row));
    else
      XJ_TRY_VOID(hold(turn, key, row, {}, "no_route: asked again after a damaged row"));
  }
  return {};
}

}  // namespace xianjie::broker
