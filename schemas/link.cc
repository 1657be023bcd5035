#include "schemas/link.h"

#include <algorithm>

#include "link_generated.h"
#include "schemas/codec.h"
#include "schemas/text.h"
#include "schemas/trust.h"

namespace xianjie {
inline namespace schemas {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
using flatbuffers::Verifier;

// ---- writing: one overload a frame, each returns the union's member and its tag ----

struct Body {
  fbs::FrameBody type;
  Offset<void> offset;
};

Body write(FlatBufferBuilder& builder, const Hello& hello) {
  const auto digest = fixed<fbs::Bytes32>(hello.route_digest);
  return {fbs::FrameBody::Hello,
          fbs::CreateHello(builder, hello.version_min, hello.version_max, hello.office.value(),
                           hello.directory_version, &digest, hello.store_epoch,
                           static_cast<std::uint8_t>(hello.channel_class), hello.credit_bytes,
                           hello.reply_wanted, hello.known_epoch, hello.boot, hello.instance,
                           hello.last_batch, hello.known_boot, hello.known_instance,
                           hello.known_batch, hello.known_sealed, hello.behind)
              .Union()};
}

Body write(FlatBufferBuilder& builder, const EnvelopeBatch& batch) {
  std::vector<Offset<fbs::Envelope>> envelopes;
  envelopes.reserve(batch.envelopes.size());
  for (const Envelope& envelope : batch.envelopes) {
    const auto header = builder.CreateVector(envelope.header);
    const auto slots = builder.CreateVector(envelope.slots);
    const auto sealed = builder.CreateVector(envelope.sealed);
    const auto proof = builder.CreateVector(envelope.proof);
    flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> voucher;
    if (!envelope.voucher.empty()) voucher = builder.CreateVector(envelope.voucher);
    envelopes.push_back(
        fbs::CreateEnvelope(builder, header, slots, sealed, proof, envelope.hops, voucher));
  }
  const auto column = builder.CreateVector(envelopes);
  return {fbs::FrameBody::EnvelopeBatch,
          fbs::CreateEnvelopeBatch(builder, batch.number, batch.settled_below, column).Union()};
}

Body write(FlatBufferBuilder& builder, const Ack& ack) {
  std::vector<std::uint8_t> outcomes;
  outcomes.reserve(ack.outcomes.size());
  for (const AckOutcome outcome : ack.outcomes)
    outcomes.push_back(static_cast<std::uint8_t>(outcome));
  const auto column = builder.CreateVector(outcomes);
  const auto signature = fixed<fbs::Bytes64>(ack.signature);
  return {fbs::FrameBody::Ack,
          fbs::CreateAck(builder, ack.number, ack.sender_epoch, ack.key.number, ack.time.ms,
                         static_cast<std::uint8_t>(ack.channel_class), column, &signature,
                         ack.retry_after_ms)
              .Union()};
}

Body write(FlatBufferBuilder& builder, const Records& records) {
  std::vector<Offset<fbs::SignedRecord>> rows;
  rows.reserve(records.records.size());
  for (const SignedRecord& record : records.records) {
    const auto body = builder.CreateVector(record.body);
    const auto signature = fixed<fbs::Bytes64>(record.signature);
    rows.push_back(fbs::CreateSignedRecord(builder, body, &signature, record.hops));
  }
  const auto column = builder.CreateVector(rows);
  return {fbs::FrameBody::Records, fbs::CreateRecords(builder, records.number, column).Union()};
}

Body write(FlatBufferBuilder& builder, const RecordsAck& ack) {
  return {fbs::FrameBody::RecordsAck, fbs::CreateRecordsAck(builder, ack.number).Union()};
}

Body write(FlatBufferBuilder& builder, const Credit& credit) {
  return {fbs::FrameBody::Credit, fbs::CreateCredit(builder, credit.bytes).Union()};
}

Body write(FlatBufferBuilder& builder, const Refusal& refusal) {
  const auto limit = builder.CreateString(refusal.limit);
  return {fbs::FrameBody::Refusal,
          fbs::CreateRefusal(builder, refusal.number, limit, refusal.retry_after_ms).Union()};
}

Body write(FlatBufferBuilder& builder, const Ping& ping) {
  return {fbs::FrameBody::Ping, fbs::CreatePing(builder, ping.nonce, ping.wall.ms).Union()};
}

Body write(FlatBufferBuilder& builder, const Pong& pong) {
  return {
      fbs::FrameBody::Pong,
      fbs::CreatePong(builder, pong.nonce, pong.asked.ms, pong.wall.ms, pong.wall_trusted).Union()};
}

Body write(FlatBufferBuilder& builder, const ChunksWanted& wanted) {
  const auto id = fixed<fbs::Bytes16>(wanted.id.bytes);
  return {fbs::FrameBody::ChunksWanted,
          fbs::CreateChunksWanted(builder, wanted.origin.value(), &id, wanted.first, wanted.count)
              .Union()};
}

Body write(FlatBufferBuilder& builder, const Chunk& chunk) {
  const auto bytes = builder.CreateVector(chunk.bytes);
  const auto id = fixed<fbs::Bytes16>(chunk.id.bytes);
  return {fbs::FrameBody::Chunk,
          fbs::CreateChunk(builder, chunk.origin.value(), &id, chunk.index, bytes).Union()};
}

Body write(FlatBufferBuilder& builder, const DirectoryNews& news) {
  const auto snapshot = fixed<fbs::Bytes32>(news.snapshot);
  const auto denials = fixed<fbs::Bytes32>(news.denials);
  const auto timestamp = builder.CreateVector(news.timestamp);
  return {fbs::FrameBody::DirectoryNews,
          fbs::CreateDirectoryNews(builder, news.root_version, news.snapshot_version, &snapshot,
                                   &denials, timestamp)
              .Union()};
}

Body write(FlatBufferBuilder& builder, const DirectoryWanted& wanted) {
  const auto snapshot = fixed<fbs::Bytes32>(wanted.snapshot);
  const auto denials = fixed<fbs::Bytes32>(wanted.denials);
  return {
      fbs::FrameBody::DirectoryWanted,
      fbs::CreateDirectoryWanted(builder, wanted.root_version, &snapshot, &denials, wanted.offset)
          .Union()};
}

Body write(FlatBufferBuilder& builder, const DirectoryPart& part) {
  const auto whole = fixed<fbs::Bytes32>(part.bundle);
  const auto bytes = builder.CreateVector(part.bytes);
  return {fbs::FrameBody::DirectoryPart,
          fbs::CreateDirectoryPart(builder, &whole, part.total, part.offset, bytes).Union()};
}

// Room for the frame, so that a full batch is written without growing.
std::size_t estimate(const Frame& frame) {
  std::size_t bytes = 1024;
  if (const auto* batch = std::get_if<EnvelopeBatch>(&frame))
    for (const Envelope& envelope : batch->envelopes) bytes += envelope.size();
  if (const auto* records = std::get_if<Records>(&frame))
    for (const SignedRecord& record : records->records) bytes += record.size();
  if (const auto* chunk = std::get_if<Chunk>(&frame)) bytes += chunk->bytes.size();
  if (const auto* part = std::get_if<DirectoryPart>(&frame)) bytes += part->bytes.size();
  return bytes;
}

// ---- reading: one overload a member, the structure is sound already ----

Result<Frame> read(const fbs::Hello& from) {
  const auto office = OfficeId::from_value(from.office());
  const auto channel = from_number<ChannelClass>(from.channel_class());
  if (!office || !channel) return corrupt("hello: office or channel class unknown");
  if (from.version_min() == 0 || from.version_min() > from.version_max())
    return corrupt("hello: versions contradict each other");
  if (from.route_digest() == nullptr) return corrupt("hello: no route digest");
  return Hello{.version_min = from.version_min(),
               .version_max = from.version_max(),
               .office = *office,
               .directory_version = from.directory_version(),
               .route_digest = array_of<Hash>(*from.route_digest()),
               .store_epoch = from.store_epoch(),
               .known_epoch = from.known_epoch(),
               .channel_class = *channel,
               .credit_bytes = from.credit_bytes(),
               .reply_wanted = from.reply_wanted(),
               .boot = from.boot(),
               .instance = from.instance(),
               .last_batch = from.last_batch(),
               .known_boot = from.known_boot(),
               .known_instance = from.known_instance(),
               .known_batch = from.known_batch(),
               .known_sealed = from.known_sealed(),
               .behind = from.behind()};
}

Result<Frame> read(const fbs::EnvelopeBatch& from) {
  const std::size_t count = length(from.envelopes());
  if (count < 1 || count > kBatchEnvelopesMax) return corrupt("batch: number of envelopes");
  // Parts of a hostile frame may lie on top of each other: what they sum up to is checked before
  // anything is copied.
  std::size_t total = 0;
  for (const fbs::Envelope* envelope : *from.envelopes()) {
    if (length(envelope->voucher()) > kVoucherBytesMax) return corrupt("batch: a long voucher");
    total += length(envelope->header()) + length(envelope->slots()) + length(envelope->sealed()) +
             length(envelope->proof()) + length(envelope->voucher()) + kEnvelopeFramingBytes;
  }
  if (total > kBatchBytesMax) return corrupt("batch: too many bytes");
  EnvelopeBatch batch{from.number(), from.settled_below(), {}};
  batch.envelopes.reserve(count);
  for (const fbs::Envelope* envelope : *from.envelopes())
    batch.envelopes.push_back({to_bytes(view(envelope->header())),
                               to_bytes(view(envelope->slots())),
                               to_bytes(view(envelope->sealed())),
                               to_bytes(view(envelope->proof())),
                               envelope->hops(),
                               {},
                               to_bytes(view(envelope->voucher()))});
  return batch;
}

Result<Frame> read(const fbs::Ack& from) {
  const auto channel = from_number<ChannelClass>(from.channel_class());
  if (!channel || from.key() == 0 || from.signature() == nullptr)
    return corrupt("ack: channel class, key or signature missing");
  const WallTime time{from.time()};
  if (!time.is_set() || !in_range(time)) return corrupt("ack: time out of range");
  const std::size_t count = length(from.outcomes());
  if (count < 1 || count > kBatchEnvelopesMax) return corrupt("ack: number of outcomes");
  Ack ack{from.number(),
          from.sender_epoch(),
          {from.key()},
          time,
          *channel,
          {},
          array_of<Signature>(*from.signature()),
          from.retry_after_ms()};
  ack.outcomes.reserve(count);
  for (const std::uint8_t outcome : view(from.outcomes())) {
    if (outcome < 1 || outcome > static_cast<std::uint8_t>(AckOutcome::kConflict))
      return corrupt("ack: outcome unknown");
    ack.outcomes.push_back(static_cast<AckOutcome>(outcome));
  }
  return ack;
}

Result<Frame> read(const fbs::Records& from) {
  const std::size_t count = length(from.records());
  if (count < 1 || count > kRecordsFrameMax) return corrupt("records: number of records");
  std::size_t total = 0;
  for (const fbs::SignedRecord* record : *from.records()) {
    if (record->signature() == nullptr) return corrupt("records: a record without signature");
    total += length(record->body());
  }
  if (total > kBatchBytesMax) return corrupt("records: too many bytes");
  Records records{from.number(), {}};
  records.records.reserve(count);
  for (const fbs::SignedRecord* record : *from.records())
    records.records.push_back({to_bytes(view(record->body())),
                               array_of<Signature>(*record->signature()), record->hops()});
  return records;
}

Result<Frame> read(const fbs::RecordsAck& from) {
  return RecordsAck{from.number()};
}
Result<Frame> read(const fbs::Credit& from) {
  return Credit{from.bytes()};
}

Result<Frame> read(const fbs::Refusal& from) {
  const std::string_view limit = text_view(from.limit());
  if (!is_token(limit)) return corrupt("refusal: limit is no token");
  return Refusal{from.number(), std::string(limit), from.retry_after_ms()};
}

Result<Frame> read(const fbs::Ping& from) {
  const WallTime wall{from.wall()};
  if (!in_range(wall)) return corrupt("ping: time out of range");
  return Ping{from.nonce(), wall};
}
Result<Frame> read(const fbs::Pong& from) {
  const WallTime asked{from.asked()}, wall{from.wall()};
  if (!in_range(asked) || !in_range(wall)) return corrupt("pong: time out of range");
  return Pong{from.nonce(), asked, wall, from.wall_trusted()};
}

// Which envelope a frame about chunks means; false: none.
template <class From, class To>
bool take_name(const From& from, To& to) {
  const auto origin = OfficeId::from_value(from.origin());
  if (!origin || from.envelope() == nullptr) return false;
  to.origin = *origin;
  to.id.bytes = array_of<decltype(to.id.bytes)>(*from.envelope());
  return to.id.is_set();
}

Result<Frame> read(const fbs::ChunksWanted& from) {
  ChunksWanted wanted;
  wanted.first = from.first();
  wanted.count = from.count();
  if (!take_name(from, wanted) || wanted.count == 0 ||
      std::size_t{wanted.first} + wanted.count > kChunksMax)
    return corrupt("chunks_wanted: envelope or range unknown");
  return wanted;
}

Result<Frame> read(const fbs::Chunk& from) {
  Chunk chunk;
  chunk.index = from.index();
  if (!take_name(from, chunk) || chunk.index >= kChunksMax ||
      length(from.bytes()) > kSealedChunkBytesMax)
    return corrupt("chunk: envelope, index or size unknown");
  chunk.bytes = to_bytes(view(from.bytes()));
  return chunk;
}

Result<Frame> read(const fbs::DirectoryNews& from) {
  if (from.snapshot_hash() == nullptr || from.denials_hash() == nullptr ||
      length(from.timestamp()) > kRoleBytesMax)
    return corrupt("directory news: malformed");
  return DirectoryNews{from.root_version(), from.snapshot_version(),
                       array_of<Hash>(*from.snapshot_hash()), array_of<Hash>(*from.denials_hash()),
                       to_bytes(view(from.timestamp()))};
}

Result<Frame> read(const fbs::DirectoryWanted& from) {
  if (from.snapshot_hash() == nullptr || from.denials_hash() == nullptr)
    return corrupt("directory wanted: malformed");
  return DirectoryWanted{from.root_version(), array_of<Hash>(*from.snapshot_hash()),
                         array_of<Hash>(*from.denials_hash()), from.offset()};
}

Result<Frame> read(const fbs::DirectoryPart& from) {
  const std::size_t bytes = length(from.bytes());
  if (from.bundle_hash() == nullptr || bytes < 1 || bytes > kDirectoryPartBytes ||
      from.total() > kBundleBytesMax || from.offset() > from.total() ||
      bytes > from.total() - from.offset())
    return corrupt("directory part: its size contradicts itself");
  return DirectoryPart{array_of<Hash>(*from.bundle_hash()), from.total(), from.offset(),
                       to_bytes(view(from.bytes()))};
}

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};

}  // namespace

