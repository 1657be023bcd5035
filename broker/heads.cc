#include "broker/heads.h"

#include <algorithm>
#include <set>

#include "broker/broker.h"
#include "crypto/statement.h"

namespace xianjie::broker {
namespace {

Period month_of_head(WallTime time) {
  const Date date = local_date(time);
  return {static_cast<std::uint32_t>(date.year * 100 + date.month)};
}

Bytes heads_of(bool of_neighbour) {
  return Encoder().text("head").u8(of_neighbour ? 1 : 0).bytes();
}

Result<std::optional<Record>> record_at(ReadTxn& txn, ByteView key) {
  XJ_TRY(const auto value, txn.get(Table::kMeta, key));
  if (!value) return std::optional<Record>{};
  XJ_TRY(const SignedRecord bytes, decode_signed_record(*value));
  XJ_TRY(auto record, decode_record_body(bytes.body));
  return std::optional<Record>(std::move(record));
}

// As the newest and as the newest of its month; months long past give way.
Result<> keep_head(WriteTxn& txn, bool of_neighbour, OfficeId office, const SignedRecord& bytes,
                   WallTime time) {
  const Bytes value = encode(bytes);
  const Period month = month_of_head(time);
  XJ_TRY_VOID(txn.put(Table::kMeta, head_key(of_neighbour, office, {}), value));
  XJ_TRY_VOID(txn.put(Table::kMeta, head_key(of_neighbour, office, month), value));
  std::vector<Bytes> months;
  const Bytes prefix = Encoder().raw(heads_of(of_neighbour)).u64(office.value()).bytes();
  XJ_TRY_VOID(txn.scan(Table::kMeta, prefix, prefix, [&](const Row& row) {
    months.push_back(to_bytes(row.key));
    return true;
  }));
  for (std::size_t i = 1; i + kHeadMonths < months.size(); ++i)  // the first is the newest
    XJ_TRY_VOID(txn.erase(Table::kMeta, months[i]));
  return {};
}

}  // namespace

Bytes head_key(bool of_neighbour, OfficeId office, Period period) {
  return Encoder().raw(heads_of(of_neighbour)).u64(office.value()).u32(period.yyyymm).bytes();
}

std::vector<OfficeId> head_witnesses(const routing::Directory& directory, OfficeId office) {
  std::vector<OfficeId> out;
  const OfficeId parent = directory.parent(office);
  if (parent.is_set()) out.push_back(parent);
  for (const OfficeId neighbour : directory.neighbours(office)) {
    if (neighbour == parent) continue;
    out.push_back(neighbour);
    break;
  }
  return out;
}

Result<std::vector<KeptHead>> kept_heads(ReadTxn& txn, bool of_neighbours) {
  std::vector<KeptHead> out;
  std::set<Bytes> seen;
  const Bytes prefix = heads_of(of_neighbours);
  XJ_TRY_VOID(txn.scan(Table::kMeta, prefix, prefix, [&](const Row& row) {
    auto bytes = decode_signed_record(row.value);
    auto record = bytes ? decode_record_body(bytes->body) : std::unexpected(bytes.error());
    if (record && seen.insert(bytes->body).second)
      out.push_back({std::move(*bytes), std::move(*record)});
    return true;
  }));
  return out;
}

// Said to each witness until it has countersigned exactly this.
Result<> Broker::on(Turn& turn, const ArchiveHead& event) {
  if (!turn.now.wall_trusted || event.number == 0) return {};
  for (const OfficeId witness : head_witnesses(snapshot_->directory, self())) {
    XJ_TRY(const auto seen, record_at(turn.txn, head_key(false, witness, {})));
    if (seen && seen->audit_number == event.number && seen->audit_head == event.hash &&
        seen->epoch == epoch_)
      continue;
    Record record;
    record.type = RecordType::kHead;
    record.target = witness;
    record.created = turn.now.wall;
    record.epoch = epoch_;
    record.audit_number = event.number;
    record.audit_head = event.hash;
    std::uint64_t& waiting = heads_waiting_[witness];
    XJ_TRY(waiting,
           replace_record(turn, witness, waiting, crypto::sign_record(record, keys_.current())));
  }
  return {};
}

// A neighbour's head. It never goes back, and never has two hashes at one number: in the same store
// that is refused, and alarmed. Where a new store has begun a new log, the alarm stands and the new
// log is countersigned; what was known of the old one stays in its months.
Result<> Broker::on_head(Turn& turn, OfficeId from, const CheckedRecord& checked) {
  const Record& head = checked.record;
  const std::string who =
      "office=" + to_text(head.issuer) + " number=" + std::to_string(head.audit_number);
  if (head.issuer != from || head.target != self()) {
    audit(turn, "head_refused", who + " from=" + to_text(from));
    return {};
  }
  XJ_TRY(const auto before, record_at(turn.txn, head_key(true, from, {})));
  const bool back = before && head.audit_number < before->audit_number;
  const bool other =
      before && head.audit_number == before->audit_number && head.audit_head != before->audit_head;
  if (back || other) {
    const std::string known = who + " known=" + std::to_string(before->audit_number);
    const bool same_store = before->epoch == head.epoch;
    const char* const what = back ? "audit_head_back: " : "audit_head_other: ";
    // One that was overtaken on its way says nothing bad of anybody.
    if (back && same_store && head.created < before->created) return {};
    turn.effects.alarms.push_back(what + known +
                                  (same_store ? ": the tail of its audit log was cut off or changed"
                                              : ": a new store has begun another audit log"));
    audit(turn, same_store ? "head_refused" : "head_anew", known);
    if (same_store) return {};
  }
  XJ_TRY_VOID(keep_head(turn.txn, true, from, checked.bytes, head.created));
  Record seen;
  seen.type = RecordType::kHeadSeen;
  seen.target = from;
  seen.created = turn.now.wall;
  seen.epoch = head.epoch;
  seen.audit_number = head.audit_number;
  seen.audit_head = head.audit_head;
  return queue_record(turn, from, crypto::sign_record(seen, keys_.current()));
}

Result<> Broker::on_head_seen(Turn& turn, OfficeId from, const CheckedRecord& checked) {
  const Record& seen = checked.record;
  const auto witnesses = head_witnesses(snapshot_->directory, self());
  if (seen.issuer != from || seen.target != self() ||
      std::ranges::find(witnesses, from) == witnesses.end())
    return {};
  XJ_TRY(const auto before, record_at(turn.txn, head_key(false, from, {})));
  if (before && before->epoch == seen.epoch && before->audit_number >= seen.audit_number) return {};
  return keep_head(turn.txn, false, from, checked.bytes, seen.created);
}

}  // namespace xianjie::broker
