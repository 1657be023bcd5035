// Taking custody: what a batch from a neighbour becomes here, and the acknowledgement for it.
#include <algorithm>

#include "broker/broker.h"
#include "crypto/hash.h"
#include "crypto/statement.h"
#include "routing/kinds.h"
#include "routing/route.h"

namespace xianjie::broker {
namespace {

// A repeat of what was passed on is forwarded again, but no more often than this (wall time).
constexpr Duration kRepeatInterval = minutes(10);
constexpr std::uint32_t kDeferredRetryMs = 2000;

bool same_leaves(const BatchRow& row, const std::vector<CheckedEnvelope>& envelopes) {
  return std::equal(row.items.begin(), row.items.end(), envelopes.begin(), envelopes.end(),
                    [](const BatchItem& item, const CheckedEnvelope& envelope) {
                      return item.leaf == envelope.leaf;
                    });
}

}  // namespace

Result<> Broker::on_frame(Turn& turn, LinkId over, CheckedBatch& batch) {
  const OfficeId from = over.neighbour;
  const Link& link = link_of(over);
  if (is_wire(over.channel)) {
    std::uint64_t sealed = 0;
    for (const CheckedEnvelope& checked : batch.envelopes)
      if (!checked.fault && checked.header.origin == from)
        sealed = std::max(sealed, checked.sealed_as);
    note_given(from, batch.number, sealed);
  }
  const Bytes row_key = in_batch_key(from, link.peer_epoch, batch.number);
  XJ_TRY(const auto known, turn.txn.get(Table::kBatches, row_key));
  if (known) {
    XJ_TRY(BatchRow row, decode_batch_row(*known));
    if (same_leaves(row, batch.envelopes)) {
      peers_[from].tally.duplicates_refused += row.items.size();
      XJ_TRY_VOID(sign_ack_again(from, row));
      audit(turn, "repeat_batch",
            "from=" + to_text(from) + " batch=" + std::to_string(batch.number) +
                " count=" + std::to_string(batch.envelopes.size()));
      turn.effects.sends.push_back({from, row.ack, over.channel});
      if (row.consignment != 0) {  // its acknowledgement went by a disk that was not enough
        BatchRow again = row;
        again.consignment = 0;
        XJ_TRY_VOID(turn.txn.put(Table::kBatches, row_key, encode(again)));
      }
      if (!is_wire(over.channel)) XJ_TRY_VOID(answer_by_wire(turn, from, row));
      return {};
    }
  }
  Ack ack;
  ack.number = batch.number;
  ack.sender_epoch = link.peer_epoch;
  ack.time = turn.now.wall;
  ack.channel_class = link.channel_class;
  BatchRow row;
  row.channel = link.channel_class;
  std::vector<Hash> leaves;
  turn.batch = batch.number;
  for (CheckedEnvelope& checked : batch.envelopes) {
    const bool alone = checked.header.sealed_bytes == 0 || batch.envelopes.size() == 1;
    if (!alone && !checked.fault)
      checked.fault = Error{ErrorCode::kRefused, "chunks: its envelope must come alone"};
    XJ_TRY(const auto taken, take(turn, over, checked));
    if (!taken) return {};  // alone, and acknowledged with its last chunk
    const AckOutcome outcome = *taken;
    ack.outcomes.push_back(outcome);
    if (outcome == AckOutcome::kTaken) ++peers_[from].tally.in;
    if (outcome == AckOutcome::kKnown) ++peers_[from].tally.duplicates_refused;
    if (outcome == AckOutcome::kTaken || outcome == AckOutcome::kKnown)
      XJ_TRY_VOID(note_taken(turn, from, checked));
    if (outcome == AckOutcome::kDeferred) ack.retry_after_ms = kDeferredRetryMs;
    leaves.push_back(checked.leaf);
    row.items.push_back({{checked.header.origin, checked.header.id}, checked.leaf});
    turn.bytes += checked.envelope.size();
  }
  turn.envelopes += batch.envelopes.size();
  crypto::sign_ack(ack, from, leaves, keys_.current());
  row.ack = encode(Frame(ack));
  // What the sender has settled, or lost with an earlier store, will not be asked for again: the
  // evidence moves to the archive.
  std::vector<Bytes> settled;
  const bool newest = is_wire(over.channel) || peer_epochs_[from] == link.peer_epoch;
  const Bytes prefix = in_batch_prefix(from);
  XJ_TRY_VOID(turn.txn.scan(Table::kBatches, prefix, prefix, [&](const Row& old) {
    Decoder in(old.key.subspan(prefix.size()));
    const std::uint64_t epoch = in.u64();
    // An acknowledgement that waits for its disk is not settled by what passes on the wire.
    const auto came_by = static_cast<ChannelClass>(Decoder(old.value).u8());
    if (is_wire(came_by) != is_wire(link.channel_class)) return true;
    if (epoch != link.peer_epoch ? newest : in.u64() < batch.settled_below)
      settled.push_back(to_bytes(old.key));
    return settled.size() < 64;
  }));
  for (const Bytes& key : settled) {
    XJ_TRY(const auto value, turn.txn.get(Table::kBatches, key));
    XJ_TRY_VOID(keep_row(turn, custody_row(from, true, *value)));
    XJ_TRY_VOID(turn.txn.erase(Table::kBatches, key));
  }
  XJ_TRY_VOID(turn.txn.put(Table::kBatches, row_key, encode(row)));
  if (!is_wire(over.channel)) XJ_TRY_VOID(answer_by_wire(turn, from, row));
  turn.effects.sends.push_back({from, std::move(row.ack), over.channel});
  return {};
}

// An acknowledgement that was signed with a key revoked since would be refused for ever.
Result<> Broker::sign_ack_again(OfficeId from, BatchRow& row) const {
  XJ_TRY(const Frame frame, decode_frame(row.ack));
  const auto* kept = std::get_if<Ack>(&frame);
  if (kept == nullptr || !snapshot_->directory.revocation(self(), kept->key)) return {};
  Ack ack = *kept;
  std::vector<Hash> leaves;
  for (const BatchItem& item : row.items) leaves.push_back(item.leaf);
  crypto::sign_ack(ack, from, leaves, keys_.current());
  row.ack = encode(Frame(ack));
  return {};
}

Result<std::optional<AckOutcome>> Broker::take(Turn& turn, LinkId over, CheckedEnvelope& checked) {
  const OfficeId from = over.neighbour;
  const Header& header = checked.header;
  const EnvelopeKey key{header.origin, header.id};
  const auto refuse = [&](std::string_view reason) {
    audit(turn, "refused",
          "from=" + to_text(from) + " " + name_of(key) + " reason=" + std::string(reason));
    return std::optional(AckOutcome::kRefused);
  };
  if (checked.other_root) turn.effects.alarms.push_back(checked.fault->text);
  if (checked.fault && checked.fault->text.starts_with(kUnknownKey) &&
      header.directory_version > snapshot_->directory.header().version)
    return std::optional(AckOutcome::kDeferred);  // a newer directory is on its way here
  if (checked.fault) return refuse(checked.fault->text);
  if (!routing::channel_allowed(header.kind, link_of(over).channel_class, from.type(),
                                self().type())) {
    alarm_refused_channel(turn, over, name_of(key) + " kind=" + std::string(to_word(header.kind)));
    return refuse("channel: " + std::string(to_word(header.kind)) + " may not come over " +
                  std::string(to_word(link_of(over).channel_class)));
  }
  if (header.origin == self()) return refuse("own");
  XJ_TRY(const auto known, state(turn, key));
  if (known && known->leaf != checked.leaf) {
    XJ_TRY_VOID(turn.txn.put(Table::kQuarantine, quarantine_key(key, checked.leaf),
                             encode_envelope_row(checked.envelope)));
    turn.effects.alarms.push_back("conflict: " + name_of(key) + " came with other contents from " +
                                  to_text(from));
    audit(turn, "conflict", name_of(key));
    return std::optional(AckOutcome::kConflict);
  }
  if (checked.revoked) {
    XJ_TRY(const auto stands, take_revoked(turn, key, known, checked));
    if (stands == false) return refuse("revoked_key: of " + to_text(header.origin));
    if (stands == true) return std::optional(AckOutcome::kKnown);  // it was waiting for this
  }
  if (known) return take_repeat(turn, over, key, *known, checked);
  if (header.not_after <= counters_.horizon)
    return refuse("forgotten: before this office's horizon");
  if (turn.now.wall_trusted && turn.now.wall > header.not_after + options_.skew)
    return refuse("expired: after its not_after");
  if (checked.envelope.hops >= kHopsMax) return refuse("hops: over the limit");
  StateRow row;
  row.leaf = checked.leaf;
  row.hops = static_cast<std::uint8_t>(checked.envelope.hops + 1);
  row.lane = header.lane;
  row.from = from;
  row.taken = row.changed = turn.now.wall;
  row.not_after = header.not_after;
  row.bytes = stored_bytes(header, checked.envelope);
  row.kind = header.kind;
  row.period = header.period;
  row.destination = header.destination;
  if (header.sealed_bytes != 0) {
    XJ_TRY(const auto offered, take_offer(turn, over, key, row, checked));
    if (offered != AckOutcome::kTaken) return offered;
  }
  ++checked.envelope.hops;
  if (header.destination != self() && !lands_here(header, from))
    return relay(turn, key, row, checked);
  if (room_.refuses_custody(Quota::kInbox, {}, row.bytes, 1))
    return std::optional(AckOutcome::kDeferred);
  if (header.destination == self()) {
    XJ_TRY(const auto here, repeated_item(turn, key, header));
    if (here) return end_repeat(turn, key, std::move(row), header, *here);
  }
  XJ_TRY_VOID(deliver(turn, key, row, checked));
  return std::optional(AckOutcome::kTaken);
}

Result<std::optional<AckOutcome>> Broker::take_repeat(Turn& turn, LinkId over,
                                                      const EnvelopeKey& key, const StateRow& row,
                                                      const CheckedEnvelope& checked) {
  const OfficeId from = over.neighbour;
  audit(turn, "repeat", name_of(key) + " from=" + to_text(from));
  switch (row.place) {
    case Place::kQueued:
    case Place::kHeld:
    case Place::kDead:
      return std::optional(AckOutcome::kKnown);  // still in custody here
    case Place::kInbox:
    case Place::kSettled:
      add_receipt(turn, key, row);
      return std::optional(AckOutcome::kKnown);
    case Place::kAway:
    case Place::kCorrupt:
      break;
  }
  if (row.place == Place::kAway && turn.now.wall < row.changed + kRepeatInterval)
    return std::optional(AckOutcome::kDeferred);
  StateRow again = row;
  again.from = from;
  again.changed = turn.now.wall;
  if (checked.envelope.hops >= kHopsMax) return std::optional(AckOutcome::kRefused);
  again.hops = static_cast<std::uint8_t>(checked.envelope.hops + 1);
  again.bytes = stored_bytes(checked.header, checked.envelope);  // the proof may be another one
  if (checked.header.sealed_bytes != 0) {
    XJ_TRY(const auto offered, take_offer(turn, over, key, again, checked));
    if (offered != AckOutcome::kTaken) return offered;
  }
  CheckedEnvelope copy = checked;
  ++copy.envelope.hops;
  // Its bytes replace those that the ledger counts.
  const auto replace_copy = [&] {
    if (!row.path_copy) return;
    room_.remove(Quota::kCopies, {}, row.bytes);
    room_.add(Quota::kCopies, {}, again.bytes);
  };
  if (checked.header.destination == self() || lands_here(checked.header, from)) {
    replace_copy();
    XJ_TRY_VOID(deliver(turn, key, again, copy));
  } else {
    XJ_TRY(const AckOutcome outcome, relay(turn, key, again, copy));
    if (outcome != AckOutcome::kTaken) return std::optional(outcome);
    replace_copy();
  }
  if (row.place == Place::kCorrupt) room_.remove(static_cast<Quota>(row.room), row.next, row.bytes);
  return std::optional(AckOutcome::kTaken);
}

Result<AckOutcome> Broker::relay(Turn& turn, const EnvelopeKey& key, StateRow row,
                                 const CheckedEnvelope& checked) {
  const Header& header = checked.header;
  const auto next = next_for(header, row.from);
  const OfficeId to = next ? *next : OfficeId{};
  const Quota quota = quota_for(row.from, to);
  if (room_.refuses_custody(quota, to, row.bytes, neighbours_)) return AckOutcome::kDeferred;
  row.room = static_cast<std::uint8_t>(quota);
  row.next = to;
  row.not_before = gate_for(turn, header, row.late);
  room_.add(quota, to, row.bytes);
  XJ_TRY_VOID(keep_bytes(turn, key, checked.envelope));
  if (header.reader(self()) != nullptr && !row.path_copy && row.inbox_seq == 0 &&
      !header.copy_of.is_set() && routing::kind_row(header.kind).path_copies) {
    if (room_.refuses_custody(Quota::kCopies, {}, row.bytes, 1)) {
      audit(turn, "copy_not_kept", name_of(key));
    } else {
      row.path_copy = true;
      room_.add(Quota::kCopies, {}, row.bytes);
      XJ_TRY_VOID(add_to_inbox(turn, key, row, header, true));
    }
  }
  if (!next)
    XJ_TRY_VOID(hold(turn, key, row, {}, next.error().text));
  else if (std::string never = never_allowed(header.kind, to); !never.empty())
    XJ_TRY_VOID(hold(turn, key, row, to, std::move(never)));
  else
    XJ_TRY_VOID(enqueue(turn, key, row));
  return AckOutcome::kTaken;
}

Result<> Broker::deliver(Turn& turn, const EnvelopeKey& key, StateRow row,
                         const CheckedEnvelope& checked) {
  row.place = Place::kInbox;
  row.room = static_cast<std::uint8_t>(Quota::kInbox);
  const bool first = row.inbox_seq == 0 && checked.header.in_reply_to.is_set();
  if (row.inbox_seq == 0 && opens_no_more(turn, checked.header))
    return reject(turn, key, std::move(row),
                  "is sealed to a retired_key, its origin seals it anew");
  XJ_TRY(const bool asked, first ? note_answer(turn, key, checked.header) : Result<bool>(true));
  if (!asked)
    return reject(turn, key, std::move(row),
                  "answers nothing asked here, in_reply_to=" + to_text(checked.header.in_reply_to));
  room_.add(Quota::kInbox, {}, row.bytes);
  XJ_TRY_VOID(keep_bytes(turn, key, checked.envelope));
  XJ_TRY(const bool is_new, becomes_item(turn, key, row, checked.header));
  if (is_new) {
    if (checked.header.destination == self()) XJ_TRY_VOID(note_item(turn, key, checked.header));
    if (may_have_been_here(checked.header))
      XJ_TRY_VOID(keep_back(turn, key, row));
    else
      turn.effects.delivered.push_back({key, checked.header.kind, passes_on(checked.header)});
    audit(turn, "inbox", name_of(key) + " kind=" + std::string(to_word(checked.header.kind)));
  }
  add_receipt(turn, key, row);
  return put_state(turn, key, row);
}

Result<> Broker::keep_bytes(Turn& turn, const EnvelopeKey& key, const Envelope& envelope) {
  XJ_TRY_VOID(turn.txn.put(Table::kEnvelopes, seen_key(key), encode_envelope_row(envelope)));
  for (std::size_t index = 0; index < envelope.chunks.size(); ++index)
    XJ_TRY_VOID(turn.txn.put(Table::kChunks, chunk_key(key, index), envelope.chunks[index]));
  return turn.txn.put(Table::kProofs, seen_key(key), envelope.proof);
}

// One that is here already stays as it is; a path copy becomes the item itself. Whether it was none
// before.
Result<bool> Broker::becomes_item(Turn& turn, const EnvelopeKey& key, StateRow& row,
                                  const Header& header) {
  XJ_TRY(const auto value, turn.txn.get(Table::kInbox, seq_key(row.inbox_seq)));
  if (!value) XJ_TRY_VOID(add_to_inbox(turn, key, row, header, false));
  if (!row.path_copy) return !value;
  room_.remove(Quota::kCopies, {}, row.bytes);
  row.path_copy = false;
  if (value) {
    XJ_TRY(InboxRow inbox, decode_inbox_row(*value));
    inbox.copy = false;
    XJ_TRY_VOID(turn.txn.put(Table::kInbox, seq_key(row.inbox_seq), encode(inbox)));
  }
  return true;
}

Result<> Broker::add_to_inbox(Turn& turn, const EnvelopeKey& key, StateRow& row,
                              const Header& header, bool copy) {
  row.inbox_seq = ++counters_.inbox_seq;
  InboxRow inbox{key, copy, false, header.kind, header.period};
  inbox.due = header.due;
  return turn.txn.put(Table::kInbox, seq_key(row.inbox_seq), encode(inbox));
}

Result<> Broker::enqueue(Turn& turn, const EnvelopeKey& key, StateRow& row) {
  row.place = Place::kQueued;
  row.seq = ++counters_.queue_seq;
  Peer& peer = peers_[row.next];
  if (!row.not_before.is_set())
    peer.work = true;
  else if (!peer.gate_next.is_set() || row.not_before < peer.gate_next)
    peer.gate_next = row.not_before;
  const Bytes value = Encoder().raw(seen_key(key)).u8(row.room).u32(row.bytes).bytes();
  XJ_TRY_VOID(
      turn.txn.put(Table::kQueue, queue_key({row.next, row.lane, row.not_before, row.seq}), value));
  return put_state(turn, key, row);
}

Result<OfficeId> Broker::next_for(const Header& header, OfficeId from) const {
  // Where somebody else has what the destination had, mail goes there; answers to what it asked
  // itself still go to it, and so does what only it can open: its daemon gives that away.
  const OfficeId heir = snapshot_->directory.successor(header.destination);
  const bool to_heir = !header.in_reply_to.is_set() && header.reader(heir) != nullptr;
  const OfficeId to = to_heir ? heir : header.destination;
  const auto next = routing::next_hop(snapshot_->directory, self(), to);
  if (!next) return refused("no_route: " + next.error().text);
  if (*next == from)
    return refused("route_disagrees: the next hop would be the sender " + to_text(from));
  if (routing::kind_row(header.kind).readers == routing::ReaderRule::kPath &&
      !header.copy_of.is_set() && header.reader(*next) == nullptr &&
      !routing::written_before_change(snapshot_->directory, header))
    return refused("route_disagrees: the next hop " + to_text(*next) + " is no reader");
  return *next;
}

WallTime Broker::gate_for(Turn& turn, const Header& header, bool& late) const {
  WallTime opens = header.not_before;
  if (const auto gate = routing::gate(header.kind, header.period, self(), options_.calendar)) {
    late = routing::is_late(header.kind, header.period, self(), turn.now.wall, options_.calendar);
    opens = std::max(opens, *gate);
  }
  const bool open = may_open_gates(turn.now) && turn.now.wall >= opens;
  return open ? WallTime{} : opens;
}

Quota Broker::quota_for(OfficeId from, OfficeId next) const {
  const auto& directory = snapshot_->directory;
  const bool lateral =
      from.is_set() && directory.parent(from) != self() && directory.parent(self()) != from;
  if (lateral) return Quota::kDescending;
  return directory.parent(next) == self() ? Quota::kDescending : Quota::kClimbing;
}

}  // namespace xianjie::broker
