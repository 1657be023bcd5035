#include "broker/month_tables.h"

#include "crypto/merkle.h"

namespace xianjie::broker {
namespace {

constexpr std::size_t kEntryBytes = 56;  // origin, id, leaf

OfficeId office_of(Decoder& in) {
  return OfficeId::from_value(in.u64()).value_or(OfficeId{});
}
EnvelopeKey key_of_passage(Decoder& in) {
  const OfficeId origin = office_of(in);
  return {origin, EnvelopeId{in.array<16>()}};
}
Direction direction_of(Decoder& in) {
  return in.u8() == 0 ? Direction::kGiven : Direction::kTaken;
}
std::uint8_t number_of(Direction direction) {
  return static_cast<std::uint8_t>(direction);
}

template <class Row>
Result<Row> whole(const Decoder& in, Row row, const char* table) {
  if (!in.done()) return corrupt(std::string("a row of ") + table + " has the wrong length");
  return row;
}

void write_entries(Encoder& out, const std::vector<ManifestEntry>& entries) {
  out.u32(static_cast<std::uint32_t>(entries.size()));
  for (const ManifestEntry& entry : entries)
    out.u64(entry.origin.value()).raw(entry.id.bytes).raw(entry.leaf);
}

std::vector<ManifestEntry> read_entries(Decoder& in) {
  std::vector<ManifestEntry> out;
  const std::uint32_t count = in.u32();
  for (std::uint32_t i = 0; i < count && in.rest().size() >= kEntryBytes; ++i) {
    const EnvelopeKey key = key_of_passage(in);
    out.push_back({key.origin, key.id, in.array<32>()});
  }
  if (out.size() != count) in.raw(in.rest().size() + 1);  // too short: not ok from here on
  return out;
}

}  // namespace

Bytes passage_prefix(Period period, Direction direction, OfficeId neighbour) {
  return Encoder().u32(period.yyyymm).u8(number_of(direction)).u64(neighbour.value()).bytes();
}
Bytes passage_key(const Passage& passage) {
  return Encoder()
      .raw(passage_prefix(passage.period, passage.direction, passage.neighbour))
      .u8(static_cast<std::uint8_t>(passage.kind))
      .raw(seen_key(passage.key))
      .bytes();
}
Result<Passage> parse_passage_key(ByteView key) {
  Decoder in(key);
  Passage out;
  out.period.yyyymm = in.u32();
  out.direction = direction_of(in);
  out.neighbour = office_of(in);
  out.kind = static_cast<Kind>(in.u8());
  out.key = key_of_passage(in);
  return whole(in, out, "passages");
}

Bytes encode(const PassageRow& row) {
  return Encoder().raw(row.leaf).u64(row.peer_epoch).u64(row.destination.value()).bytes();
}
Result<PassageRow> decode_passage_row(ByteView value) {
  Decoder in(value);
  PassageRow row;
  row.leaf = in.array<32>();
  row.peer_epoch = in.u64();
  row.destination = office_of(in);
  return whole(in, row, "passages");
}

Hash passage_leaf(Kind kind, const EnvelopeKey& key, const Hash& leaf) {
  return crypto::Blake2bTree::leaf(
      Encoder().u8(static_cast<std::uint8_t>(kind)).raw(seen_key(key)).raw(leaf).bytes());
}

Result<PassageSet> passage_set(ReadTxn& txn, Period period, Direction direction, OfficeId neighbour,
                               std::uint64_t peer_epoch) {
  PassageSet out;
  std::vector<Hash> leaves;
  const Bytes prefix = passage_prefix(period, direction, neighbour);
  Result<> inner;
  XJ_TRY_VOID(txn.scan(Table::kPassages, prefix, prefix, [&](const Row& row) {
    const auto passage = decode_passage_row(row.value);
    if (!passage) {
      inner = std::unexpected(passage.error());
      return false;
    }
    if (passage->peer_epoch != peer_epoch) return true;
    const auto key = parse_passage_key(row.key);
    if (!key) {
      inner = std::unexpected(key.error());
      return false;
    }
    leaves.push_back(passage_leaf(key->kind, key->key, passage->leaf));
    ++out.destinations[passage->destination];
    return true;
  }));
  XJ_TRY_VOID(inner);
  out.count = static_cast<std::uint32_t>(leaves.size());
  out.root = crypto::MerkleTree<crypto::Blake2bTree>(std::move(leaves)).root();
  return out;
}

Bytes closed_key(Period period) {
  return Encoder().text("closed").u32(period.yyyymm).bytes();
}

Bytes manifest_key(const ManifestKey& key) {
  return Encoder()
      .u8(number_of(key.direction))
      .u64(key.neighbour.value())
      .u32(key.period.yyyymm)
      .bytes();
}
Result<ManifestKey> parse_manifest_key(ByteView key) {
  Decoder in(key);
  ManifestKey out;
  out.direction = direction_of(in);
  out.neighbour = office_of(in);
  out.period.yyyymm = in.u32();
  return whole(in, out, "manifests");
}

Bytes encode(const ManifestRow& row) {
  Encoder out;
  out.u64(row.epoch).u64(row.taker_epoch).u32(row.number).u32(row.count).raw(row.root);
  out.u8(static_cast<std::uint8_t>(row.state)).u8(row.list_wanted ? 1 : 0);
  out.i64(row.made.ms).i64(row.told.ms).u32(row.parts).blob(row.done).u32(row.faults);
  write_entries(out, row.missing);
  write_entries(out, row.unexpected);
  return std::move(out).bytes();
}
Result<ManifestRow> decode_manifest_row(ByteView value) {
  Decoder in(value);
  ManifestRow row;
  row.epoch = in.u64();
  row.taker_epoch = in.u64();
  row.number = in.u32();
  row.count = in.u32();
  row.root = in.array<32>();
  row.state = static_cast<ManifestState>(in.u8());
  row.list_wanted = in.u8() != 0;
  row.made = WallTime{in.i64()};
  row.told = WallTime{in.i64()};
  row.parts = in.u32();
  row.done = to_bytes(in.blob());
  row.faults = in.u32();
  row.missing = read_entries(in);
  row.unexpected = read_entries(in);
  return whole(in, std::move(row), "manifests");
}

}  // namespace xianjie::broker
