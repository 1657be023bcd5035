// Leaving: queue to batch to acknowledgement. A batch keeps its number until it is acknowledged;
// only a signed acknowledgement lets an envelope go.
#include <algorithm>

#include "broker/broker.h"
#include "crypto/hash.h"
#include "crypto/statement.h"
#include "routing/kinds.h"

namespace xianjie::broker {
namespace {

constexpr std::size_t kFramingBytes =
    64;  // FlatBuffers tables and vectors of one envelope, rounded up
constexpr int kBackoffDoublingsMax = 12;
constexpr std::int64_t kBackoffFirstMs = 250;

// A batch that stays without an answer may hold one envelope that the next office stumbles over
// each time: from the fifth try on it is halved at every further one, so that the others get
// through.
std::size_t items_to_resend(std::size_t items, int tries) {
  return tries < kPoisonAfter ? items : (items + 1) / 2;
}

// Everything under this number has been answered, on whichever channel it went.
std::uint64_t settled_below(const Peer& peer, std::uint64_t number) {
  const auto lower = [&](const std::map<std::uint64_t, Outstanding>& batches) {
    if (!batches.empty()) number = std::min(number, batches.begin()->first);
  };
  lower(peer.loose);
  for (const auto& [channel, link] : peer.links) lower(link.outstanding);
  return number;
}

bool sent_before(const Peer& peer, std::uint64_t number, Instant moment) {
  return std::ranges::any_of(peer.links, [&](const auto& entry) {
    const auto batch = entry.second.outstanding.find(number);
    return batch != entry.second.outstanding.end() && batch->second.sent < moment;
  });
}

// A large payload's envelope travels alone and without its chunks; one that is nearly as large in
// one piece too, which does no harm.
bool travels_alone(std::uint32_t stored) {
  return stored > kPayloadBytesMax;
}
std::size_t wire_size(std::uint32_t stored) {
  return std::min<std::size_t>(stored, kSealedBytesMax);
}

}  // namespace

Result<std::optional<StateRow>> Broker::state(Turn& turn, const EnvelopeKey& key) {
  XJ_TRY(const auto value, turn.txn.get(Table::kSeen, seen_key(key)));
  if (!value) return std::optional<StateRow>{};
  XJ_TRY(auto row, decode_state_row(*value));
  return std::optional<StateRow>(std::move(row));
}

Result<> Broker::put_state(Turn& turn, const EnvelopeKey& key, const StateRow& row) {
  return turn.txn.put(Table::kSeen, seen_key(key), encode(row));
}

// Empty where the bytes are gone or fail their checksum; the store keeps what it cannot vouch for.
Result<std::optional<Envelope>> Broker::envelope(Turn& turn, const EnvelopeKey& key) {
  const auto proof = turn.txn.get(Table::kProofs, seen_key(key));
  if (!proof && proof.error().code != ErrorCode::kCorrupt) return std::unexpected(proof.error());
  const Bytes proof_bytes = proof && *proof ? to_bytes(**proof) : Bytes{};
  const auto row = turn.txn.get(Table::kEnvelopes, seen_key(key));
  if (!row && row.error().code != ErrorCode::kCorrupt) return std::unexpected(row.error());
  if (!row || !*row || proof_bytes.empty()) return std::optional<Envelope>{};
  auto decoded = decode_envelope_row(**row, proof_bytes);
  if (!decoded) return std::optional<Envelope>{};
  return std::optional<Envelope>(std::move(*decoded));
}

Result<> Broker::quarantine_row(Turn& turn, const EnvelopeKey& key, StateRow row) {
  row.place = Place::kCorrupt;
  row.changed = turn.now.wall;
  turn.effects.alarms.push_back("corrupt: " + name_of(key) +
                                " failed its checksum; its origin will send it again");
  audit(turn, "corrupt", name_of(key));
  return put_state(turn, key, row);
}

Result<> Broker::erase_bytes(Turn& turn, const EnvelopeKey& key, const StateRow& row) {
  if (row.bytes > kPayloadBytesMax) XJ_TRY_VOID(erase_chunks(turn, key));
  XJ_TRY_VOID(turn.txn.erase(Table::kEnvelopes, seen_key(key)));
  XJ_TRY_VOID(turn.txn.erase(Table::kProofs, seen_key(key)));
  return {};
}

void Broker::back_off(Turn& turn, Link& link, std::uint32_t retry_after_ms) {
  const std::int64_t doubled = kBackoffFirstMs << std::min(link.backoff++, kBackoffDoublingsMax);
  const std::int64_t wait = std::max<std::int64_t>(doubled, retry_after_ms);
  const std::uint64_t salt = crypto::checksum(Encoder().i64(turn.now.instant.ms).bytes());
  const std::int64_t capped = std::min(wait, options_.retry_max.ms);
  const auto jitter = static_cast<std::int64_t>(salt % static_cast<std::uint64_t>(capped));
  link.blocked_until = turn.now.instant + milliseconds(1 + capped / 2 + jitter / 2);
}

Result<> Broker::pump(Turn& turn) {
  for (auto& [neighbour, peer] : peers_) {
    XJ_TRY_VOID(run_rivals(turn, neighbour, peer));
    for (auto& [channel, link] : peer.links)  // a hello may be lost like any frame
      if (link.up && !link.greeted && turn.now.instant >= link.hello_sent + options_.ack_timeout)
        greet(turn, {neighbour, channel});
    if (!peer.best()) continue;
    if (peer.gate_next.is_set() && may_open_gates(turn.now) && turn.now.wall >= peer.gate_next) {
      peer.work = true;
      peer.gate_next = {};  // else a full window would leave a wake-up in the past
    }
    if (turn.envelopes >= kTurnEnvelopesMax || turn.bytes >= kTurnBytesMax) {
      unfinished_ = true;
      return {};
    }
    XJ_TRY_VOID(pull_again(turn, neighbour, peer));
    XJ_TRY_VOID(pump_peer(turn, neighbour, peer));
  }
  return {};
}

// What each channel carries already stays with it; what is new leaves by the best one.
Result<> Broker::pump_peer(Turn& turn, OfficeId neighbour, Peer& peer) {
  Link& link = peer.links.at(*peer.best());
  XJ_TRY_VOID(pump_records(turn, neighbour, peer, link));
  for (auto& [channel, each] : peer.links)
    if (each.up && each.greeted) XJ_TRY_VOID(pump_outstanding(turn, {neighbour, channel}, each));
  if (turn.now.instant < link.blocked_until) return {};
  if (!freshness_.forwards(turn.now)) {
    peer.work = false;  // a newer directory sets it again
    return {};
  }
  while (peer.work) {
    if (turn.envelopes >= kTurnEnvelopesMax || turn.bytes >= kTurnBytesMax) {
      unfinished_ = true;
      return {};
    }
    if (link.outstanding_bytes + kFrameBytesMax > link.window && !link.outstanding.empty()) {
      peer.work = false;  // an acknowledgement sets it again
      return {};
    }
    XJ_TRY(const bool more, send_new_batch(turn, neighbour, peer, link));
    peer.work = more;
  }
  return {};
}

Result<> Broker::pump_outstanding(Turn& turn, LinkId id, Link& link) {
  if (turn.now.instant < link.blocked_until) return {};
  std::vector<std::uint64_t> again;
  for (const auto& [number, batch] : link.outstanding) {
    const Duration patience = options_.ack_timeout * std::min(batch.tries, 30);
    if (batch.resend || turn.now.instant >= batch.sent + patience) again.push_back(number);
  }
  for (const std::uint64_t number : again) XJ_TRY_VOID(resend_batch(turn, id, number));
  return {};
}

// Empty: it may not leave. Bad bytes are quarantined; what this channel may not carry is held, at a
// resend too, for the link may have come back as another class.
Result<std::optional<Envelope>> Broker::sendable(Turn& turn, const EnvelopeKey& key, StateRow st,
                                                 OfficeId neighbour, const Link& link) {
  XJ_TRY(auto bytes_of, envelope(turn, key));
  const auto header = bytes_of ? decode_header(bytes_of->header) : corrupt("");
  if (!header) {
    XJ_TRY_VOID(quarantine_row(turn, key, st));
    return std::optional<Envelope>{};
  }
  if (!routing::channel_allowed(header->kind, link.channel_class, self().type(),
                                neighbour.type())) {
    XJ_TRY_VOID(hold(turn, key, st, neighbour,
                     "channel: " + std::string(to_word(header->kind)) + " may use " +
                         routing::channels_text(header->kind) + ", the link to " +
                         to_text(neighbour) + " is " + std::string(to_word(link.channel_class))));
    return std::optional<Envelope>{};
  }
  XJ_TRY(const bool stands, add_voucher(turn, key, st, neighbour, *header, *bytes_of));
  if (!stands) return std::optional<Envelope>{};
  return bytes_of;
}

// True: there may be more to send now.
Result<bool> Broker::send_new_batch(Turn& turn, OfficeId neighbour, Peer& peer, Link& link) {
  std::vector<std::pair<Bytes, EnvelopeKey>> chosen;
  std::size_t bytes = 0;
  const std::size_t voucher_room =
      snapshot_->directory.revocations().empty() ? 0 : kVoucherBytesMax;
  bool full = false;
  const bool gates = may_open_gates(turn.now);
  peer.gate_next = {};
  for (const Word& lane : words_of(Lane{})) {
    const Bytes prefix = queue_prefix(neighbour, static_cast<Lane>(lane.number));
    XJ_TRY_VOID(turn.txn.scan(Table::kQueue, prefix, prefix, [&](const Row& row) {
      const auto key = parse_queue_key(row.key);
      if (!key) return false;
      if (key->not_before.is_set() && (!gates || turn.now.wall < key->not_before)) {
        if (!peer.gate_next.is_set() || key->not_before < peer.gate_next)
          peer.gate_next = key->not_before;
        return false;
      }
      Decoder in(row.value);
      const EnvelopeKey envelope_key = parse_seen_key(in.raw(24));
      in.u8();
      const std::uint32_t stored = in.u32();
      const std::size_t size = wire_size(stored) + kFramingBytes + voucher_room;
      full = chosen.size() >= kBatchEnvelopesMax ||
             (!chosen.empty() && (bytes + size > kBatchBytesMax || travels_alone(stored)));
      if (full) return false;
      bytes += size;
      chosen.emplace_back(to_bytes(row.key), envelope_key);
      full = travels_alone(stored);
      return !full;
    }));
    if (full) break;
  }
  peer.queue_empty = chosen.empty();
  if (chosen.empty()) return false;
  EnvelopeBatch batch;
  BatchRow row;
  bool gated = false;
  for (const auto& [queue, key] : chosen) {
    XJ_TRY_VOID(turn.txn.erase(Table::kQueue, queue));
    XJ_TRY(auto st, state(turn, key));
    if (!st || st->place != Place::kQueued) continue;
    XJ_TRY(auto bytes_of, sendable(turn, key, *st, neighbour, link));
    if (!bytes_of) continue;
    row.items.push_back({key, st->leaf});
    gated = gated || routing::is_gated(st->kind);
    batch.envelopes.push_back(std::move(*bytes_of));
  }
  if (batch.envelopes.empty()) return true;
  batch.number = ++counters_.wire_batch;
  batch.settled_below = settled_below(peer, batch.number);
  row.channel = link.channel_class;
  XJ_TRY_VOID(turn.txn.put(Table::kBatches, out_batch_key(neighbour, batch.number), encode(row)));
  link.outstanding[batch.number] = {bytes, turn.now.instant, false, 1, gated};
  link.outstanding_bytes += bytes;
  turn.envelopes += batch.envelopes.size();
  turn.bytes += bytes;
  peer.tally.out += batch.envelopes.size();
  send(turn, {neighbour, *peer.best()}, batch);
  return true;
}

Result<> Broker::resend_batch(Turn& turn, LinkId id, std::uint64_t number) {
  const OfficeId neighbour = id.neighbour;
  Peer& peer = peers_[neighbour];
  Link& link = peer.links[id.channel];
  const Bytes row_key = out_batch_key(neighbour, number);
  XJ_TRY(const auto value, turn.txn.get(Table::kBatches, row_key));
  BatchRow row, kept;
  if (value) {
    XJ_TRY(row, decode_batch_row(*value));
  }
  EnvelopeBatch batch;
  std::size_t bytes = 0;
  bool gated = false;
  const std::size_t keep = items_to_resend(row.items.size(), link.outstanding[number].tries);
  for (const BatchItem& item : row.items) {
    XJ_TRY(auto st, state(turn, item.key));
    if (!st || st->place != Place::kQueued) continue;
    if (kept.items.size() >= keep) {
      st->not_before = {};  // its gate was open when it left
      XJ_TRY_VOID(enqueue(turn, item.key, *st));
      continue;
    }
    XJ_TRY(auto bytes_of, sendable(turn, item.key, *st, neighbour, link));
    if (!bytes_of) continue;
    if (!kept.items.empty() && bytes + bytes_of->size() + kFramingBytes > kBatchBytesMax) {
      st->not_before = {};  // it has a voucher now, and no room beside the others
      XJ_TRY_VOID(enqueue(turn, item.key, *st));
      continue;
    }
    bytes += bytes_of->size() + kFramingBytes;
    kept.items.push_back(item);
    gated = gated || routing::is_gated(st->kind);
    batch.envelopes.push_back(std::move(*bytes_of));
  }
  Outstanding& outstanding = link.outstanding[number];
  link.outstanding_bytes -= std::min<std::uint64_t>(link.outstanding_bytes, outstanding.bytes);
  if (batch.envelopes.empty()) {
    XJ_TRY_VOID(turn.txn.erase(Table::kBatches, row_key));
    link.outstanding.erase(number);
    peer.work = true;
    return {};
  }
  kept.channel = link.channel_class;
  if (kept.items.size() != row.items.size() || kept.channel != row.channel)
    XJ_TRY_VOID(turn.txn.put(Table::kBatches, row_key, encode(kept)));
  outstanding = {bytes, turn.now.instant, false, outstanding.tries + 1, gated};
  link.outstanding_bytes += bytes;
  batch.number = number;
  batch.settled_below = settled_below(peer, number);
  turn.envelopes += batch.envelopes.size();
  turn.bytes += bytes;
  peer.tally.redelivered += batch.envelopes.size();
  send(turn, id, batch);
  return {};
}

Result<> Broker::on_frame(Turn& turn, LinkId over, const Ack& ack) {
  const OfficeId from = over.neighbour;
  const Bytes row_key = out_batch_key(from, ack.number);
  XJ_TRY(const auto value, turn.txn.get(Table::kBatches, row_key));
  if (!value) {  // acknowledged before, or never sent
    if (ack.number > counters_.wire_batch)
      audit(turn, "ack_refused",
            "neighbour=" + to_text(from) + " batch=" + std::to_string(ack.number));
    return {};
  }
  XJ_TRY(BatchRow row, decode_batch_row(*value));
  std::vector<Hash> leaves;
  for (const BatchItem& item : row.items) leaves.push_back(item.leaf);
  const auto key = snapshot_->directory.key(from, ack.key);
  if (!key || routing::is_revoked(*key, ack.time) || ack.sender_epoch != epoch_ ||
      ack.outcomes.size() != row.items.size() ||
      !crypto::verify_ack(ack, self(), from, leaves, key->signing)) {
    audit(turn, "ack_refused",
          "neighbour=" + to_text(from) + " batch=" + std::to_string(ack.number));
    return {};
  }
  // What was refused may have gone out under an older directory than today's, without what a newer
  // one asks for: it is tried once more.
  const bool outdated =
      directory_moved_ && sent_before(peers_[from], ack.number, *directory_moved_);
  bool deferred = false;
  for (std::size_t i = 0; i < row.items.size(); ++i) {
    AckOutcome outcome = ack.outcomes[i];
    if (outcome == AckOutcome::kRefused && outdated) outcome = AckOutcome::kDeferred;
    if (outcome == AckOutcome::kTaken || outcome == AckOutcome::kKnown) {
      ++peers_[from].tally.acknowledged;
      XJ_TRY_VOID(let_go(turn, row.items[i].key, from));
    } else {
      deferred = deferred || outcome == AckOutcome::kDeferred;
      XJ_TRY_VOID(put_back(turn, row.items[i].key, outcome, from));
    }
  }
  if (row.consignment != 0) {
    peers_[from].consigned_gated.erase(ack.number);
    XJ_TRY_VOID(batch_acknowledged(turn, from, row.consignment));
  }
  row.ack = encode(Frame(ack));
  XJ_TRY_VOID(keep_row(turn, custody_row(from, false, encode(row))));
  XJ_TRY_VOID(turn.txn.erase(Table::kBatches, row_key));
  // It may have gone over another channel since.
  Peer& peer = peers_[from];
  peer.loose.erase(ack.number);
  for (auto& [channel, each] : peer.links)
    if (const auto found = each.outstanding.find(ack.number); found != each.outstanding.end()) {
      each.outstanding_bytes -=
          std::min<std::uint64_t>(each.outstanding_bytes, found->second.bytes);
      each.outstanding.erase(found);
    }
  peer.work = true;
  Link& link = link_of(over);
  if (deferred)
    back_off(turn, link, ack.retry_after_ms);
  else
    link.backoff = 0;
  return {};
}

Result<> Broker::on_frame(Turn& turn, LinkId over, const Refusal& refusal) {
  const OfficeId from = over.neighbour;
  Link& link = link_of(over);
  const auto found = link.outstanding.find(refusal.number);
  if (found == link.outstanding.end()) return {};
  found->second.resend = true;
  audit(turn, "batch_refused", "neighbour=" + to_text(from) + " limit=" + refusal.limit);
  back_off(turn, link, refusal.retry_after_ms);
  peers_[from].work = true;
  return {};
}

Result<> Broker::let_go(Turn& turn, const EnvelopeKey& key, OfficeId neighbour) {
  XJ_TRY(auto row, state(turn, key));
  if (row) XJ_TRY_VOID(note_passage(turn, Direction::kGiven, neighbour, key, *row));
  if (!row || row->place != Place::kQueued) return {};
  row->place = Place::kAway;
  row->changed = turn.now.wall;
  row->attempts = 0;
  if (key.origin != self()) {  // the origin keeps its bytes until a terminal receipt
    room_.remove(static_cast<Quota>(row->room), row->next, row->bytes);
    if (!row->path_copy) XJ_TRY_VOID(erase_bytes(turn, key, *row));
  }
  return put_state(turn, key, *row);
}

Result<> Broker::put_back(Turn& turn, const EnvelopeKey& key, AckOutcome outcome,
                          OfficeId neighbour) {
  XJ_TRY(auto row, state(turn, key));
  if (!row || row->place != Place::kQueued) return {};
  if (row->attempts < 255) ++row->attempts;
  row->not_before = {};
  if (outcome == AckOutcome::kDeferred) return enqueue(turn, key, *row);
  const std::string why = outcome == AckOutcome::kConflict ? "conflict" : "refused_by_next";
  return hold(turn, key, *row, neighbour, why + ": " + to_text(neighbour) + " does not take it");
}

}  // namespace xianjie::broker
