#include "schemas/envelope.h"

#include <algorithm>

#include "envelope_generated.h"
#include "schemas/codec.h"

namespace xianjie {
inline namespace schemas {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Verifier;

// Not set stays not set; a field that is there must hold an id.
bool take_id(const fbs::Bytes16* field, EnvelopeId& out) {
  if (field == nullptr) return true;
  out.bytes = array_of<decltype(out.bytes)>(*field);
  return out.is_set();
}

bool is_among(const std::vector<Reader>& readers, OfficeId office) {
  return std::ranges::find(readers, office, &Reader::office) != readers.end();
}

Result<std::vector<Reader>> take_readers(const fbs::Header& from) {
  const std::size_t count = length(from.reader_offices());
  if (count < 1 || count > kReadersMax) return corrupt("header: number of readers");
  if (length(from.reader_keys()) != count) return corrupt("header: readers without keys");
  if (!elements_aligned(from.reader_offices(), 8)) return corrupt("header: readers misplaced");
  std::vector<Reader> readers;
  readers.reserve(count);
  for (std::uint32_t k = 0; k < count; ++k) {
    const auto office = OfficeId::from_value(from.reader_offices()->Get(k));
    const KeyId key{from.reader_keys()->Get(k)};
    if (!office || key.number == 0) return corrupt("header: reader unknown");
    if (is_among(readers, *office)) return corrupt("header: a reader twice");
    readers.push_back({*office, key});
  }
  return readers;
}

Result<void> take_numbers(const fbs::Header& from, Header& to) {
  to.version = from.version();
  to.suite = from.suite();
  if (to.version != 1 || to.suite != 1) return refused("header: version or suite unknown");
  const auto origin = OfficeId::from_value(from.origin());
  const auto destination = OfficeId::from_value(from.destination());
  if (!origin || !destination) return corrupt("header: origin or destination is no office");
  to.origin = *origin;
  to.destination = *destination;
  to.origin_key = {from.origin_key()};
  if (to.origin_key.number == 0) return corrupt("header: no key");
  const auto kind = from_number<Kind>(from.kind());
  const auto klass = from_number<Class>(from.klass());
  const auto lane = from_number<Lane>(from.lane());
  if (!kind || *kind == Kind::kReceipt || !klass || !lane)
    return corrupt("header: kind, class or priority unknown");
  to.kind = *kind;
  to.klass = *klass;
  to.lane = *lane;
  to.period = {from.period()};
  if (to.period.is_set() && !Period::make(to.period.year(), to.period.month()))
    return corrupt("header: no such month");
  to.directory_version = from.directory_version();
  to.sealed_bytes = from.sealed_bytes();
  if (to.sealed_bytes != 0 &&
      (to.sealed_bytes <= kPayloadBytesMax || to.sealed_bytes > kLargeSealedBytesMax))
    return corrupt("header: size of the sealed payload");
  return {};
}

Result<void> take_times(const fbs::Header& from, Header& to) {
  to.created = {from.created()};
  to.not_before = {from.not_before()};
  to.not_after = {from.not_after()};
  to.due = {from.due()};
  for (const WallTime time : {to.created, to.not_before, to.not_after, to.due})
    if (!in_range(time)) return corrupt("header: time out of range");
  if (!to.created.is_set() || to.not_after <= to.created || to.not_before >= to.not_after)
    return corrupt("header: times contradict each other");
  return {};
}

Result<void> take_ids(const fbs::Header& from, Header& to) {
  if (from.envelope() == nullptr || !take_id(from.envelope(), to.id))
    return corrupt("header: no id");
  if (!take_id(from.in_reply_to(), to.in_reply_to) || !take_id(from.copy_of(), to.copy_of) ||
      !take_id(from.continues(), to.continues) || !take_id(from.replaces(), to.replaces) ||
      !take_id(from.refers_to(), to.refers_to))
    return corrupt("header: empty reference");
  for (const EnvelopeId& id : {to.in_reply_to, to.copy_of, to.continues, to.replaces, to.refers_to})
    if (id == to.id) return corrupt("header: refers to itself");
  if (from.commitment() == nullptr) return corrupt("header: no commitment");
  to.commitment = array_of<Hash>(*from.commitment());
  return {};
}

}  // namespace

const Reader* Header::reader(OfficeId office) const {
  const auto found = std::ranges::find(readers, office, &Reader::office);
  return found == readers.end() ? nullptr : &*found;
}

Bytes encode(const Header& header) {
  FlatBufferBuilder builder(768);
  std::vector<std::uint64_t> offices;
  std::vector<std::uint32_t> keys;
  for (const Reader& reader : header.readers) {
    offices.push_back(reader.office.value());
    keys.push_back(reader.key.number);
  }
  const auto office_column = builder.CreateVector(offices);
  const auto key_column = builder.CreateVector(keys);
  const auto id = fixed<fbs::Bytes16>(header.id.bytes);
  const auto in_reply_to = fixed<fbs::Bytes16>(header.in_reply_to.bytes);
  const auto copy_of = fixed<fbs::Bytes16>(header.copy_of.bytes);
  const auto continues = fixed<fbs::Bytes16>(header.continues.bytes);
  const auto replaces = fixed<fbs::Bytes16>(header.replaces.bytes);
  const auto refers_to = fixed<fbs::Bytes16>(header.refers_to.bytes);
  const auto commitment = fixed<fbs::Bytes32>(header.commitment);

  // Widest fields first, so that nothing is lost to padding.
  fbs::HeaderBuilder out(builder);
  out.add_origin(header.origin.value());
  out.add_destination(header.destination.value());
  out.add_created(header.created.ms);
  out.add_not_before(header.not_before.ms);
  out.add_not_after(header.not_after.ms);
  out.add_due(header.due.ms);
  out.add_directory_version(header.directory_version);
  out.add_origin_key(header.origin_key.number);
  out.add_reader_offices(office_column);
  out.add_reader_keys(key_column);
  out.add_period(header.period.yyyymm);
  out.add_sealed_bytes(header.sealed_bytes);
  out.add_envelope(&id);
  if (header.in_reply_to.is_set()) out.add_in_reply_to(&in_reply_to);
  if (header.copy_of.is_set()) out.add_copy_of(&copy_of);
  if (header.continues.is_set()) out.add_continues(&continues);
  if (header.replaces.is_set()) out.add_replaces(&replaces);
  if (header.refers_to.is_set()) out.add_refers_to(&refers_to);
  out.add_commitment(&commitment);
  out.add_version(header.version);
  out.add_suite(header.suite);
  out.add_kind(static_cast<std::uint8_t>(header.kind));
  out.add_klass(static_cast<std::uint8_t>(header.klass));
  out.add_lane(static_cast<std::uint8_t>(header.lane));
  builder.Finish(out.Finish(), kHeaderId);
  return take_bytes(builder);
}

Result<Header> decode_header(ByteView bytes) {
  const AlignedView aligned(bytes);
  const auto* from = verified_root<Verifier, fbs::Header>(aligned, kHeaderId, kHeaderBytesMax);
  if (from == nullptr) return corrupt("header: broken structure");
  Header to;
  XJ_TRY_VOID(take_numbers(*from, to));
  XJ_TRY_VOID(take_times(*from, to));
  XJ_TRY_VOID(take_ids(*from, to));
  XJ_TRY(to.readers, take_readers(*from));
  if (!is_among(to.readers, to.origin)) return corrupt("header: the origin is no reader");
  return to;
}

Bytes encode(const Slots& slots) {
  FlatBufferBuilder builder(1024);
  std::vector<fbs::Bytes48> wraps;
  for (const auto& wrap : slots.wraps) wraps.push_back(fixed<fbs::Bytes48>(wrap));
  const auto column = builder.CreateVectorOfStructs(wraps);
  const auto ephemeral = fixed<fbs::Bytes32>(slots.ephemeral);
  fbs::SlotsBuilder out(builder);
  out.add_wraps(column);
  out.add_ephemeral(&ephemeral);
  builder.Finish(out.Finish(), kSlotsId);
  return take_bytes(builder);
}

Result<Slots> decode_slots(ByteView bytes) {
  const AlignedView aligned(bytes);
  const auto* from = verified_root<Verifier, fbs::Slots>(aligned, kSlotsId, kSlotsBytesMax);
  if (from == nullptr || from->ephemeral() == nullptr) return corrupt("slots: broken structure");
  const std::size_t count = length(from->wraps());
  if (count < 1 || count > kReadersMax) return corrupt("slots: number of readers");
  Slots to;
  to.ephemeral = array_of<PublicKey>(*from->ephemeral());
  to.wraps.reserve(count);
  for (const fbs::Bytes48* wrap : *from->wraps())
    to.wraps.push_back(array_of<std::array<std::uint8_t, 48>>(*wrap));
  return to;
}

Bytes BatchStatement::signed_bytes() const {
  return Encoder()
      .text("XJ1/batch")
      .u64(origin.value())
      .u32(key.number)
      .u64(number)
      .u32(count)
      .i64(time.ms)
      .raw(root)
      .bytes();
}

Bytes encode(const BatchProof& proof) {
  FlatBufferBuilder builder(768);
  std::vector<fbs::Bytes32> path;
  for (const Hash& hash : proof.path) path.push_back(fixed<fbs::Bytes32>(hash));
  const auto column = builder.CreateVectorOfStructs(path);
  const auto root = fixed<fbs::Bytes32>(proof.statement.root);
  const auto signature = fixed<fbs::Bytes64>(proof.signature);
  fbs::ProofBuilder out(builder);
  out.add_origin(proof.statement.origin.value());
  out.add_number(proof.statement.number);
  out.add_time(proof.statement.time.ms);
  out.add_key(proof.statement.key.number);
  out.add_count(proof.statement.count);
  out.add_index(proof.index);
  out.add_path(column);
  out.add_root(&root);
  out.add_signature(&signature);
  builder.Finish(out.Finish(), kProofId);
  return take_bytes(builder);
}

Result<BatchProof> decode_proof(ByteView bytes) {
  const AlignedView aligned(bytes);
  const auto* from = verified_root<Verifier, fbs::Proof>(aligned, kProofId, kProofBytesMax);
  if (from == nullptr || from->root() == nullptr || from->signature() == nullptr)
    return corrupt("proof: broken structure");
  const auto origin = OfficeId::from_value(from->origin());
  if (!origin || from->key() == 0) return corrupt("proof: origin is no office");
  if (from->count() < 1 || from->count() > kBatchEnvelopesMax || from->index() >= from->count())
    return corrupt("proof: place outside the batch");
  if (length(from->path()) > kProofPathMax) return corrupt("proof: path too long");
  const WallTime time{from->time()};
  if (!time.is_set() || !in_range(time)) return corrupt("proof: time out of range");
  BatchProof to;
  to.statement = {*origin,       {from->key()}, from->number(),
                  from->count(), time,          array_of<Hash>(*from->root())};
  to.signature = array_of<Signature>(*from->signature());
  to.index = from->index();
  if (from->path() != nullptr)
    for (const fbs::Bytes32* hash : *from->path()) to.path.push_back(array_of<Hash>(*hash));
  return to;
}

}  // namespace schemas
}  // namespace xianjie
