#include "schemas/envelope.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/support/samples.h"

namespace xianjie {
namespace {

using tests::envelope_id;
using tests::office;
using tests::sample_header;

TEST(Header, ReadsWhatWasWritten) {
  Header header = sample_header();
  EXPECT_EQ(decode_header(encode(header)), header);
  header.in_reply_to = envelope_id(1);
  header.copy_of = envelope_id(2);
  header.continues = envelope_id(3);
  header.replaces = envelope_id(4);
  header.refers_to = envelope_id(5);
  header.sealed_bytes = kLargeSealedBytesMax;
  header.period = {};
  header.not_before = {};
  header.due = {};
  header.lane = Lane::kUrgent;
  EXPECT_EQ(decode_header(encode(header)), header);
}

TEST(Header, ReadsFromAnyAlignment) {
  const Header header = sample_header();
  const Bytes bytes = encode(header);
  for (std::size_t shift = 1; shift < 8; ++shift) {
    Bytes room(shift, 0xee);
    room.insert(room.end(), bytes.begin(), bytes.end());
    EXPECT_EQ(decode_header(ByteView(room).subspan(shift)), header) << shift;
  }
}

struct HeaderChange {
  const char* what;
  std::function<void(Header&)> apply;
};

TEST(Header, RefusesWhatNoOriginWouldWrite) {
  const std::vector<HeaderChange> changes{
      {"version", [](Header& h) { h.version = 2; }},
      {"suite", [](Header& h) { h.suite = 0; }},
      {"no id", [](Header& h) { h.id = {}; }},
      {"no origin", [](Header& h) { h.origin = {}; }},
      {"no origin key", [](Header& h) { h.origin_key = {}; }},
      {"no destination", [](Header& h) { h.destination = {}; }},
      {"no readers", [](Header& h) { h.readers.clear(); }},
      {"a reader twice",
       [](Header& h) {
         h.readers[2] = {h.readers[1].office, {9}};
       }},
      {"a reader without key", [](Header& h) { h.readers[2].key = {}; }},
      {"the origin no reader", [](Header& h) { h.readers.erase(h.readers.begin()); }},
      {"no kind", [](Header& h) { h.kind = Kind::kNone; }},
      {"a receipt", [](Header& h) { h.kind = Kind::kReceipt; }},
      {"unknown kind", [](Header& h) { h.kind = static_cast<Kind>(99); }},
      {"unknown class", [](Header& h) { h.klass = static_cast<Class>(0); }},
      {"unknown lane", [](Header& h) { h.lane = static_cast<Lane>(3); }},
      {"month 13", [](Header& h) { h.period = {202613}; }},
      {"year 1999", [](Header& h) { h.period = {199912}; }},
      {"not created", [](Header& h) { h.created = {}; }},
      {"no end", [](Header& h) { h.not_after = {}; }},
      {"ends at once", [](Header& h) { h.not_after = h.created; }},
      {"begins at its end", [](Header& h) { h.not_before = h.not_after; }},
      {"due before 1970", [](Header& h) { h.due = {-1}; }},
      {"far future", [](Header& h) { h.not_after = {kWallTimeMsMax + 1}; }},
      {"replaces itself", [](Header& h) { h.replaces = h.id; }},
      {"refers to itself", [](Header& h) { h.refers_to = h.id; }},
      {"chunks of a small payload", [](Header& h) { h.sealed_bytes = kPayloadBytesMax; }},
      {"too many chunks", [](Header& h) { h.sealed_bytes = kLargeSealedBytesMax + 1; }},
  };
  for (const HeaderChange& change : changes) {
    Header header = sample_header();
    change.apply(header);
    EXPECT_FALSE(decode_header(encode(header))) << change.what;
  }
}

TEST(Header, SixteenReadersAreTheLimit) {
  Header header = sample_header();
  header.readers = {{header.origin, {1}}};
  for (std::uint16_t n = 10; n < 25; ++n)
    header.readers.push_back({*OfficeId::make(OfficeType::kPrison, 610000, n), {1}});
  EXPECT_TRUE(decode_header(encode(header)));
  EXPECT_LE(encode(header).size(), kHeaderBytesMax);
  header.readers.push_back({office("county:610802"), {1}});
  EXPECT_FALSE(decode_header(encode(header)));
}

TEST(Slots, ReadWhatWasWritten) {
  Slots slots;
  slots.ephemeral.fill(9);
  slots.wraps.resize(3);
  slots.wraps[1].fill(7);
  const auto read = decode_slots(encode(slots));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->ephemeral, slots.ephemeral);
  EXPECT_EQ(read->wraps, slots.wraps);
  slots.wraps.clear();
  EXPECT_FALSE(decode_slots(encode(slots)));
  slots.wraps.resize(kReadersMax + 1);
  EXPECT_FALSE(decode_slots(encode(slots)));
}

TEST(Proof, ReadsWhatWasWritten) {
  BatchProof proof;
  proof.statement = {office("prison:610000-03"), {2}, 7, 1024, WallTime{1'796'864'400'000}, {}};
  proof.statement.root.fill(1);
  proof.signature.fill(2);
  proof.index = 1023;
  proof.path.resize(10);
  proof.path[9].fill(3);
  const auto read = decode_proof(encode(proof));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->statement, proof.statement);
  EXPECT_EQ(read->signature, proof.signature);
  EXPECT_EQ(read->index, proof.index);
  EXPECT_EQ(read->path, proof.path);
}

TEST(Proof, RefusesPlacesOutsideABatch) {
  const auto make = [](std::uint32_t count, std::uint32_t index, std::size_t path) {
    BatchProof proof;
    proof.statement = {office("prison:610000-03"), {2}, 7, count, WallTime{1}, {}};
    proof.index = index;
    proof.path.resize(path);
    return decode_proof(encode(proof)).has_value();
  };
  EXPECT_TRUE(make(1, 0, 0));
  EXPECT_FALSE(make(0, 0, 0));
  EXPECT_FALSE(make(1, 1, 0));
  EXPECT_FALSE(make(1025, 0, 10));
  EXPECT_FALSE(make(1024, 0, 11));
}

TEST(Proof, SignedBytesAreFixed) {
  BatchStatement statement{office("prison:610000-03"), {2}, 7, 5, WallTime{1'796'864'400'000}, {}};
  statement.root.fill(0xcc);
  EXPECT_EQ(to_hex(statement.signed_bytes()),
            "584a312f6261746368"  // XJ1/batch
            "0700030000094ed0"    // prison, ordinal 3, 610000
            "00000002"            // key
            "0000000000000007"    // number
            "00000005"            // count
            "800001a25d76da80"    // time
            "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc");
}

TEST(Envelope, OneKindOfPartIsNotAnother) {
  const Envelope envelope = tests::sample_envelope();
  EXPECT_FALSE(decode_header(envelope.slots));
  EXPECT_FALSE(decode_slots(envelope.proof));
  EXPECT_FALSE(decode_proof(envelope.header));
}

}  // namespace
}  // namespace xianjie
