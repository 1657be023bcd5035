// The codecs of the sections: what was written is read, and nothing else is.
#include "node/evidence/sections.h"

#include <gtest/gtest.h>

#include "tests/support/evidence_sample.h"

namespace xianjie::tests {
namespace {

using namespace node::evidence;

template <class Decode>
void reads_only_what_was_written(const Bytes& bytes, Decode decode) {
  const auto read = decode(bytes);
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(encode(*read), bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode(ByteView(bytes).first(size))) << size << " of " << bytes.size();
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(decode(longer));
}

TEST(EvidenceSections, ReadOnlyWhatWasWritten) {
  EvidenceSample sample;
  sample.disclose();
  sample.add_audit();
  sample.pieces.contents[0].chunks = {{1, 2}, {}};
  const Pieces& pieces = sample.pieces;
  reads_only_what_was_written(encode(pieces.envelopes[0]), decode_envelope_proof);
  reads_only_what_was_written(encode(pieces.custodies[0]), decode_custody);
  reads_only_what_was_written(encode(pieces.contents[0]), decode_content);
  reads_only_what_was_written(encode(pieces.audits[0]), decode_audit);
  reads_only_what_was_written(encode(std::vector<AskedEntry>{{kCounty, true}}), decode_asked);
  reads_only_what_was_written(
      encode(std::vector<SubjectEntry>{{Relation::kCopy, {kPrison, sample.id}, sample.leaf}}),
      decode_subjects);
  sample.make_month();
  reads_only_what_was_written(encode(*pieces.ledger), decode_ledger);
  reads_only_what_was_written(encode(pieces.passages[0]), decode_passages);
}

// The bytes as sections.h gives them.
TEST(EvidenceSections, AreTheBytesOfTheirDocument) {
  Custody custody;
  custody.from = office("county:610802");
  custody.to = office("township:610802001");
  custody.ack.key = {1};
  custody.ack.sender_epoch = 5;
  custody.ack.number = 9;
  custody.ack.time = wall("2026-12-12T09:00:00+08:00");
  custody.ack.channel_class = ChannelClass::kVpn;
  custody.ack.outcomes = {AckOutcome::kTaken};
  custody.leaves = {Hash{}};
  const std::string hex = to_hex(encode(custody));
  EXPECT_EQ(hex.substr(0, 90),
            "04000000000951f2"
            "0500000024681951"
            "00000001"
            "0000000000000005"
            "0000000000000009"
            "800001a267c39280"
            "02");
  EXPECT_EQ(hex.size(), 2 * (8 + 8 + 4 + 8 + 8 + 8 + 1 + 64 + 2 + 33));
  EXPECT_EQ(encode(std::vector<AskedEntry>{{office("county:610802"), true}}),
            *from_hex("00000001"
                      "04000000000951f2"
                      "01"));
}

TEST(EvidenceSections, ManyStatementsStandOneAfterTheOther) {
  const EvidenceSample sample;
  Bytes all;
  for (const Custody& each : sample.pieces.custodies) {
    const Bytes one = encode(each);
    all.insert(all.end(), one.begin(), one.end());
  }
  const auto read = decode_custodies(all);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->size(), 5U);
  all.pop_back();
  EXPECT_FALSE(decode_custodies(all));
  EXPECT_TRUE(decode_custodies({})->empty());
}

TEST(EvidenceSections, CountsThatCannotBeAreRefused) {
  Bytes ledger = encode(LedgerSection{kPrison, kDecember, kNow, {}});
  ledger[20] = 0xff;
  EXPECT_FALSE(decode_ledger(ledger));
  Bytes asked = encode(std::vector<AskedEntry>{});
  asked[0] = 0xff;
  EXPECT_FALSE(decode_asked(asked));
  EXPECT_FALSE(decode_ledger(encode(LedgerSection{kPrison, {202613}, kNow, {}})));
}

}  // namespace
}  // namespace xianjie::tests
