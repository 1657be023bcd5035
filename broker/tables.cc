#include "broker/tables.h"

#include <algorithm>

namespace xianjie::broker {
namespace {

OfficeId office_from(Decoder& in) {
  return OfficeId::from_value(in.u64()).value_or(OfficeId{});
}
EnvelopeId id_from(Decoder& in) {
  return EnvelopeId{in.array<16>()};
}
WallTime time_from(Decoder& in) {
  return WallTime{in.i64()};
}

template <class Row>
Result<Row> finished(const Decoder& in, Row row, const char* table) {
  if (!in.done()) return corrupt(std::string("a row of ") + table + " has the wrong length");
  return row;
}

}  // namespace

Bytes seen_key(const EnvelopeKey& key) {
  return Encoder().u64(key.origin.value()).raw(key.id.bytes).bytes();
}

EnvelopeKey parse_seen_key(ByteView key) {
  Decoder in(key);
  const OfficeId origin = office_from(in);
  return {origin, id_from(in)};
}

std::string name_of(const EnvelopeKey& key) {
  return "origin=" + to_text(key.origin) + " id=" + to_text(key.id);
}

Bytes encode(const StateRow& row) {
  const unsigned flags = (row.path_copy ? 1U : 0U) | (row.late ? 2U : 0U) |
                         (row.collected ? 4U : 0U) | (row.rejected ? 8U : 0U) |
                         (row.returned ? 16U : 0U);
  return Encoder()
      .raw(row.leaf)
      .u8(static_cast<std::uint8_t>(row.place))
      .u8(static_cast<std::uint8_t>(flags))
      .u8(row.hops)
      .u8(static_cast<std::uint8_t>(row.lane))
      .u8(row.room)
      .u8(row.attempts)
      .u64(row.from.value())
      .u64(row.next.value())
      .i64(row.not_before.ms)
      .u64(row.seq)
      .u64(row.inbox_seq)
      .i64(row.taken.ms)
      .i64(row.changed.ms)
      .i64(row.not_after.ms)
      .u32(row.bytes)
      .u8(static_cast<std::uint8_t>(row.kind))
      .u32(row.period.yyyymm)
      .u64(row.destination.value())
      .bytes();
}

Result<StateRow> decode_state_row(ByteView value) {
  Decoder in(value);
  StateRow row;
  row.leaf = in.array<32>();
  row.place = static_cast<Place>(in.u8());
  const std::uint8_t flags = in.u8();
  row.path_copy = (flags & 1U) != 0;
  row.late = (flags & 2U) != 0;
  row.collected = (flags & 4U) != 0;
  row.rejected = (flags & 8U) != 0;
  row.returned = (flags & 16U) != 0;
  row.hops = in.u8();
  row.lane = static_cast<Lane>(in.u8());
  row.room = in.u8();
  row.attempts = in.u8();
  row.from = office_from(in);
  row.next = office_from(in);
  row.not_before = time_from(in);
  row.seq = in.u64();
  row.inbox_seq = in.u64();
  row.taken = time_from(in);
  row.changed = time_from(in);
  row.not_after = time_from(in);
  row.bytes = in.u32();
  row.kind = static_cast<Kind>(in.u8());
  row.period.yyyymm = in.u32();
  row.destination = office_from(in);
  return finished(in, std::move(row), "seen");
}

Bytes encode_envelope_row(const Envelope& envelope) {
  Bytes out;
  out.reserve(9 + envelope.header.size() + envelope.slots.size() + envelope.sealed.size());
  const Bytes head = Encoder()
                         .u8(envelope.hops)
                         .u32(static_cast<std::uint32_t>(envelope.header.size()))
                         .u32(static_cast<std::uint32_t>(envelope.slots.size()))
                         .bytes();
  out.insert(out.end(), head.begin(), head.end());
  out.insert(out.end(), envelope.header.begin(), envelope.header.end());
  out.insert(out.end(), envelope.slots.begin(), envelope.slots.end());
  out.insert(out.end(), envelope.sealed.begin(), envelope.sealed.end());
  return out;
}

Result<Envelope> decode_envelope_row(ByteView value, ByteView proof) {
  Decoder in(value);
  Envelope envelope;
  envelope.hops = in.u8();
  const std::uint32_t header = in.u32();
  const std::uint32_t slots = in.u32();
  envelope.header = to_bytes(in.raw(header));
  envelope.slots = to_bytes(in.raw(slots));
  if (!in.ok()) return corrupt("a row of envelopes has the wrong length");
  envelope.sealed = to_bytes(in.rest());
  envelope.proof = to_bytes(proof);
  return envelope;
}

Bytes queue_prefix(OfficeId neighbour) {
  return Encoder().u64(neighbour.value()).bytes();
}
Bytes queue_prefix(OfficeId neighbour, Lane lane) {
  return Encoder().u64(neighbour.value()).u8(static_cast<std::uint8_t>(lane)).bytes();
}
Bytes queue_key(const QueueKey& key) {
  return Encoder()
      .u64(key.neighbour.value())
      .u8(static_cast<std::uint8_t>(key.lane))
      .i64(key.not_before.ms)
      .u64(key.seq)
      .bytes();
}
Result<QueueKey> parse_queue_key(ByteView key) {
  Decoder in(key);
  QueueKey out;
  out.neighbour = office_from(in);
  out.lane = static_cast<Lane>(in.u8());
  out.not_before = time_from(in);
  out.seq = in.u64();
  return finished(in, out, "queue");
}

Bytes out_batch_prefix(OfficeId neighbour) {
  return Encoder().u8(0).u64(neighbour.value()).bytes();
}
Bytes in_batch_prefix(OfficeId neighbour) {
  return Encoder().u8(1).u64(neighbour.value()).bytes();
}
Bytes out_batch_key(OfficeId neighbour, std::uint64_t number) {
  return Encoder().u8(0).u64(neighbour.value()).u64(number).bytes();
}
Bytes in_batch_key(OfficeId neighbour, std::uint64_t epoch, std::uint64_t number) {
  return Encoder().u8(1).u64(neighbour.value()).u64(epoch).u64(number).bytes();
}

Bytes encode(const BatchRow& row) {
  Encoder out;
  out.u8(static_cast<std::uint8_t>(row.channel)).u64(row.consignment);
  out.blob(row.ack).u32(static_cast<std::uint32_t>(row.items.size()));
  for (const BatchItem& item : row.items)
    out.u64(item.key.origin.value()).raw(item.key.id.bytes).raw(item.leaf);
  return std::move(out).bytes();
}

Result<BatchRow> decode_batch_row(ByteView value) {
  Decoder in(value);
  BatchRow row;
  row.channel = static_cast<ChannelClass>(in.u8());
  row.consignment = in.u64();
  row.ack = to_bytes(in.blob());
  const std::uint32_t count = in.u32();
  if (!in.ok() || in.rest().size() != std::size_t{count} * 56)
    return corrupt("a row of batches has the wrong length");
  row.items.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    BatchItem item;
    item.key.origin = office_from(in);
    item.key.id = id_from(in);
    item.leaf = in.array<32>();
    row.items.push_back(item);
  }
  return row;
}

