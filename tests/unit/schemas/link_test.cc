#include "schemas/link.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/samples.h"

namespace xianjie {
namespace {

template <class T>
T round_trip(const T& part) {
  auto read = decode_frame(encode(Frame{part}));
  EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().text);
  return read && std::holds_alternative<T>(*read) ? std::get<T>(*read) : T{};
}
template <class T>
bool accepted(const T& part) {
  return decode_frame(encode(Frame{part})).has_value();
}
template <class T>
T sample() {
  for (const Frame& frame : tests::sample_frames())
    if (const T* part = std::get_if<T>(&frame)) return *part;
  return {};
}

TEST(Frame, EveryFrameKeepsItsKindAndName) {
  std::vector<std::string_view> names;
  for (const Frame& frame : tests::sample_frames()) {
    const auto read = decode_frame(encode(frame));
    ASSERT_TRUE(read) << frame_name(frame) << read.error().text;
    EXPECT_EQ(read->index(), frame.index());
    names.push_back(frame_name(*read));
  }
  EXPECT_EQ(names, (std::vector<std::string_view>{"hello", "batch", "ack", "records", "records_ack",
                                                  "credit", "refusal", "ping", "pong",
                                                  "chunks_wanted", "chunk", "directory_news",
                                                  "directory_wanted", "directory_part"}));
}

TEST(Frame, Hello) {
  auto hello = sample<Hello>();
  hello.known_epoch = 99;
  hello.reply_wanted = false;
  const Hello read = round_trip(hello);
  EXPECT_EQ(read.office, hello.office);
  EXPECT_EQ(read.route_digest, hello.route_digest);
  EXPECT_EQ(read.store_epoch, hello.store_epoch);
  EXPECT_EQ(read.known_epoch, 99U);
  EXPECT_EQ(read.channel_class, ChannelClass::kVpn);
  EXPECT_EQ(read.credit_bytes, kLinkCreditBytes);
  EXPECT_FALSE(read.reply_wanted);
  EXPECT_EQ(read.boot, 7U);
  EXPECT_EQ(read.instance, 0x1112131415161718U);
  EXPECT_EQ(read.last_batch, 900U);
  EXPECT_EQ(read.known_boot, 3U);
  EXPECT_EQ(read.known_instance, 5U);
  EXPECT_EQ(read.known_batch, 41U);
  EXPECT_EQ(read.known_sealed, 42U);
  EXPECT_TRUE(read.behind);
  hello.version_min = 2;
  EXPECT_FALSE(accepted(hello));
  hello = sample<Hello>();
  hello.office = {};
  EXPECT_FALSE(accepted(hello));
  hello = sample<Hello>();
  hello.channel_class = static_cast<ChannelClass>(6);
  EXPECT_FALSE(accepted(hello));
}

TEST(Frame, BatchCarriesTheBytes) {
  const auto batch = sample<EnvelopeBatch>();
  const EnvelopeBatch read = round_trip(batch);
  EXPECT_EQ(read.number, 9U);
  EXPECT_EQ(read.settled_below, 4U);
  EXPECT_EQ(read.envelopes, batch.envelopes);
  EXPECT_FALSE(accepted(EnvelopeBatch{}));
}

TEST(Frame, AFullBatchFitsWhateverItsEnvelopesMeasure) {
  for (const std::size_t sealed : {std::size_t{272}, std::size_t{1296}, kSealedBytesMax}) {
    EnvelopeBatch batch;
    const Envelope envelope = tests::sample_envelope(1, sealed);
    std::size_t total = envelope.size();
    while (total <= kBatchBytesMax && batch.envelopes.size() < kBatchEnvelopesMax) {
      batch.envelopes.push_back(envelope);
      total += envelope.size();
    }
    EXPECT_LE(encode(Frame{batch}).size(), kFrameBytesMax);
    EXPECT_EQ(round_trip(batch).envelopes.size(), batch.envelopes.size());
  }
  EnvelopeBatch many;
  many.envelopes.resize(kBatchEnvelopesMax, Envelope{{1}, {2}, {3}, {4}, 0});
  EXPECT_TRUE(accepted(many));
  many.envelopes.emplace_back();
  EXPECT_FALSE(accepted(many));
}

TEST(Frame, AVoucherGoesBesideItsEnvelopeWithinBounds) {
  EnvelopeBatch batch;
  batch.envelopes.push_back(tests::sample_envelope(1, 272));
  batch.envelopes.push_back(batch.envelopes.front());
  batch.envelopes.back().voucher = Bytes(kVoucherBytesMax, 7);
  const auto read = round_trip(batch);
  EXPECT_EQ(read.envelopes, batch.envelopes);
  batch.envelopes.back().voucher.push_back(7);
  EXPECT_FALSE(accepted(batch));
}

// Offsets may be forged so that thousands of parts share one large vector: such a frame is small,
// and copying it would not be.
TEST(Frame, PartsLyingOnTopOfEachOtherAreRefused) {
  EnvelopeBatch batch;
  batch.envelopes.push_back({Bytes(kBatchBytesMax / 3, 2), {}, {}, {}, 0});
  batch.envelopes.resize(4, Envelope{Bytes(200, 1), {}, {}, {}, 0});
  Bytes frame = encode(Frame{batch});
  ASSERT_TRUE(decode_frame(frame));
  // Every vector of 200 bytes claims to be far longer, over the large one behind it.
  int changed = 0;
  const Bytes length = {200, 0, 0, 0, 1, 1};
  for (auto at = frame.begin(); at != frame.end(); ++at) {
    at = std::search(at, frame.end(), length.begin(), length.end());
    if (at == frame.end()) break;
    const auto left = static_cast<std::uint32_t>(frame.end() - at);
    const std::uint32_t claim = left - 64;
    for (int k = 0; k < 4; ++k) at[k] = static_cast<std::uint8_t>(claim >> (8 * k));
    ++changed;
  }
  ASSERT_EQ(changed, 3);
  const auto read = decode_frame(frame);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().text, "batch: too many bytes");
}

