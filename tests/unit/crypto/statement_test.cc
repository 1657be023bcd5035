#include "crypto/statement.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "tests/support/samples.h"
#include "tests/support/seeded_random.h"

namespace xianjie::crypto {
namespace {

using tests::office;

OfficeKeys keys_of(std::string_view name) {
  tests::SeededRandom random(2);
  return OfficeKeys::generate(office(name), {4}, random);
}

struct AckCase {
  OfficeKeys keys = keys_of("county:610802");
  OfficeId from = office("prefecture:610800"), to = office("county:610802");
  std::vector<Hash> leaves{{1}, {2}, {3}};
  Ack ack;
  AckCase() {
    ack.number = 9;
    ack.sender_epoch = 5;
    ack.time = tests::wall("2026-12-12T09:00:00+08:00");
    ack.channel_class = ChannelClass::kVpn;
    ack.outcomes = {AckOutcome::kTaken, AckOutcome::kKnown, AckOutcome::kDeferred};
    sign_ack(ack, from, leaves, keys);
  }
  [[nodiscard]] bool holds() const {
    return verify_ack(ack, from, to, leaves, keys.signing_public());
  }
};

TEST(AckStatement, HoldsForWhatWasSigned) {
  const AckCase good;
  EXPECT_TRUE(good.holds());
  EXPECT_EQ(good.ack.key, KeyId{4});
}

TEST(AckStatement, SignedBytesAreFixed) {
  const AckCase good;
  const Bytes message = Encoder()
                            .text("XJ1/ack")
                            .u64(0x03000000000951f0)  // prefecture:610800
                            .u64(0x04000000000951f2)  // county:610802
                            .u32(4)
                            .u64(5)
                            .u64(9)
                            .i64(good.ack.time.ms)
                            .u8(2)
                            .raw(hash(Bytes{1, 2, 3}))
                            .raw(hash({good.leaves[0], good.leaves[1], good.leaves[2]}))
                            .bytes();
  EXPECT_TRUE(verify(good.keys.signing_public(), "", message, good.ack.signature));
}

TEST(AckStatement, EveryFieldIsBound) {
  const auto broken = [](auto change) {
    AckCase one;
    change(one);
    return !one.holds();
  };
  EXPECT_TRUE(broken([](AckCase& c) { c.ack.number++; }));
  EXPECT_TRUE(broken([](AckCase& c) { c.ack.sender_epoch++; }));
  EXPECT_TRUE(broken([](AckCase& c) { c.ack.key.number++; }));
  EXPECT_TRUE(broken([](AckCase& c) { c.ack.time.ms++; }));
  EXPECT_TRUE(broken([](AckCase& c) { c.ack.channel_class = ChannelClass::kDedicated; }));
  EXPECT_TRUE(broken([](AckCase& c) { c.ack.outcomes[2] = AckOutcome::kTaken; }));
  EXPECT_TRUE(broken([](AckCase& c) { c.ack.outcomes.pop_back(); }));
  EXPECT_TRUE(broken([](AckCase& c) { c.leaves[1][0] ^= 1; }));
  EXPECT_TRUE(broken([](AckCase& c) { c.leaves.pop_back(); }));
  EXPECT_TRUE(broken([](AckCase& c) { std::swap(c.leaves[0], c.leaves[1]); }));
  EXPECT_TRUE(broken([](AckCase& c) { std::swap(c.from, c.to); }));
  EXPECT_TRUE(broken([](AckCase& c) { c.ack.signature[10] ^= 1; }));
}

TEST(RecordStatement, IssuerAndKeyAreTheSigners) {
  const OfficeKeys keys = keys_of("township:610802001");
  Record record = tests::sample_receipts();
  record.issuer = office("county:610802");
  record.key = {9};
  SignedRecord signed_record = sign_record(record, keys);
  EXPECT_TRUE(verify_record(signed_record, keys.signing_public()));
  const auto read = decode_record_body(signed_record.body);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->issuer, keys.office());
  EXPECT_EQ(read->key, keys.id());
  EXPECT_EQ(read->receipts, record.receipts);
  signed_record.hops = 5;  // unsigned
  EXPECT_TRUE(verify_record(signed_record, keys.signing_public()));
  for (std::size_t at = 0; at < signed_record.body.size(); ++at) {
    signed_record.body[at] ^= 0x40;
    EXPECT_FALSE(verify_record(signed_record, keys.signing_public())) << at;
    signed_record.body[at] ^= 0x40;
  }
  EXPECT_FALSE(verify_record(signed_record, keys.link_public()));
}

TEST(DirectoryStatement, NeedsDistinctHolders) {
  tests::SeededRandom random(3);
  const SigningPair one = SigningPair::generate(random);
  const SigningPair two = SigningPair::generate(random);
  const SigningPair stranger = SigningPair::generate(random);
  const std::vector<PublicKey> holders{one.public_key, two.public_key};
  SignedDirectory directory{encode_directory_body(tests::sample_directory()), {}};
  EXPECT_FALSE(verify_directory(directory, holders, 1));
  directory.signatures = {sign_directory(directory.body, one)};
  EXPECT_TRUE(verify_directory(directory, holders, 1));
  EXPECT_FALSE(verify_directory(directory, holders, 2));
  directory.signatures.push_back(directory.signatures[0]);
  EXPECT_FALSE(verify_directory(directory, holders, 2));  // the same twice
  directory.signatures.push_back(sign_directory(directory.body, stranger));
  EXPECT_FALSE(verify_directory(directory, holders, 2));
  directory.signatures.push_back(sign_directory(directory.body, two));
  EXPECT_TRUE(verify_directory(directory, holders, 2));
  EXPECT_FALSE(verify_directory(directory, holders, 0));
  directory.body[100] ^= 1;
  EXPECT_FALSE(verify_directory(directory, holders, 1));
}

}  // namespace
}  // namespace xianjie::crypto