Bytes encode(const Frame& frame) {
  FlatBufferBuilder builder(estimate(frame));
  const Body body = std::visit([&](const auto& part) { return write(builder, part); }, frame);
  builder.Finish(fbs::CreateFrame(builder, body.type, body.offset), kFrameId);
  XJ_CHECK(builder.GetSize() <= kFrameBytesMax);
  return take_bytes(builder);
}

Result<Frame> decode_frame(ByteView bytes) {
  const AlignedView aligned(bytes);
  const auto* from = verified_root<Verifier, fbs::Frame>(aligned, kFrameId, kFrameBytesMax);
  if (from == nullptr || from->body() == nullptr) return corrupt("frame: broken structure");
  switch (from->body_type()) {
    case fbs::FrameBody::Hello:
      return read(*from->body_as_Hello());
    case fbs::FrameBody::EnvelopeBatch:
      return read(*from->body_as_EnvelopeBatch());
    case fbs::FrameBody::Ack:
      return read(*from->body_as_Ack());
    case fbs::FrameBody::Records:
      return read(*from->body_as_Records());
    case fbs::FrameBody::RecordsAck:
      return read(*from->body_as_RecordsAck());
    case fbs::FrameBody::Credit:
      return read(*from->body_as_Credit());
    case fbs::FrameBody::Refusal:
      return read(*from->body_as_Refusal());
    case fbs::FrameBody::Ping:
      return read(*from->body_as_Ping());
    case fbs::FrameBody::Pong:
      return read(*from->body_as_Pong());
    case fbs::FrameBody::ChunksWanted:
      return read(*from->body_as_ChunksWanted());
    case fbs::FrameBody::Chunk:
      return read(*from->body_as_Chunk());
    case fbs::FrameBody::DirectoryNews:
      return read(*from->body_as_DirectoryNews());
    case fbs::FrameBody::DirectoryWanted:
      return read(*from->body_as_DirectoryWanted());
    case fbs::FrameBody::DirectoryPart:
      return read(*from->body_as_DirectoryPart());
    case fbs::FrameBody::NONE:
      break;
  }
  return corrupt("frame: member unknown");
}

std::string_view frame_name(const Frame& frame) {
  return std::visit(Overloaded{
                        [](const Hello&) { return "hello"; },
                        [](const EnvelopeBatch&) { return "batch"; },
                        [](const Ack&) { return "ack"; },
                        [](const Records&) { return "records"; },
                        [](const RecordsAck&) { return "records_ack"; },
                        [](const Credit&) { return "credit"; },
                        [](const Refusal&) { return "refusal"; },
                        [](const Ping&) { return "ping"; },
                        [](const Pong&) { return "pong"; },
                        [](const ChunksWanted&) { return "chunks_wanted"; },
                        [](const Chunk&) { return "chunk"; },
                        [](const DirectoryNews&) { return "directory_news"; },
                        [](const DirectoryWanted&) { return "directory_wanted"; },
                        [](const DirectoryPart&) { return "directory_part"; },
                    },
                    frame);
}

}  // namespace schemas
}  // namespace xianjie