TEST(Frame, Ack) {
  auto ack = sample<Ack>();
  const Ack read = round_trip(ack);
  EXPECT_EQ(read.number, ack.number);
  EXPECT_EQ(read.sender_epoch, ack.sender_epoch);
  EXPECT_EQ(read.key, ack.key);
  EXPECT_EQ(read.time, ack.time);
  EXPECT_EQ(read.channel_class, ack.channel_class);
  EXPECT_EQ(read.outcomes, ack.outcomes);
  EXPECT_EQ(read.signature, ack.signature);
  EXPECT_EQ(read.retry_after_ms, ack.retry_after_ms);
  ack.outcomes[1] = static_cast<AckOutcome>(6);
  EXPECT_FALSE(accepted(ack));
  ack.outcomes.clear();
  EXPECT_FALSE(accepted(ack));
  ack.outcomes.assign(kBatchEnvelopesMax + 1, AckOutcome::kTaken);
  EXPECT_FALSE(accepted(ack));
}

TEST(Frame, RecordsAndTheSmallOnes) {
  const auto records = sample<Records>();
  EXPECT_EQ(round_trip(records).records, records.records);
  EXPECT_FALSE(accepted(Records{1, {}}));
  EXPECT_FALSE(accepted(Records{1, std::vector<SignedRecord>(kRecordsFrameMax + 1)}));
  EXPECT_EQ(round_trip(RecordsAck{7}).number, 7U);
  EXPECT_EQ(round_trip(Credit{5}).bytes, 5U);
  EXPECT_EQ(round_trip(Ping{6}).nonce, 6U);
  EXPECT_EQ(round_trip(Pong{8}).nonce, 8U);
  const Refusal refusal = round_trip(Refusal{3, "custody_room", 100});
  EXPECT_EQ(refusal.number, 3U);
  EXPECT_EQ(refusal.limit, "custody_room");
  EXPECT_EQ(refusal.retry_after_ms, 100U);
  EXPECT_FALSE(accepted(Refusal{3, "no token", 100}));
}

TEST(Frame, Chunks) {
  const auto wanted = sample<ChunksWanted>();
  EXPECT_EQ(round_trip(wanted).id, wanted.id);
  EXPECT_EQ(round_trip(wanted).first, wanted.first);
  EXPECT_EQ(round_trip(wanted).count, wanted.count);
  const auto broken = [&](auto change) {
    ChunksWanted bad = wanted;
    change(bad);
    return !accepted(bad);
  };
  EXPECT_TRUE(broken([](auto& w) { w.count = 0; }));
  EXPECT_TRUE(broken([](auto& w) { w.first = kChunksMax; }));
  EXPECT_TRUE(broken([](auto& w) { w.id = {}; }));
  EXPECT_TRUE(broken([](auto& w) { w.origin = {}; }));
  auto chunk = sample<Chunk>();
  EXPECT_EQ(round_trip(chunk).bytes, chunk.bytes);
  EXPECT_EQ(round_trip(chunk).index, chunk.index);
  chunk.bytes.assign(kSealedChunkBytesMax, 7);
  EXPECT_TRUE(accepted(chunk));
  chunk.bytes.push_back(7);
  EXPECT_FALSE(accepted(chunk));
  chunk.bytes.clear();
  EXPECT_TRUE(accepted(chunk)) << "it is not to be had";
  chunk.index = kChunksMax;
  EXPECT_FALSE(accepted(chunk));
}

TEST(Frame, OversizeOrEmptyIsRefusedBeforeItIsRead) {
  EXPECT_FALSE(decode_frame({}));
  EXPECT_FALSE(decode_frame(Bytes(kFrameBytesMax + 1)));
  EXPECT_FALSE(decode_frame(Bytes(100)));
}

}  // namespace
}  // namespace xianjie