Bytes seq_key(std::uint64_t seq) {
  return Encoder().u64(seq).bytes();
}

Bytes encode(const InboxRow& row) {
  const unsigned flags = (row.copy ? 1U : 0U) | (row.settled ? 2U : 0U) | (row.looked ? 4U : 0U);
  return Encoder()
      .u64(row.key.origin.value())
      .raw(row.key.id.bytes)
      .u8(static_cast<std::uint8_t>(flags))
      .u8(static_cast<std::uint8_t>(row.kind))
      .u32(row.period.yyyymm)
      .raw(row.continued_by.bytes)
      .raw(row.person)
      .u64(row.first.value())
      .i64(row.due.ms)
      .u8(row.outcome)
      .bytes();
}

Result<InboxRow> decode_inbox_row(ByteView value) {
  Decoder in(value);
  InboxRow row;
  row.key.origin = office_from(in);
  row.key.id = id_from(in);
  const std::uint8_t flags = in.u8();
  row.copy = (flags & 1U) != 0;
  row.settled = (flags & 2U) != 0;
  row.looked = (flags & 4U) != 0;
  row.kind = static_cast<Kind>(in.u8());
  row.period.yyyymm = in.u32();
  row.continued_by = id_from(in);
  row.person = in.array<32>();
  row.first = office_from(in);
  row.due = time_from(in);
  row.outcome = in.u8();
  return finished(in, std::move(row), "inbox");
}

Bytes ledger_key(const EnvelopeId& id) {
  return to_bytes(id.bytes);
}

