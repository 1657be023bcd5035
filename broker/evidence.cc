// What goes to the archive so that it can be proved later (kept.h): signed records and the proofs
// of envelopes whose bytes go; and custody statements that another office asks for.
#include <algorithm>

#include "broker/broker.h"
#include "broker/kept.h"
#include "crypto/statement.h"
#include "routing/route.h"

namespace xianjie::broker {
namespace {

constexpr std::size_t kProofsRowBytes = 48 * 1024;
// Of one asker: as many questions at once, and then one every so often.
constexpr int kCustodyBurst = 64;
constexpr Duration kCustodyEvery = seconds(1);

}  // namespace

Result<> Broker::keep_row(Turn& turn, ByteView row) {
  turn.effects.audit_waiting = true;
  return turn.txn.put(Table::kAudit, seq_key(++counters_.audit_seq), row);
}

Result<> Broker::keep_record(Turn& turn, const SignedRecord& record) {
  return keep_row(turn, record_row(record));
}

// Before the bytes of an envelope go where it was written or delivered: both can be asked who wrote
// it.
Result<> Broker::keep_proof(Turn& turn, const EnvelopeKey& key, const StateRow& row) {
  if (key.origin != self() && row.destination != self()) return {};
  XJ_TRY(const auto bytes, envelope(turn, key));
  const auto proof = bytes ? kept_proof(*bytes) : corrupt("");
  if (!proof) return {};  // gone, or bad: what is left proves nothing
  turn.proofs.push_back(*proof);
  turn.proof_bytes += proof->header.size() + proof->proof.size() + 72;
  return turn.proof_bytes < kProofsRowBytes ? Result<>{} : flush_proofs(turn);
}

Result<> Broker::flush_proofs(Turn& turn) {
  if (turn.proofs.empty()) return {};
  XJ_TRY_VOID(keep_row(turn, proofs_row(turn.proofs)));
  turn.proofs.clear();
  turn.proof_bytes = 0;
  return {};
}

Result<> Broker::on(Turn& turn, const AskCustody& event) {
  XJ_TRY(const auto row, state(turn, event.key));
  if (!row) return {};
  for (const OfficeId office : event.offices) {
    Record record;
    record.type = RecordType::kCustodyWanted;
    record.target = office;
    record.created = turn.now.wall;
    record.subject = row->kind;
    record.about = event.key.origin;
    record.inquiries = {{event.key.id, row->leaf}};
    XJ_TRY_VOID(route_record(turn, crypto::sign_record(record, keys_.current()), office, {}));
  }
  return {};
}

// Answered to those who had it or will have it, and not too often; the caller looks into its
// archive.
Result<> Broker::on_custody_wanted(Turn& turn, const Record& record) {
  const EnvelopeKey key{record.about, record.inquiries.front().id};
  XJ_TRY(const auto row, state(turn, key));
  const OfficeId asker = record.issuer;
  const auto refuse = [&](std::string_view reason) {
    audit(turn, "custody_not_told",
          name_of(key) + " to=" + to_text(asker) + " reason=" + std::string(reason));
    return Result<>{};
  };
  if (!row || row->leaf != record.inquiries.front().leaf) return refuse("unknown");
  bool concerned =
      asker == key.origin || asker == row->destination || asker == row->from || asker == row->next;
  if (const auto path = routing::path(snapshot_->directory, key.origin, row->destination);
      path && !concerned)
    concerned = std::ranges::find(*path, asker) != path->end();
  if (!concerned) return refuse("no custodian");
  // The moment until which its questions are spent; each costs kCustodyEvery.
  Instant& spent = custody_askers_[asker];
  spent = std::max(spent, turn.now.instant + kCustodyEvery * -kCustodyBurst);
  if (turn.now.instant < spent + kCustodyEvery) return refuse("too often");
  spent = spent + kCustodyEvery;
  turn.effects.custody_wanted.push_back({asker, key, row->leaf, {}});
  return {};
}

Result<> Broker::on(Turn& turn, const TellCustody& event) {
  XJ_TRY(const auto row, state(turn, event.key));
  if (!row) return {};
  Record record;
  record.type = RecordType::kCustody;
  record.target = event.to;
  record.created = turn.now.wall;
  record.subject = row->kind;
  record.about = event.key.origin;
  record.inquiries = {{event.key.id, row->leaf}};
  record.statements = event.statements;
  return route_record(turn, crypto::sign_record(record, keys_.current()), event.to, {});
}

}  // namespace xianjie::broker
