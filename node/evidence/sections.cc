#include "node/evidence/sections.h"

#include "crypto/hash.h"
#include "crypto/seal.h"

namespace xianjie::node::evidence {
namespace {

constexpr std::size_t kLedgerEntryBytes = 16 + 32 + 8 + 1 + 1 + 1 + 16 + 8 * 3;
constexpr std::size_t kPassageEntryBytes = 1 + 8 + 16 + 32;
constexpr std::size_t kCustodyEntryBytes = 1 + 32;

std::unexpected<Error> broken(const char* what) {
  return corrupt(std::string(what) + ": not as this version writes it");
}

// Zero and unknown ones make `ok` false.
OfficeId office_from(Decoder& in, bool& ok) {
  const auto office = OfficeId::from_value(in.u64());
  ok = ok && office.has_value();
  return office.value_or(OfficeId{});
}
Period period_from(Decoder& in, bool& ok) {
  const Period period{in.u32()};
  ok = ok && Period::make(period.year(), period.month()) == period;
  return period;
}
WallTime time_from(Decoder& in, bool& ok) {
  const WallTime time{in.i64()};
  ok = ok && in_range(time);
  return time;
}
template <class E>
E word_from(Decoder& in, bool& ok) {
  const auto value = from_number<E>(in.u8());
  ok = ok && value.has_value();
  return value.value_or(E{});
}
bool flag_from(Decoder& in, bool& ok) {
  const std::uint8_t value = in.u8();
  ok = ok && value <= 1;
  return value == 1;
}
// A count of entries of a width that can be there at all.
std::size_t count_from(Decoder& in, std::size_t width, bool& ok) {
  const std::uint32_t count = in.u32();
  ok = ok && in.ok() && count <= in.rest().size() / width;
  return ok ? count : 0;
}

Custody take_custody(Decoder& in, bool& ok) {
  Custody out;
  out.from = office_from(in, ok);
  out.to = office_from(in, ok);
  out.ack.key = {in.u32()};
  out.ack.sender_epoch = in.u64();
  out.ack.number = in.u64();
  out.ack.time = time_from(in, ok);
  out.ack.channel_class = word_from<ChannelClass>(in, ok);
  out.ack.signature = in.array<64>();
  const std::uint16_t count = in.u16();
  ok = ok && in.ok() && count > 0 && count <= kBatchEnvelopesMax &&
       count <= in.rest().size() / kCustodyEntryBytes;
  for (std::uint16_t i = 0; ok && i < count; ++i) {
    const std::uint8_t outcome = in.u8();
    ok = outcome >= 1 && outcome <= 5;
    out.ack.outcomes.push_back(static_cast<AckOutcome>(outcome));
    out.leaves.push_back(in.array<32>());
  }
  return out;
}

}  // namespace

Result<EnvelopeProof> proof_of(const Envelope& envelope, Relation role) {
  XJ_TRY(auto kept, broker::kept_proof(envelope));
  EnvelopeProof out{std::move(kept), role};
  if (out.leaf() != crypto::leaf_of(envelope))
    return corrupt("evidence: the leaf of an envelope is made otherwise");
  return out;
}

Bytes encode(const EnvelopeProof& proof) {
  Encoder out;
  out.u8(static_cast<std::uint8_t>(proof.role));
  broker::write_kept(out, proof);
  return std::move(out).bytes();
}
Result<EnvelopeProof> decode_envelope_proof(ByteView bytes) {
  Decoder in(bytes);
  const std::uint8_t role = in.u8();
  EnvelopeProof out{broker::read_kept(in), static_cast<Relation>(role)};
  if (!in.done() || role < 1 || role > 8) return broken("envelope");
  return out;
}

Bytes encode(const Custody& custody) {
  Encoder out;
  out.u64(custody.from.value())
      .u64(custody.to.value())
      .u32(custody.ack.key.number)
      .u64(custody.ack.sender_epoch)
      .u64(custody.ack.number)
      .i64(custody.ack.time.ms)
      .u8(static_cast<std::uint8_t>(custody.ack.channel_class))
      .raw(custody.ack.signature)
      .u16(static_cast<std::uint16_t>(custody.leaves.size()));
  XJ_CHECK(custody.leaves.size() == custody.ack.outcomes.size());
  for (std::size_t i = 0; i < custody.leaves.size(); ++i)
    out.u8(static_cast<std::uint8_t>(custody.ack.outcomes[i])).raw(custody.leaves[i]);
  return std::move(out).bytes();
}
Result<Custody> decode_custody(ByteView bytes) {
  XJ_TRY(auto all, decode_custodies(bytes));
  if (all.size() != 1) return broken("custody");
  return std::move(all.front());
}
Result<std::vector<Custody>> decode_custodies(ByteView bytes) {
  std::vector<Custody> out;
  Decoder in(bytes);
  bool ok = true;
  while (ok && !in.rest().empty()) out.push_back(take_custody(in, ok));
  if (!ok || !in.done()) return broken("custody");
  return out;
}

Bytes encode(const Content& content) {
  Encoder out;
  out.raw(content.id.bytes).raw(content.key).blob(content.sealed);
  out.u32(static_cast<std::uint32_t>(content.chunks.size()));
  for (const Bytes& chunk : content.chunks) out.blob(chunk);
  return std::move(out).bytes();
}
Result<Content> decode_content(ByteView bytes) {
  Decoder in(bytes);
  Content out;
  bool ok = true;
  out.id.bytes = in.array<16>();
  out.key = in.array<32>();
  out.sealed = to_bytes(in.blob());
  for (std::size_t left = count_from(in, 4, ok); left > 0; --left)
    out.chunks.push_back(to_bytes(in.blob()));
  if (!ok || !in.done() || !out.id.is_set() || out.chunks.size() > kChunksMax)
    return broken("content");
  return out;
}

Bytes encode(const LedgerSection& ledger) {
  Encoder out;
  out.u64(ledger.office.value()).u32(ledger.period.yyyymm).i64(ledger.as_of.ms);
  out.u32(static_cast<std::uint32_t>(ledger.entries.size()));
  for (const LedgerEntry& entry : ledger.entries)
    out.raw(entry.id.bytes)
        .raw(entry.leaf)
        .u64(entry.destination.value())
        .u8(static_cast<std::uint8_t>(entry.kind))
        .u8(static_cast<std::uint8_t>(entry.receipt))
        .u8(static_cast<std::uint8_t>((entry.stuck ? 1U : 0U) | (entry.continues ? 2U : 0U)))
        .raw(entry.copy_of.bytes)
        .i64(entry.accepted.ms)
        .i64(entry.delivered.ms)
        .i64(entry.finished.ms);
  return std::move(out).bytes();
}
Result<LedgerSection> decode_ledger(ByteView bytes) {
  Decoder in(bytes);
  LedgerSection out;
  bool ok = true;
  out.office = office_from(in, ok);
  out.period = period_from(in, ok);
  out.as_of = time_from(in, ok);
  for (std::size_t left = count_from(in, kLedgerEntryBytes, ok); ok && left > 0; --left) {
    LedgerEntry entry;
    entry.id.bytes = in.array<16>();
    entry.leaf = in.array<32>();
    entry.destination = office_from(in, ok);
    entry.kind = word_from<Kind>(in, ok);
    entry.receipt = word_from<ReceiptType>(in, ok);
    const std::uint8_t flags = in.u8();
    entry.stuck = (flags & 1U) != 0;
    entry.continues = (flags & 2U) != 0;
    entry.copy_of.bytes = in.array<16>();
    entry.accepted = time_from(in, ok);
    entry.delivered = time_from(in, ok);
    entry.finished = time_from(in, ok);
    ok = ok && flags < 4 && entry.id.is_set();
    out.entries.push_back(entry);
  }
  if (!ok || !in.done()) return broken("ledger");
  return out;
}

Bytes encode(const PassageSection& passages) {
  Encoder out;
  out.u8(static_cast<std::uint8_t>(passages.direction))
      .u64(passages.office.value())
      .u64(passages.neighbour.value())
      .u32(passages.period.yyyymm)
      .u64(passages.giver_epoch)
      .u64(passages.taker_epoch)
      .u32(passages.number)
      .u32(static_cast<std::uint32_t>(passages.entries.size()));
  for (const PassageEntry& entry : passages.entries)
    out.u8(static_cast<std::uint8_t>(entry.kind))
        .u64(entry.key.origin.value())
        .raw(entry.key.id.bytes)
        .raw(entry.leaf);
  return std::move(out).bytes();
}
Result<PassageSection> decode_passages(ByteView bytes) {
  Decoder in(bytes);
  PassageSection out;
  bool ok = true;
  out.direction = flag_from(in, ok) ? broker::Direction::kTaken : broker::Direction::kGiven;
  out.office = office_from(in, ok);
  out.neighbour = office_from(in, ok);
  out.period = period_from(in, ok);
  out.giver_epoch = in.u64();
  out.taker_epoch = in.u64();
  out.number = in.u32();
  for (std::size_t left = count_from(in, kPassageEntryBytes, ok); ok && left > 0; --left) {
    PassageEntry entry;
    entry.kind = word_from<Kind>(in, ok);
    entry.key.origin = office_from(in, ok);
    entry.key.id.bytes = in.array<16>();
    entry.leaf = in.array<32>();
    out.entries.push_back(entry);
  }
  if (!ok || !in.done()) return broken("passages");
  return out;
}

Bytes encode(const AuditSection& audit) {
  Encoder out;
  out.u64(audit.office.value()).u64(audit.first).raw(audit.before);
  out.u32(static_cast<std::uint32_t>(audit.entries.size()));
  for (const AuditEntry& entry : audit.entries) {
    if (entry.bytes)
      out.u8(1).blob(*entry.bytes);
    else
      out.u8(0).raw(entry.hash);
  }
  return std::move(out).bytes();
}
Result<AuditSection> decode_audit(ByteView bytes) {
  Decoder in(bytes);
  AuditSection out;
  bool ok = true;
  out.office = office_from(in, ok);
  out.first = in.u64();
  out.before = in.array<32>();
  for (std::size_t left = count_from(in, 5, ok); ok && left > 0; --left) {
    AuditEntry entry;
    if (flag_from(in, ok)) {
      entry.bytes = to_bytes(in.blob());
      entry.hash = crypto::hash(*entry.bytes);
    } else {
      entry.hash = in.array<32>();
    }
    out.entries.push_back(std::move(entry));
  }
  if (!ok || !in.done() || out.first == 0 || out.entries.empty()) return broken("audit");
  return out;
}

Bytes encode(const std::vector<SubjectEntry>& subjects) {
  Encoder out;
  out.u32(static_cast<std::uint32_t>(subjects.size()));
  for (const SubjectEntry& entry : subjects)
    out.u8(static_cast<std::uint8_t>(entry.role))
        .u64(entry.key.origin.value())
        .raw(entry.key.id.bytes)
        .raw(entry.leaf);
  return std::move(out).bytes();
}
Result<std::vector<SubjectEntry>> decode_subjects(ByteView bytes) {
  Decoder in(bytes);
  std::vector<SubjectEntry> out;
  bool ok = true;
  for (std::size_t left = count_from(in, kPassageEntryBytes, ok); ok && left > 0; --left) {
    SubjectEntry entry;
    const std::uint8_t role = in.u8();
    ok = role >= 1 && role <= 8;
    entry.role = static_cast<Relation>(role);
    entry.key.origin = office_from(in, ok);
    entry.key.id.bytes = in.array<16>();
    entry.leaf = in.array<32>();
    out.push_back(entry);
  }
  if (!ok || !in.done() || out.empty()) return broken("subjects");
  return out;
}

Bytes encode(const std::vector<AskedEntry>& asked) {
  Encoder out;
  out.u32(static_cast<std::uint32_t>(asked.size()));
  for (const AskedEntry& entry : asked) out.u64(entry.office.value()).u8(entry.answered ? 1 : 0);
  return std::move(out).bytes();
}
Result<std::vector<AskedEntry>> decode_asked(ByteView bytes) {
  Decoder in(bytes);
  std::vector<AskedEntry> out;
  bool ok = true;
  for (std::size_t left = count_from(in, 9, ok); ok && left > 0; --left) {
    AskedEntry entry;
    entry.office = office_from(in, ok);
    entry.answered = flag_from(in, ok);
    out.push_back(entry);
  }
  if (!ok || !in.done()) return broken("asked");
  return out;
}

}  // namespace xianjie::node::evidence
