// Payloads above 256 KiB (DESIGN section 3). The envelope comes alone in a batch and is only an
// offer: the receiver asks for the chunks it lacks, a few at a time and for one envelope of a
// neighbour at a time, checks each against the signed root, and takes custody, and acknowledges,
// with the last one. What came stays over a lost link, a restart or another channel: only what is
// missing is asked for. The sender keeps no state but its outstanding batch.
#include <algorithm>

#include "broker/broker.h"
#include "crypto/seal.h"
#include "routing/kinds.h"

namespace xianjie::broker {
namespace {

constexpr std::size_t kChunksAtOnce = 16;  // 1 MiB on the way

bool by_hand(ChannelClass channel) {
  return channel == ChannelClass::kMedia || channel == ChannelClass::kFerry;
}

Hash expected_leaf(const ArrivingRow& row, std::size_t index) {
  return Decoder(ByteView(row.envelope.sealed).subspan(index * sizeof(Hash))).array<32>();
}

}  // namespace

Result<std::optional<ArrivingRow>> Broker::arriving(Turn& turn, const EnvelopeKey& key) {
  XJ_TRY(const auto value, turn.txn.get(Table::kArriving, seen_key(key)));
  if (!value) return std::optional<ArrivingRow>{};
  XJ_TRY(auto row, decode_arriving_row(*value));
  return std::optional<ArrivingRow>(std::move(row));
}

// kTaken: every chunk is here, custody may be taken. kDeferred: no room. Empty: not all are here,
// and they are, or will be, asked for.
Result<std::optional<AckOutcome>> Broker::take_offer(Turn& turn, LinkId over,
                                                     const EnvelopeKey& key, const StateRow& state,
                                                     const CheckedEnvelope& checked) {
  XJ_TRY(auto known, arriving(turn, key));
  if (known && known->envelope.sealed != checked.envelope.sealed) {
    XJ_TRY_VOID(end_arrival(turn, key, *known));
    known.reset();
  }
  ArrivingRow row = known.value_or(ArrivingRow{});
  row.from = over.neighbour;
  row.epoch = link_of(over).peer_epoch;
  row.number = turn.batch;
  row.leaf = checked.leaf;
  row.envelope = checked.envelope;
  if (!known) {
    const bool here = checked.header.destination == self();
    const auto next = next_for(checked.header, over.neighbour);
    row.next = !here && next ? *next : OfficeId{};
    row.room = static_cast<std::uint8_t>(here ? Quota::kInbox : quota_for(row.from, row.next));
    row.bytes = state.bytes;
    row.here.assign(chunk_count(checked.header.sealed_bytes), false);
    XJ_TRY_VOID(look_for_chunks(turn, key, row));
    if (room_.refuses_custody(static_cast<Quota>(row.room), row.next, row.bytes, neighbours_))
      return std::optional(AckOutcome::kDeferred);
    room_.add(static_cast<Quota>(row.room), row.next, row.bytes);
  }
  if (row.missing() == row.here.size()) {
    XJ_TRY_VOID(end_arrival(turn, key, row));
    return std::optional(AckOutcome::kTaken);
  }
  XJ_TRY_VOID(turn.txn.put(Table::kArriving, seen_key(key), encode(row)));
  if (!by_hand(over.channel)) {
    peers_[over.neighbour].arriving.insert(key);
    XJ_TRY_VOID(pull(turn, over.neighbour));
  }
  return std::optional<AckOutcome>{};
}

// Chunks of an earlier life of this envelope here: a copy that stayed, or a repeat after damage.
Result<> Broker::look_for_chunks(Turn& turn, const EnvelopeKey& key, ArrivingRow& row) {
  for (std::size_t index = 0; index < row.here.size(); ++index) {
    XJ_TRY(const Bytes bytes, chunk(turn, key, index));
    row.here[index] = !bytes.empty() && crypto::chunk_leaf(bytes) == expected_leaf(row, index);
  }
  return {};
}

// Its chunks stay.
Result<> Broker::end_arrival(Turn& turn, const EnvelopeKey& key, const ArrivingRow& row) {
  room_.remove(static_cast<Quota>(row.room), row.next, row.bytes);
  Peer& peer = peers_[row.from];
  peer.arriving.erase(key);
  if (peer.pull && peer.pull->key == key) peer.pull.reset();
  XJ_TRY_VOID(turn.txn.erase(Table::kArriving, seen_key(key)));
  return {};
}

// The sender has it no more, or it is over: its chunks go, unless they are also those of something
// that is here.
Result<> Broker::abandon(Turn& turn, const EnvelopeKey& key, const ArrivingRow& row) {
  audit(turn, "arrival_abandoned", name_of(key) + " from=" + to_text(row.from));
  XJ_TRY_VOID(end_arrival(turn, key, row));
  XJ_TRY(const auto st, state(turn, key));
  return st ? Result<>{} : erase_chunks(turn, key);
}

Result<> Broker::erase_chunks(Turn& turn, const EnvelopeKey& key) {
  for (std::size_t index = 0; index < kChunksMax; ++index)
    XJ_TRY_VOID(turn.txn.erase(Table::kChunks, chunk_key(key, index)));
  return {};
}

// Empty: it is not here, or fails its checksum.
Result<Bytes> Broker::chunk(Turn& turn, const EnvelopeKey& key, std::size_t index) {
  const auto found = turn.txn.get(Table::kChunks, chunk_key(key, index));
  if (!found && found.error().code != ErrorCode::kCorrupt) return std::unexpected(found.error());
  return found && *found ? to_bytes(**found) : Bytes{};
}

// Asks for the next chunks of what this neighbour offered; nothing where some are on the way.
Result<> Broker::pull(Turn& turn, OfficeId neighbour) {
  Peer& peer = peers_[neighbour];
  const auto best = peer.best();
  if (!best) return {};
  while (!peer.pull && !peer.arriving.empty()) {
    const EnvelopeKey key = *peer.arriving.begin();
    XJ_TRY(const auto row, arriving(turn, key));
    if (row && row->from == neighbour)
      peer.pull = Pull{key, 0, turn.now.instant, 0};
    else
      peer.arriving.erase(key);
  }
  if (!peer.pull || peer.pull->awaited != 0) return {};
  return ask_for_chunks(turn, {neighbour, *best});
}

Result<> Broker::ask_for_chunks(Turn& turn, LinkId over) {
  Pull& pull = *peers_[over.neighbour].pull;
  XJ_TRY(const auto row, arriving(turn, pull.key));
  const std::size_t first = row ? row->missing() : 0;
  if (!row || first == row->here.size()) return {};
  std::size_t end = first;
  while (end < row->here.size() && end < first + kChunksAtOnce && !row->here[end]) ++end;
  pull.asked = turn.now.instant;
  const auto header = decode_header(row->envelope.header);
  if (!header || !routing::channel_allowed(header->kind, link_of(over).channel_class,
                                           over.neighbour.type(), self().type()))
    return {};  // it waits for a better channel
  pull.awaited = end - first;
  send(turn, over,
       ChunksWanted{pull.key.origin, pull.key.id, static_cast<std::uint16_t>(first),
                    static_cast<std::uint16_t>(end - first)});
  return {};
}

// A question or its answer was lost: asked again. What stays silent makes way for the next; its
// sender offers it again when its patience is over.
Result<> Broker::pull_again(Turn& turn, OfficeId neighbour, Peer& peer) {
  if (!peer.pull || turn.now.instant < peer.pull->asked + options_.ack_timeout) return {};
  if (++peer.pull->tries < kPoisonAfter) return ask_for_chunks(turn, {neighbour, *peer.best()});
  peer.arriving.erase(peer.pull->key);
  peer.pull.reset();
  return pull(turn, neighbour);
}

// Chunks go to whoever is next in custody, once the gate is open, over a channel that the kind may
// use; others hear that there is none.
Result<> Broker::on_frame(Turn& turn, LinkId over, const ChunksWanted& wanted) {
  const EnvelopeKey key{wanted.origin, wanted.id};
  XJ_TRY(const auto st, state(turn, key));
  bool given = st && st->place == Place::kQueued && st->next == over.neighbour &&
               routing::channel_allowed(st->kind, link_of(over).channel_class, self().type(),
                                        over.neighbour.type());
  if (given) {
    XJ_TRY(const auto envelope_of, envelope(turn, key));
    const auto header = envelope_of ? decode_header(envelope_of->header) : corrupt("");
    bool late = false;
    given = header && !gate_for(turn, *header, late).is_set();
  }
  for (std::size_t index = wanted.first; index < wanted.first + std::size_t{wanted.count};
       ++index) {
    Chunk answer{key.origin, key.id, static_cast<std::uint16_t>(index), {}};
    if (given) {
      XJ_TRY(answer.bytes, chunk(turn, key, index));
      given = !answer.bytes.empty();
      if (!given) XJ_TRY_VOID(quarantine_row(turn, key, *st));
    }
    turn.bytes += answer.bytes.size();
    send(turn, over, answer);
    if (!given) return {};
  }
  return {};
}

Result<> Broker::on_frame(Turn& turn, LinkId over, const CheckedChunk& checked) {
  const Chunk& chunk = checked.chunk;
  const EnvelopeKey key{chunk.origin, chunk.id};
  XJ_TRY(auto row, arriving(turn, key));
  if (!row || chunk.index >= row->here.size()) return {};
  Peer& peer = peers_[over.neighbour];
  if (chunk.bytes.empty()) {
    if (row->from != over.neighbour) return {};
    XJ_TRY_VOID(abandon(turn, key, *row));
    return pull(turn, over.neighbour);
  }
  const auto header = decode_header(row->envelope.header);
  if (!header || checked.leaf != expected_leaf(*row, chunk.index) ||
      !routing::channel_allowed(header->kind, link_of(over).channel_class, over.neighbour.type(),
                                self().type())) {
    audit(turn, "chunk_refused", name_of(key) + " from=" + to_text(over.neighbour));
    return {};
  }
  turn.bytes += chunk.bytes.size();
  XJ_TRY_VOID(turn.txn.put(Table::kChunks, chunk_key(key, chunk.index), chunk.bytes));
  row->here[chunk.index] = true;
  XJ_TRY_VOID(turn.txn.put(Table::kArriving, seen_key(key), encode(*row)));
  if (peer.pull && peer.pull->key == key) {
    peer.pull->tries = 0;
    if (peer.pull->awaited > 0) --peer.pull->awaited;
  }
  if (row->missing() == row->here.size())
    XJ_TRY_VOID(complete_arrival(turn, over, *header, std::move(*row)));
  return pull(turn, over.neighbour);
}

// As if the batch came only now.
Result<> Broker::complete_arrival(Turn& turn, LinkId over, const Header& header, ArrivingRow row) {
  if (row.from != over.neighbour || row.epoch != link_of(over).peer_epoch)
    return {};  // its batch is one of another store: the sender offers it anew
  CheckedBatch batch{row.number, 0, {}};
  batch.envelopes.push_back({std::move(row.envelope), header, row.leaf, {}, false});
  return on_frame(turn, over, batch);
}

// Of envelopes that nobody offers any more, and chunks that belong to nothing. Once a day.
Result<> Broker::sweep_chunks(Turn& turn) {
  std::vector<std::pair<EnvelopeKey, ArrivingRow>> over;
  XJ_TRY_VOID(turn.txn.scan(Table::kArriving, {}, {}, [&](const Row& row) {
    auto decoded = decode_arriving_row(row.value);
    const auto header = decoded ? decode_header(decoded->envelope.header) : corrupt("");
    if (header && turn.now.wall > header->not_after + options_.skew)
      over.emplace_back(parse_seen_key(row.key), std::move(*decoded));
    return true;
  }));
  for (const auto& [key, row] : over) XJ_TRY_VOID(abandon(turn, key, row));
  std::vector<EnvelopeKey> orphans;
  for (Bytes from{0}; !from.empty();) {
    std::optional<EnvelopeKey> found;
    const auto looked = turn.txn.scan(Table::kChunks, from, {}, [&](const Row& row) {
      found = parse_seen_key(row.key);
      return false;
    });
    if (!looked && looked.error().code != ErrorCode::kCorrupt)
      return std::unexpected(looked.error());
    if (!found) break;
    XJ_TRY(const auto st, state(turn, *found));
    XJ_TRY(const auto row, arriving(turn, *found));
    if (!st && !row) orphans.push_back(*found);
    from = Encoder().raw(seen_key(*found)).u16(0xffff).u8(0).bytes();
  }
  for (const EnvelopeKey& key : orphans) XJ_TRY_VOID(erase_chunks(turn, key));
  return {};
}

}  // namespace xianjie::broker
