// Envelopes whose origin's key was revoked after it had signed them. What a custodian had taken
// before the revocation stands, and so does what their own office confirms with a key that counts;
// nothing else is taken, passed on or delivered.
//
// The word for it is a voucher, a signed record of custody: whoever passes such an envelope on adds
// its own or the one it came with, and an office that knows of the revocation takes it with a good
// one only. What is here already when word of the revocation comes, and was taken too late, is held
// as `revoked_key`, and the neighbour it came from is asked since when it has had it.
#include <algorithm>
#include <tuple>

#include "broker/broker.h"
#include "crypto/statement.h"

namespace xianjie::broker {
namespace {

constexpr std::string_view kRevokedToken = "revoked_key";

std::string revoked_text(OfficeId origin, WallTime since) {
  return std::string(kRevokedToken) + ": the key of " + to_text(origin) +
         " that signed it is revoked since " + to_text(since) +
         ", and nobody vouches that it is older";
}

constexpr WallTime kNever{kWallTimeMsMax};

WallTime first_revocation(const routing::Directory& directory, OfficeId office) {
  WallTime first = kNever;
  for (const auto& one : directory.revocations())
    if (one.office == office) first = std::min(first, one.at);
  return first;
}

}  // namespace

void Broker::plan_revoked_scans() {
  revoked_scans_.clear();
  for (const auto& one : snapshot_->directory.revocations())
    if (one.office != self() &&
        (revoked_scans_.empty() || revoked_scans_.back().origin != one.office))
      revoked_scans_.push_back({one.office, {}});
}

// What is here of an origin, in slices: `seen` is ordered by origin.
Result<> Broker::run_revoked_scans(Turn& turn) {
  VouchersWanted asked;
  while (!revoked_scans_.empty()) {
    RevokedScan& scan = revoked_scans_.back();
    const Bytes prefix = Encoder().u64(scan.origin.value()).bytes();
    std::vector<std::pair<EnvelopeKey, StateRow>> rows;
    Bytes stopped_at;
    XJ_TRY_VOID(turn.txn.scan(Table::kSeen, scan.from.empty() ? prefix : scan.from, prefix,
                              [&](const Row& row) {
                                if (++turn.held_rows > kTurnEnvelopesMax) {
                                  stopped_at = to_bytes(row.key);
                                  return false;
                                }
                                auto st = decode_state_row(row.value);
                                if (st && (st->place == Place::kQueued ||
                                           st->place == Place::kHeld || st->place == Place::kInbox))
                                  rows.emplace_back(parse_seen_key(row.key), std::move(*st));
                                return true;
                              }));
    for (auto& [key, row] : rows) XJ_TRY_VOID(look_at_revoked(turn, key, std::move(row), asked));
    if (!stopped_at.empty()) {
      scan.from = std::move(stopped_at);
      unfinished_ = true;
      break;
    }
    revoked_scans_.pop_back();
  }
  return ask_for_vouchers(turn, asked);
}

// Of another office, in custody or in the inbox here: it stands, or is held and asked after.
Result<> Broker::look_at_revoked(Turn& turn, const EnvelopeKey& key, StateRow row,
                                 VouchersWanted& asked) {
  XJ_TRY(const auto bytes, envelope(turn, key));
  const auto header = bytes ? decode_header(bytes->header) : corrupt("");
  const auto proof = bytes ? decode_proof(bytes->proof) : corrupt("");
  if (!header || !proof) return {};
  XJ_TRY(const auto held_value, turn.txn.get(Table::kHeld, seen_key(key)));
  const auto held = held_value ? decode_held_row(*held_value) : corrupt("");
  const bool waits = row.place == Place::kHeld && held && held->reason.starts_with(kRevokedToken);
  const auto since = snapshot_->directory.revocation(key.origin, header->origin_key);
  XJ_TRY(const auto kept, kept_voucher(turn, key, since.value_or(WallTime{})));
  const bool before = since && row.taken < *since && proof->statement.time < *since;
  const bool own = key.origin == self() &&  // it knows what it wrote
                   !snapshot_->directory.revocation(self(), keys_.current().id());
  if (!since || kept || before || own)
    return waits ? release_vouched(turn, key, std::move(row), *bytes) : Result<>{};
  if (row.from.is_set()) asked[{row.from, row.kind}].push_back({key.origin, key.id, row.leaf});
  return waits ? Result<>{} : quarantine_revoked(turn, key, std::move(row), *since);
}

Result<> Broker::quarantine_revoked(Turn& turn, const EnvelopeKey& key, StateRow row,
                                    WallTime since) {
  if (row.place == Place::kInbox) {
    XJ_TRY(const auto inbox, inbox_row(turn, key));
    if (row.collected || (inbox && inbox->continued_by.is_set())) {
      audit(turn, "revoked_collected", name_of(key));
      turn.effects.alarms.push_back(revoked_text(key.origin, since) + ": " + name_of(key) +
                                    " was collected here before that was known; ask its office");
      return {};
    }
    XJ_TRY_VOID(turn.txn.erase(Table::kInbox, seq_key(row.inbox_seq)));
    row.inbox_seq = 0;
    XJ_TRY_VOID(forget_item(turn, key));
    std::erase_if(turn.effects.delivered, [&](const Delivered& item) { return item.key == key; });
  } else if (row.place == Place::kQueued) {
    XJ_TRY_VOID(
        turn.txn.erase(Table::kQueue, queue_key({row.next, row.lane, row.not_before, row.seq})));
    row.not_before = {};
  }
  return hold(turn, key, row, row.next, revoked_text(key.origin, since));
}

// It was held as revoked_key, and stands.
Result<> Broker::release_vouched(Turn& turn, const EnvelopeKey& key, StateRow row,
                                 const Envelope& bytes) {
  CheckedEnvelope checked;
  checked.envelope = bytes;
  XJ_TRY(checked.header, decode_header(bytes.header));
  checked.leaf = row.leaf;
  XJ_TRY_VOID(turn.txn.erase(Table::kHeld, seen_key(key)));
  room_.remove(static_cast<Quota>(row.room), row.next, row.bytes);
  row.changed = turn.now.wall;
  audit(turn, "released", name_of(key) + " reason=vouched");
  if (checked.header.destination == self()) {
    row.inbox_seq = 0;
    return deliver(turn, key, std::move(row), checked);
  }
  const auto next = next_for(checked.header, row.from);
  row.next = next ? *next : OfficeId{};
  row.not_before = gate_for(turn, checked.header, row.late);
  room_.add(static_cast<Quota>(row.room), row.next, row.bytes);
  if (!next) return hold(turn, key, row, {}, next.error().text);
  return enqueue(turn, key, row);
}

// One that is good, for a key revoked since then.
Result<std::optional<Bytes>> Broker::kept_voucher(Turn& turn, const EnvelopeKey& key,
                                                  WallTime revoked) {
  XJ_TRY(const auto value, turn.txn.get(Table::kVouchers, seen_key(key)));
  const auto bytes = value ? decode_signed_record(*value) : corrupt("");
  const auto record = bytes ? decode_record_body(bytes->body) : corrupt("");
  if (!record || snapshot_->directory.revocation(record->issuer, record->key) ||
      (record->issuer != key.origin && record->taken >= revoked))
    return std::optional<Bytes>{};
  return std::optional<Bytes>(to_bytes(*value));
}

// This office's own word; empty where no key of its own counts.
std::optional<Bytes> Broker::sign_voucher(Turn& turn, const EnvelopeKey& key, const StateRow& row) {
  if (snapshot_->directory.revocation(self(), keys_.current().id())) return std::nullopt;
  Record record;
  record.type = RecordType::kVoucher;
  record.target = row.next.is_set() ? row.next : self();
  record.created = turn.now.wall;
  record.subject = row.kind;
  record.vouched.push_back({key.origin, key.id, row.leaf});
  record.taken = row.taken;
  return encode(crypto::sign_record(record, keys_.current()));
}

Result<std::optional<Bytes>> Broker::voucher_for(Turn& turn, const EnvelopeKey& key,
                                                 const StateRow& row, WallTime revoked) {
  if (key.origin == self()) return sign_voucher(turn, key, row);
  XJ_TRY(auto kept, kept_voucher(turn, key, revoked));
  if (kept) return kept;
  return row.taken < revoked ? sign_voucher(turn, key, row) : std::nullopt;
}

// What goes with it to the next office; false: it may not go, and is held.
Result<bool> Broker::add_voucher(Turn& turn, const EnvelopeKey& key, const StateRow& row,
                                 OfficeId neighbour, const Header& header, Envelope& bytes) {
  const auto since = snapshot_->directory.revocation(key.origin, header.origin_key);
  if (!since) return true;
  XJ_TRY(auto voucher, voucher_for(turn, key, row, *since));
  if (!voucher) {
    StateRow held = row;
    XJ_TRY_VOID(hold(turn, key, held, neighbour, revoked_text(key.origin, *since)));
    return false;
  }
  bytes.voucher = std::move(*voucher);
  return true;
}

// Of what comes in: false where it may not be taken; true where it has been waiting here for the
// voucher that it brings. Empty: it stands, and is taken like any other.
Result<std::optional<bool>> Broker::take_revoked(Turn& turn, const EnvelopeKey& key,
                                                 const std::optional<StateRow>& known,
                                                 const CheckedEnvelope& checked) {
  if (!checked.vouched) {
    if (known && known->taken < *checked.revoked) return std::optional<bool>{};
    XJ_TRY(const auto kept, kept_voucher(turn, key, *checked.revoked));
    if (kept) return std::optional<bool>{};
    turn.effects.alarms.push_back(revoked_text(key.origin, *checked.revoked) + ": " + name_of(key) +
                                  " is not taken");
    return std::optional(false);
  }
  XJ_TRY_VOID(turn.txn.put(Table::kVouchers, seen_key(key), checked.envelope.voucher));
  if (!known || known->place != Place::kHeld) return std::optional<bool>{};
  XJ_TRY(const auto value, turn.txn.get(Table::kHeld, seen_key(key)));
  const auto held = value ? decode_held_row(*value) : corrupt("");
  XJ_TRY(const auto bytes, envelope(turn, key));
  if (!held || !held->reason.starts_with(kRevokedToken) || !bytes) return std::optional<bool>{};
  XJ_TRY_VOID(release_vouched(turn, key, *known, *bytes));
  return std::optional(true);
}

Result<> Broker::ask_for_vouchers(Turn& turn, const VouchersWanted& asked) {
  for (const auto& [whom, entries] : asked)
    for (std::size_t at = 0; at < entries.size(); at += kRecordEntriesMax) {
      Record record;
      record.type = RecordType::kVouchersWanted;
      std::tie(record.target, record.subject) = whom;
      record.created = turn.now.wall;
      const std::size_t end = std::min(entries.size(), at + kRecordEntriesMax);
      record.vouched.assign(entries.begin() + static_cast<std::ptrdiff_t>(at),
                            entries.begin() + static_cast<std::ptrdiff_t>(end));
      if (!snapshot_->directory.are_neighbours(self(), whom.first)) continue;
      XJ_TRY_VOID(queue_record(turn, whom.first, crypto::sign_record(record, keys_.current())));
    }
  return {};
}

// Answered with what this office knows; what it had from another neighbour too late itself, it asks
// that one after, and passes the answer on when it comes.
Result<> Broker::on_vouchers_wanted(Turn& turn, OfficeId from, const Record& record) {
  if (record.issuer != from) return {};
  VouchersWanted further;
  for (const ManifestEntry& entry : record.vouched) {
    const EnvelopeKey key{entry.origin, entry.id};
    XJ_TRY(const auto row, state(turn, key));
    if (!row || row->leaf != entry.leaf) continue;
    XJ_TRY(auto voucher,
           voucher_for(turn, key, *row, first_revocation(snapshot_->directory, key.origin)));
    if (voucher) {
      XJ_TRY(const SignedRecord bytes, decode_signed_record(*voucher));
      XJ_TRY_VOID(queue_record(turn, from, bytes));
    } else if (row->from.is_set() && row->from != from) {
      further[{row->from, row->kind}].push_back(entry);
    }
  }
  return ask_for_vouchers(turn, further);
}

Result<> Broker::on_voucher(Turn& turn, OfficeId from, const CheckedRecord& checked) {
  const ManifestEntry& entry = checked.record.vouched.front();
  const EnvelopeKey key{entry.origin, entry.id};
  XJ_TRY(const auto row, state(turn, key));
  if (!row || row->leaf != entry.leaf || key.origin == self()) return {};
  const WallTime first = first_revocation(snapshot_->directory, key.origin);
  if (first == kNever || (checked.record.issuer != key.origin && checked.record.taken >= first))
    return {};
  XJ_TRY_VOID(turn.txn.put(Table::kVouchers, seen_key(key), encode(checked.bytes)));
  if (row->place == Place::kHeld) {
    VouchersWanted none;
    return look_at_revoked(turn, key, *row, none);
  }
  if (row->place != Place::kAway || !row->next.is_set() || row->next == from ||
      checked.bytes.hops >= kHopsMax)
    return {};
  SignedRecord onward = checked.bytes;
  ++onward.hops;
  return queue_record(turn, row->next, onward);
}

}  // namespace xianjie::broker