Bytes encode(const LedgerRow& row) {
  Encoder out;
  out.raw(row.leaf)
      .u8(static_cast<std::uint8_t>(row.kind))
      .u32(row.period.yyyymm)
      .u64(row.destination.value())
      .raw(row.copy_of.bytes)
      .raw(row.copy.bytes)
      .raw(row.in_reply_to.bytes)
      .raw(seen_key(row.continues))
      .raw(seen_key(row.result))
      .raw(row.submission)
      .u32(row.row)
      .u32(row.code)
      .u8(static_cast<std::uint8_t>(row.confidence))
      .u8(row.assigned ? 1 : 0)
      .u8(static_cast<std::uint8_t>(row.receipt))
      .u8(row.outcome)
      .u32(row.resends)
      .u8(row.asked ? 1 : 0)
      .i64(row.accepted.ms)
      .i64(row.delivered.ms)
      .i64(row.finished.ms)
      .i64(row.due_next.ms)
      .i64(row.not_after.ms)
      .i64(row.due.ms)
      .u64(row.checked_by.value())
      .i64(row.collected.ms)
      .u64(row.faked_by.value())
      .u8(static_cast<std::uint8_t>(row.answers.size()));
  for (const LedgerAnswer& answer : row.answers)
    out.u8(static_cast<std::uint8_t>(answer.kind)).raw(seen_key(answer.key)).i64(answer.time.ms);
  out.u8(static_cast<std::uint8_t>(row.before.size()));
  for (const OfficeId office : row.before) out.u64(office.value());
  return std::move(out).bytes();
}

Result<LedgerRow> decode_ledger_row(ByteView value) {
  Decoder in(value);
  LedgerRow row;
  row.leaf = in.array<32>();
  row.kind = static_cast<Kind>(in.u8());
  row.period.yyyymm = in.u32();
  row.destination = office_from(in);
  row.copy_of = id_from(in);
  row.copy = id_from(in);
  row.in_reply_to = id_from(in);
  row.continues = parse_seen_key(in.raw(24));
  row.result = parse_seen_key(in.raw(24));
  row.submission = in.array<32>();
  row.row = in.u32();
  row.code = in.u32();
  row.confidence = static_cast<Confidence>(in.u8());
  row.assigned = in.u8() != 0;
  row.receipt = static_cast<ReceiptType>(in.u8());
  row.outcome = in.u8();
  row.resends = in.u32();
  row.asked = in.u8() != 0;
  row.accepted = time_from(in);
  row.delivered = time_from(in);
  row.finished = time_from(in);
  row.due_next = time_from(in);
  row.not_after = time_from(in);
  row.due = time_from(in);
  row.checked_by = office_from(in);
  row.collected = time_from(in);
  row.faked_by = office_from(in);
  for (int left = in.u8(); left > 0 && in.ok(); --left) {
    LedgerAnswer answer;
    answer.kind = static_cast<Kind>(in.u8());
    answer.key = parse_seen_key(in.raw(24));
    answer.time = time_from(in);
    row.answers.push_back(answer);
  }
  for (int left = in.u8(); left > 0 && in.ok(); --left) row.before.push_back(office_from(in));
  return finished(in, std::move(row), "ledger");
}

Bytes timer_key(WallTime due, const EnvelopeId& id) {
  return Encoder().i64(due.ms).raw(id.bytes).bytes();
}
Timer parse_timer_key(ByteView key) {
  Decoder in(key);
  const WallTime due = time_from(in);
  return {due, id_from(in)};
}

Bytes record_prefix(OfficeId neighbour) {
  return Encoder().u64(neighbour.value()).bytes();
}
Bytes record_key(OfficeId neighbour, std::uint64_t seq) {
  return Encoder().u64(neighbour.value()).u64(seq).bytes();
}

Bytes encode(const HeldRow& row) {
  return Encoder().u64(row.next.value()).i64(row.since.ms).text(row.reason).bytes();
}
Result<HeldRow> decode_held_row(ByteView value) {
  Decoder in(value);
  HeldRow row;
  row.next = office_from(in);
  row.since = time_from(in);
  if (!in.ok()) return corrupt("a row of held has the wrong length");
  row.reason = std::string(as_text(in.rest()));
  return row;
}

Bytes standing_key(OfficeId office) {
  return Encoder().u64(office.value()).bytes();
}
Bytes encode(const StandingRow& row) {
  return Encoder().i64(row.created.ms).u64(row.waiting).raw(row.record).bytes();
}
Result<StandingRow> decode_standing_row(ByteView value) {
  Decoder in(value);
  StandingRow row;
  row.created = time_from(in);
  row.waiting = in.u64();
  if (!in.ok()) return corrupt("a row of standings has the wrong length");
  row.record = to_bytes(in.rest());
  return row;
}

Bytes consignment_key(OfficeId neighbour, std::uint64_t number) {
  return Encoder().u64(neighbour.value()).u64(number).bytes();
}
Bytes encode(const ConsignmentRow& row) {
  return Encoder()
      .u8(static_cast<std::uint8_t>(row.channel))
      .u8(static_cast<std::uint8_t>(row.state))
      .i64(row.created.ms)
      .i64(row.expires.ms)
      .u32(row.envelopes)
      .u32(row.batches_open)
      .blob(as_bytes(row.seal))
      .blob(as_bytes(row.courier))
      .bytes();
}
Result<ConsignmentRow> decode_consignment_row(ByteView value) {
  Decoder in(value);
  ConsignmentRow row;
  row.channel = static_cast<ChannelClass>(in.u8());
  row.state = static_cast<ConsignmentState>(in.u8());
  row.created = time_from(in);
  row.expires = time_from(in);
  row.envelopes = in.u32();
  row.batches_open = in.u32();
  row.seal = as_text(in.blob());
  row.courier = as_text(in.blob());
  return finished(in, row, "consignments");
}

