// How an office stands (schemas/record.h, kStanding): its own counts, signed, on their way to the
// root. Every office on the way keeps the newest of each office below it and passes it on; a newer
// one takes the place of one that still waits for the neighbour.
#include <algorithm>

#include "broker/broker.h"
#include "crypto/statement.h"

namespace xianjie::broker {
namespace {

constexpr Duration kStandingEvery = days(1);  // a sign of life where nothing changes

OfficeId root_above(const routing::Directory& directory, OfficeId office) {
  OfficeId root = office;
  for (OfficeId at = office; at.is_set(); at = directory.parent(at)) root = at;
  return root;
}

// The child of `self` whose subtree holds `office`; not set where none does.
OfficeId child_towards(const routing::Directory& directory, OfficeId self, OfficeId office) {
  for (OfficeId at = office; at.is_set(); at = directory.parent(at))
    if (directory.parent(at) == self) return at;
  return {};
}

}  // namespace

Result<> Broker::on(Turn& turn, const SetStanding& event) {
  if (!turn.now.wall_trusted) return {};
  Record record;
  record.created = turn.now.wall;
  XJ_TRY(const auto value, turn.txn.get(Table::kStandings, standing_key(self())));
  StandingRow row;
  if (value) {
    XJ_TRY(row, decode_standing_row(*value));
    const auto before = decode_signed_record(row.record);
    const auto said = before ? decode_record_body(before->body) : corrupt("");
    if (said && said->standing == event.rows && turn.now.wall < row.created + kStandingEvery)
      return {};
    record.created = std::max(record.created, row.created + milliseconds(1));
  }
  record.type = RecordType::kStanding;
  record.target = root_above(snapshot_->directory, self());
  record.standing = event.rows;
  row.created = record.created;
  row.record = encode(crypto::sign_record(record, keys_.current()));
  return keep_standing(turn, self(), std::move(row));
}

Result<> Broker::on_standing(Turn& turn, OfficeId from, const CheckedRecord& checked) {
  const Record& record = checked.record;
  if (child_towards(snapshot_->directory, self(), record.issuer) != from ||
      (turn.now.wall_trusted && record.created > turn.now.wall + options_.skew)) {
    audit(turn, "standing_refused", "of=" + to_text(record.issuer) + " from=" + to_text(from));
    return {};
  }
  XJ_TRY(const auto value, turn.txn.get(Table::kStandings, standing_key(record.issuer)));
  StandingRow row;
  if (value) {
    XJ_TRY(row, decode_standing_row(*value));
    if (row.created >= record.created) return {};
  }
  SignedRecord bytes = checked.bytes;
  ++bytes.hops;
  row.created = record.created;
  row.record = encode(bytes);
  return keep_standing(turn, record.issuer, std::move(row));
}

Result<> Broker::keep_standing(Turn& turn, OfficeId issuer, StandingRow row) {
  if (const OfficeId parent = snapshot_->directory.parent(self()); parent.is_set()) {
    XJ_TRY(const SignedRecord record, decode_signed_record(row.record));
    XJ_TRY(row.waiting, replace_record(turn, parent, row.waiting, record));
  }
  return turn.txn.put(Table::kStandings, standing_key(issuer), encode(row));
}

// The parent lost its store: it gets all that is known below it.
Result<> Broker::send_standings_again(Turn& turn) {
  std::vector<std::pair<OfficeId, StandingRow>> rows;
  XJ_TRY_VOID(turn.txn.scan(Table::kStandings, {}, {}, [&](const Row& row) {
    const auto office = OfficeId::from_value(Decoder(row.key).u64());
    auto standing = decode_standing_row(row.value);
    if (office && standing) rows.emplace_back(*office, std::move(*standing));
    return true;
  }));
  for (auto& [office, row] : rows) XJ_TRY_VOID(keep_standing(turn, office, std::move(row)));
  return {};
}

// Takes the place of the record under `seq` where that has not gone out; else it is queued. The
// sequence it has now.
Result<std::uint64_t> Broker::replace_record(Turn& turn, OfficeId neighbour, std::uint64_t seq,
                                             const SignedRecord& record) {
  Peer& peer = peers_[neighbour];
  const bool sent = std::any_of(peer.links.begin(), peer.links.end(),
                                [&](const auto& link) { return seq <= link.second.records_sent; });
  const Bytes key = record_key(neighbour, seq);
  XJ_TRY(const auto waiting, turn.txn.get(Table::kRecords, key));
  if (!waiting || sent) {
    XJ_TRY_VOID(queue_record(turn, neighbour, record));
    return counters_.record_seq;
  }
  peer.records_waiting = true;
  XJ_TRY_VOID(turn.txn.put(Table::kRecords, key, encode(record)));
  return seq;
}

}  // namespace xianjie::broker
