// Disks and ferries (DESIGN section 6). A consignment holds ordinary link frames: a hello, batches,
// acknowledgements, records. Its batches stand in `batches` like those on a wire, named by their
// consignment instead of a link: no timeout touches them before it expires, and a wire that comes
// up meanwhile leaves them alone. The other end takes the frames over a link called media or ferry,
// and its acknowledgements wait in its own `batches` for the next consignment back. What becomes of
// it stands in consigned.cc.
#include <algorithm>

#include "broker/broker.h"
#include "routing/kinds.h"

namespace xianjie::broker {
namespace {

constexpr std::size_t kFramingPerEnvelope = 64;
constexpr std::size_t kAcksMax = 1024;  // a consignment
constexpr std::size_t kRecordFramesMax = 16;

Bytes just_after(ByteView key) {
  Bytes out = to_bytes(key);
  out.push_back(0);
  return out;
}

}  // namespace

Result<> Broker::on(Turn& turn, const Export& event) {
  Reply reply;
  reply.token = event.token;
  ConsignmentRow row;
  row.channel = event.channel;
  row.created = turn.now.wall;
  row.expires = event.expires;
  row.seal = event.seal;
  row.courier = event.courier;
  if (!snapshot_->directory.are_neighbours(self(), event.neighbour)) {
    reply.result = refused("neighbour: " + to_text(event.neighbour) +
                           " is none; a disk goes to the next office on the way");
  } else if (!turn.now.wall_trusted || event.expires <= turn.now.wall) {
    reply.result = refused("expires: a time to come, by a clock that is trusted");
  } else {
    XJ_TRY_VOID(consign(turn, event, reply.consigned, row));
    if (reply.consigned.frames.size() < 2) {
      preparing_.erase(reply.consigned.number);
      reply.result =
          fail(ErrorCode::kNotFound, "nothing: nothing waits for " + to_text(event.neighbour) +
                                         " that may go by " + std::string(to_word(event.channel)));
    } else {
      XJ_TRY_VOID(turn.txn.put(Table::kConsignments,
                               consignment_key(event.neighbour, reply.consigned.number),
                               encode(row)));
    }
  }
  turn.effects.replies.push_back(std::move(reply));
  return {};
}

Result<> Broker::consign(Turn& turn, const Export& event, Consigned& out, ConsignmentRow& row) {
  out.number = ++counters_.wire_batch;
  preparing_.insert(out.number);
  peers_[event.neighbour].consigns = true;
  Hello hello = hello_for({event.neighbour, event.channel}, false);
  hello.channel_class = event.channel;
  out.frames.push_back(encode(Frame(hello)));
  if (!event.answers_only) {
    XJ_TRY_VOID(free_held(turn, event));
    XJ_TRY_VOID(consign_mail(turn, event, out, row));
    XJ_TRY_VOID(run_manifests(turn));  // so that it goes along
  }
  XJ_TRY_VOID(consign_acks(turn, event, out));
  return consign_records(turn, event, out);
}

// What is held because of the wires may go by disk: back into the queue with it.
Result<> Broker::free_held(Turn& turn, const Export& event) {
  std::vector<EnvelopeKey> keys;
  XJ_TRY_VOID(turn.txn.scan(Table::kHeld, {}, {}, [&](const Row& row) {
    const auto held = decode_held_row(row.value);
    if (held && held->next == event.neighbour && held->reason.starts_with("channel"))
      keys.push_back(parse_seen_key(row.key));
    return keys.size() < kTurnEnvelopesMax;
  }));
  for (const EnvelopeKey& key : keys) {
    XJ_TRY(auto row, state(turn, key));
    if (!row || row->place != Place::kHeld ||
        !routing::channel_allowed(row->kind, event.channel, self().type(), event.neighbour.type()))
      continue;
    XJ_TRY_VOID(turn.txn.erase(Table::kHeld, seen_key(key)));
    XJ_TRY_VOID(enqueue(turn, key, *row));
  }
  return {};
}

Result<> Broker::consign_mail(Turn& turn, const Export& event, Consigned& out,
                              ConsignmentRow& row) {
  struct Chosen {
    Bytes queue;
    EnvelopeKey key;
  };
  std::vector<Chosen> chosen;
  std::size_t bytes = 0;
  for (const Word& lane : words_of(Lane{})) {
    const Bytes prefix = queue_prefix(event.neighbour, static_cast<Lane>(lane.number));
    XJ_TRY_VOID(turn.txn.scan(Table::kQueue, prefix, prefix, [&](const Row& queued) {
      const auto key = parse_queue_key(queued.key);
      if (!key || (key->not_before.is_set() && turn.now.wall < key->not_before)) return false;
      out.more = chosen.size() >= kTurnEnvelopesMax || bytes >= kTurnBytesMax;
      if (out.more) return false;
      Decoder in(queued.value);
      chosen.push_back({to_bytes(queued.key), parse_seen_key(in.raw(24))});
      in.u8();
      bytes += in.u32();
      return true;
    }));
  }
  EnvelopeBatch batch;
  BatchRow given{event.channel, out.number, {}, {}};
  std::size_t batch_bytes = 0;
  struct Closed {
    EnvelopeBatch frame;
    BatchRow row;
    bool gated = false;
  };
  std::vector<Closed> batches;
  bool gated = false;
  const auto close = [&] {
    if (!batch.envelopes.empty()) batches.push_back({std::move(batch), std::move(given), gated});
    batch = {};
    given = BatchRow{event.channel, out.number, {}, {}};
    batch_bytes = 0;
    gated = false;
  };
  for (const auto& [queue, key] : chosen) {
    XJ_TRY(auto st, state(turn, key));
    if (!st || st->place != Place::kQueued) continue;
    if (!routing::channel_allowed(st->kind, event.channel, self().type(), event.neighbour.type()))
      continue;  // it stays in its queue, for a wire
    XJ_TRY_VOID(turn.txn.erase(Table::kQueue, queue));
    XJ_TRY(auto envelope_of, envelope(turn, key));
    if (!envelope_of) {
      XJ_TRY_VOID(quarantine_row(turn, key, *st));
      continue;
    }
    const auto header = decode_header(envelope_of->header);
    if (header) {
      XJ_TRY(const bool stands,
             add_voucher(turn, key, *st, event.neighbour, *header, *envelope_of));
      if (!stands) continue;
    }
    const bool in_chunks = header && header->sealed_bytes != 0;
    const std::size_t size = envelope_of->size() + kFramingPerEnvelope;
    if (in_chunks || batch.envelopes.size() >= kBatchEnvelopesMax ||
        batch_bytes + size > kBatchBytesMax)
      close();
    batch_bytes += size;
    gated = gated || routing::is_gated(st->kind);
    given.items.push_back({key, st->leaf});
    batch.envelopes.push_back(std::move(*envelope_of));
    ++out.envelopes;
    if (in_chunks) close();
  }
  close();
  XJ_TRY(const std::uint64_t settled,
         settled_consigned(turn, event.neighbour, counters_.wire_batch + 1));
  for (auto& [frame, batch_row, has_gated] : batches) {
    frame.number = ++counters_.wire_batch;
    frame.settled_below = settled;
    if (has_gated) peers_[event.neighbour].consigned_gated.insert(frame.number);
    XJ_TRY_VOID(turn.txn.put(Table::kBatches, out_batch_key(event.neighbour, frame.number),
                             encode(batch_row)));
    const auto header = decode_header(frame.envelopes.front().header);
    const std::size_t chunks = header ? chunk_count(header->sealed_bytes) : 0;
    out.frames.push_back(encode(Frame(std::move(frame))));
    XJ_TRY_VOID(consign_chunks(turn, batch_row.items.front().key, chunks, out));
    ++row.batches_open;
  }
  row.envelopes = static_cast<std::uint32_t>(out.envelopes);
  turn.envelopes += out.envelopes;
  turn.bytes += bytes;
  return {};
}

// Those of a large payload follow its envelope. One that is bad here is left out: whoever takes the
// disk has the others, and asks for it over a wire or takes it from a later disk.
Result<> Broker::consign_chunks(Turn& turn, const EnvelopeKey& key, std::size_t count,
                                Consigned& out) {
  for (std::size_t index = 0; index < count; ++index) {
    XJ_TRY(Bytes bytes, chunk(turn, key, index));
    if (bytes.empty()) continue;
    const Chunk frame{key.origin, key.id, static_cast<std::uint16_t>(index), std::move(bytes)};
    out.frames.push_back(encode(Frame(frame)));
  }
  return {};
}

// All batches given by disk or ferry under this number have been answered, or given up.
Result<std::uint64_t> Broker::settled_consigned(Turn& turn, OfficeId neighbour,
                                                std::uint64_t number) {
  const Bytes prefix = out_batch_prefix(neighbour);
  XJ_TRY_VOID(turn.txn.scan(Table::kBatches, prefix, prefix, [&](const Row& row) {
    Decoder in(row.value);
    in.u8();
    if (in.u64() == 0) return true;
    number = std::min(number, Decoder(row.key.subspan(prefix.size())).u64());
    return false;  // they stand in order
  }));
  return number;
}

// Acknowledgements of what came by disk or ferry and has not been answered by one; of the other one
// too, where all its mail may go by this.
Result<> Broker::consign_acks(Turn& turn, const Export& event, Consigned& out) {
  std::vector<std::pair<Bytes, BatchRow>> rows;
  const Bytes prefix = in_batch_prefix(event.neighbour);
  XJ_TRY_VOID(turn.txn.scan(Table::kBatches, prefix, prefix, [&](const Row& row) {
    if (is_wire(static_cast<ChannelClass>(Decoder(row.value).u8()))) return true;
    auto decoded = decode_batch_row(row.value);
    if (decoded && decoded->consignment == 0)
      rows.emplace_back(to_bytes(row.key), std::move(*decoded));
    return rows.size() < kAcksMax;
  }));
  for (auto& [key, row] : rows) {
    XJ_TRY(const bool allowed, row.channel == event.channel
                                   ? Result<bool>(true)
                                   : may_answer_by(turn, event.neighbour, row, event.channel));
    if (!allowed) continue;
    out.frames.push_back(row.ack);
    row.consignment = out.number;
    XJ_TRY_VOID(turn.txn.put(Table::kBatches, key, encode(row)));
  }
  return {};
}

// What is missed is made again: what goes by disk is off the queue. Epochs are said once only: they
// go along, and stay for a wire too.
Result<> Broker::consign_records(Turn& turn, const Export& event, Consigned& out) {
  Bytes from = record_prefix(event.neighbour);
  std::size_t frames = 0;
  for (bool more = true; more;) {
    if (frames++ >= kRecordFramesMax) {
      out.more = true;
      return {};
    }
    Records frame;
    std::size_t bytes = 0;
    std::vector<Bytes> taken;
    more = false;
    XJ_TRY_VOID(
        turn.txn.scan(Table::kRecords, from, record_prefix(event.neighbour), [&](const Row& row) {
          more = frame.records.size() >= kRecordsFrameMax ||
                 bytes + row.value.size() > kBatchBytesMax / 2;
          if (more) return false;
          from = just_after(row.key);
          auto record = decode_signed_record(row.value);
          const auto body = record ? decode_record_body(record->body) : corrupt("");
          if (!body || !routing::record_allowed(body->subject, event.channel, self().type(),
                                                event.neighbour.type()))
            return true;
          // There is a new one every hour: disks would answer each other for ever.
          if (event.answers_only && body->type == RecordType::kHead) return true;
          bytes += row.value.size() + kFramingPerEnvelope;
          if (body->type != RecordType::kEpoch) taken.push_back(to_bytes(row.key));
          frame.records.push_back(std::move(*record));
          return true;
        }));
    if (frame.records.empty()) continue;
    for (const Bytes& key : taken) XJ_TRY_VOID(turn.txn.erase(Table::kRecords, key));
    frame.number = ++counters_.wire_batch;
    out.frames.push_back(encode(Frame(std::move(frame))));
  }
  return {};
}

}  // namespace xianjie::broker