Bytes chunk_key(const EnvelopeKey& key, std::size_t index) {
  return Encoder().raw(seen_key(key)).u16(static_cast<std::uint16_t>(index)).bytes();
}

std::size_t ArrivingRow::missing() const {
  return static_cast<std::size_t>(std::ranges::find(here, false) - here.begin());
}

Bytes encode(const ArrivingRow& row) {
  Encoder out;
  out.u64(row.from.value()).u64(row.epoch).u64(row.number).u8(row.room).u64(row.next.value());
  out.u32(row.bytes).raw(row.leaf).u8(row.envelope.hops);
  out.u16(static_cast<std::uint16_t>(row.here.size()));
  for (const bool here : row.here) out.u8(here ? 1 : 0);
  out.blob(row.envelope.header).blob(row.envelope.slots);
  out.blob(row.envelope.sealed).blob(row.envelope.proof);
  return std::move(out).bytes();
}
Result<ArrivingRow> decode_arriving_row(ByteView value) {
  Decoder in(value);
  ArrivingRow row;
  row.from = office_from(in);
  row.epoch = in.u64();
  row.number = in.u64();
  row.room = in.u8();
  row.next = office_from(in);
  row.bytes = in.u32();
  row.leaf = in.array<32>();
  row.envelope.hops = in.u8();
  row.here.resize(in.u16());
  for (std::size_t index = 0; index < row.here.size() && in.ok(); ++index) {
    const std::uint8_t here = in.u8();
    if (here > 1) return corrupt("arriving: a chunk neither here nor missing");
    row.here[index] = here == 1;
  }
  row.envelope.header = to_bytes(in.blob());
  row.envelope.slots = to_bytes(in.blob());
  row.envelope.sealed = to_bytes(in.blob());
  row.envelope.proof = to_bytes(in.blob());
  return finished(in, row, "arriving");
}

Bytes import_key(OfficeId neighbour, std::uint64_t epoch, std::uint64_t number) {
  return Encoder().u64(neighbour.value()).u64(epoch).u64(number).bytes();
}
Bytes encode(const ImportRow& row) {
  return Encoder()
      .u8(static_cast<std::uint8_t>(row.channel))
      .i64(row.taken.ms)
      .i64(row.expires.ms)
      .u32(row.envelopes)
      .bytes();
}
Result<ImportRow> decode_import_row(ByteView value) {
  Decoder in(value);
  ImportRow row;
  row.channel = static_cast<ChannelClass>(in.u8());
  row.taken = time_from(in);
  row.expires = time_from(in);
  row.envelopes = in.u32();
  return finished(in, row, "imports");
}

Bytes submission_key(const Hash& submission, std::uint32_t row, std::uint64_t part) {
  Encoder out;
  out.raw(submission).u32(row);
  if (part != 0) out.u64(part);
  return std::move(out).bytes();
}
Bytes quarantine_key(const EnvelopeKey& key, const Hash& leaf) {
  return Encoder().raw(seen_key(key)).raw(leaf).bytes();
}
Bytes peer_epoch_key(OfficeId office) {
  return Encoder().text("peer").u64(office.value()).bytes();
}

Bytes peer_life_key(OfficeId office) {
  return Encoder().text("life").u64(office.value()).bytes();
}

Bytes encode(const PeerLife& row) {
  return Encoder()
      .u64(row.epoch)
      .u64(row.boot)
      .u64(row.instance)
      .u64(row.batch)
      .u64(row.sealed)
      .bytes();
}

Result<PeerLife> decode_peer_life(ByteView value) {
  Decoder in(value);
  PeerLife row{in.u64(), in.u64(), in.u64(), in.u64(), in.u64()};
  if (!in.done()) return corrupt("meta: a neighbour's life has the wrong length");
  return row;
}

Bytes encode(const RestoredRow& row) {
  return Encoder().i64(row.at.ms).u64(row.unknown_own).u8(row.pending ? 1 : 0).bytes();
}

Result<RestoredRow> decode_restored_row(ByteView value) {
  Decoder in(value);
  RestoredRow row{WallTime{in.i64()}, in.u64(), in.u8() != 0};
  if (!in.done()) return corrupt("meta: the restored row has the wrong length");
  return row;
}

}  // namespace xianjie::broker
