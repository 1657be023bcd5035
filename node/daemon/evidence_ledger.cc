#include "node/daemon/evidence_ledger.h"

#include <algorithm>

#include "broker/month_tables.h"
#include "crypto/statement.h"
#include "node/office/desk.h"
#include "routing/kinds.h"

namespace xianjie::node {
namespace {

using broker::EnvelopeKey;
using broker::LedgerRow;
using broker::Table;
using evidence::Relation;

EnvelopeId id_of_row(ByteView key) {
  return EnvelopeId{Decoder(key).array<16>()};
}

class Related {
 public:
  Related(broker::ReadTxn& txn, OfficeId self) : txn_(txn), self_(self) {}

  // By the store's own row, or by the ledger where that was forgotten.
  Result<bool> add(const EnvelopeKey& key, Relation role) {
    for (const RelatedEnvelope& each : out)
      if (each.key.id == key.id) return true;
    XJ_TRY(const auto seen, txn_.get(Table::kSeen, broker::seen_key(key)));
    if (seen) {
      XJ_TRY(const auto row, broker::decode_state_row(*seen));
      out.push_back({key, row.leaf, role});
      return true;
    }
    if (key.origin != self_) return false;
    XJ_TRY(const auto value, txn_.get(Table::kLedger, broker::ledger_key(key.id)));
    if (!value) return false;
    XJ_TRY(const auto row, broker::decode_ledger_row(*value));
    out.push_back({key, row.leaf, role});
    return true;
  }
  Result<> add_by_id(const EnvelopeId& id, Relation role) {
    if (!id.is_set()) return {};
    const auto key = find_key(txn_, self_, to_text(id));
    if (key) XJ_TRY_VOID(add(*key, role));
    return {};
  }

  std::vector<RelatedEnvelope> out;

 private:
  broker::ReadTxn& txn_;
  OfficeId self_;
};

}  // namespace

Result<std::vector<RelatedEnvelope>> related_envelopes(broker::ReadTxn& txn, OfficeId self,
                                                       const EnvelopeKey& main) {
  Related related(txn, self);
  XJ_TRY(const bool known, related.add(main, Relation::kMain));
  if (!known) return fail(ErrorCode::kNotFound, "not_found: no such envelope at this office");
  if (const auto item = load_item(txn, main)) {
    const Header& header = item->header;
    XJ_TRY_VOID(related.add_by_id(header.in_reply_to, Relation::kAnswered));
    XJ_TRY_VOID(related.add_by_id(header.continues, Relation::kContinued));
    XJ_TRY_VOID(related.add_by_id(header.replaces, Relation::kReplaced));
  }
  std::vector<std::pair<EnvelopeKey, Relation>> more;
  XJ_TRY_VOID(txn.scan(Table::kLedger, {}, {}, [&](const broker::Row& at) {
    const auto row = broker::decode_ledger_row(at.value);
    if (!row) return true;
    const EnvelopeKey key{self, id_of_row(at.key)};
    if (key == main) {
      if (row->copy.is_set()) more.emplace_back(EnvelopeKey{self, row->copy}, Relation::kCopy);
      for (const broker::LedgerAnswer& answer : row->answers)
        more.emplace_back(answer.key, Relation::kAnswer);
      if (row->result.id.is_set()) more.emplace_back(row->result, Relation::kAnswer);
      if (row->continues.id.is_set()) more.emplace_back(row->continues, Relation::kContinued);
    }
    if (row->continues == main) more.emplace_back(key, Relation::kContinuation);
    if (row->in_reply_to == main.id) more.emplace_back(key, Relation::kAnswer);
    return true;
  }));
  for (const auto& [key, role] : more) XJ_TRY_VOID(related.add(key, role));
  return std::move(related.out);
}

Result<> add_month(broker::ReadTxn& txn, const MonthContext& context, Period period,
                   evidence::Pieces& pieces) {
  evidence::LedgerSection ledger{context.self, period, context.now, {}};
  XJ_TRY_VOID(txn.scan(Table::kLedger, {}, {}, [&](const broker::Row& at) {
    const auto row = broker::decode_ledger_row(at.value);
    if (!row || row->period != period || !routing::counted_in_month(row->kind)) return true;
    evidence::LedgerEntry entry;
    entry.id = id_of_row(at.key);
    entry.leaf = row->leaf;
    entry.destination = row->destination;
    entry.kind = row->kind;
    entry.receipt = row->receipt;
    entry.continues = row->continues.id.is_set();
    entry.copy_of = row->copy_of;
    entry.accepted = row->accepted;
    entry.delivered = row->delivered;
    entry.finished = row->finished;
    ledger.entries.push_back(entry);
    return true;
  }));
  for (evidence::LedgerEntry& entry : ledger.entries) {
    if (entry.receipt != ReceiptType::kAccepted) continue;
    XJ_TRY(const auto value, txn.get(Table::kSeen, broker::seen_key({context.self, entry.id})));
    if (!value) continue;
    XJ_TRY(const auto state, broker::decode_state_row(*value));
    entry.stuck = state.place == broker::Place::kHeld || state.place == broker::Place::kDead ||
                  state.place == broker::Place::kCorrupt;
  }
  pieces.ledger = std::move(ledger);
  XJ_TRY_VOID(txn.scan(Table::kManifests, {}, {}, [&](const broker::Row& row) {
    const auto key = broker::parse_manifest_key(row.key);
    const auto manifest = broker::decode_manifest_row(row.value);
    if (!key || !manifest || key->period != period) return true;
    pieces.passages.push_back({key->direction,
                               context.self,
                               key->neighbour,
                               period,
                               manifest->epoch,
                               manifest->taker_epoch,
                               manifest->number,
                               {}});
    return true;
  }));
  for (evidence::PassageSection& list : pieces.passages) {
    const bool given = list.direction == broker::Direction::kGiven;
    const std::uint64_t peer = given ? list.taker_epoch : list.giver_epoch;
    const Bytes prefix = broker::passage_prefix(period, list.direction, list.neighbour);
    XJ_TRY_VOID(txn.scan(Table::kPassages, prefix, prefix, [&](const broker::Row& row) {
      const auto passage = broker::parse_passage_key(row.key);
      const auto value = broker::decode_passage_row(row.value);
      if (passage && value && value->peer_epoch == peer)
        list.entries.push_back({passage->kind, passage->key, value->leaf});
      return true;
    }));
  }
  return txn.scan(Table::kStandings, {}, {}, [&](const broker::Row& row) {
    const auto office = OfficeId::from_value(Decoder(row.key).u64());
    const auto standing = broker::decode_standing_row(row.value);
    auto record = standing ? decode_signed_record(standing->record) : corrupt("");
    if (office && *office != context.self && record) pieces.records.push_back(std::move(*record));
    return true;
  });
}

bool verifies(const evidence::Custody& custody, const Hash& leaf,
              const routing::Directory& directory) {
  const auto key = directory.key(custody.to, custody.ack.key);
  return key && std::ranges::find(custody.leaves, leaf) != custody.leaves.end() &&
         crypto::verify_ack(custody.ack, custody.from, custody.to, custody.leaves, key->signing);
}

}  // namespace xianjie::node
