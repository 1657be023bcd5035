// Repeats (DESIGN section 4): where a second coming ends, and where it travels on.
#include <gtest/gtest.h>

#include "crypto/merkle.h"
#include "crypto/seal.h"
#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;

struct Relay : testing::Test {
  OneBroker at{kProvince, kNow};
  Writer prison{kPrison};
  Envelope envelope = prison.write(kTownship, Kind::kAdHocReport, kNow);
  void SetUp() override { at.connect(kBureau); }
  // Given by the bureau, passed on to the prefecture, acknowledged by it.
  void pass_on() {
    at.connect(kPrefecture);
    const auto batches =
        frames_to<EnvelopeBatch>(at.give_effects(kBureau, {envelope}), kPrefecture);
    ASSERT_EQ(batches.size(), 1U);
    at.feed(kPrefecture, at.ack(kPrefecture, batches[0]));
  }
};

TEST_F(Relay, ARepeatInCustodyIsKnown) {
  at.give(kBureau, {envelope});
  const auto before = at.rows(Table::kQueue);
  EXPECT_EQ(at.give(kBureau, {envelope}).outcomes.at(0), AckOutcome::kKnown);
  EXPECT_EQ(at.rows(Table::kQueue), before);
  EXPECT_EQ(at.inbox().size(), 1U);
  const Ack twice = at.give(kBureau, {envelope, envelope});
  EXPECT_EQ(twice.outcomes, (std::vector{AckOutcome::kKnown, AckOutcome::kKnown}));
}

TEST_F(Relay, TheSameBatchGetsTheSameAcknowledgement) {
  const EnvelopeBatch batch = at.batch(kBureau, {envelope});
  const auto first = at.feed(kBureau, batch);
  at.advance(minutes(1));
  const auto second = at.feed(kBureau, batch);
  ASSERT_EQ(second.sends.size(), 1U);
  EXPECT_EQ(second.sends[0].frame, first.sends.at(0).frame);
  at.restart();
  at.connect(kBureau);
  EXPECT_EQ(at.feed(kBureau, batch).sends.at(0).frame, first.sends.at(0).frame);
  EXPECT_EQ(at.inbox().size(), 1U);
}

TEST_F(Relay, TheSameNumberWithOtherContentsIsTakenAnew) {
  EnvelopeBatch batch = at.batch(kBureau, {envelope});
  at.feed(kBureau, batch);
  batch.envelopes.push_back(prison.write(kTownship, Kind::kAdHocReport, kNow));
  const auto acks = frames_to<Ack>(at.feed(kBureau, batch), kBureau);
  ASSERT_EQ(acks.size(), 1U);
  EXPECT_EQ(acks[0].outcomes, (std::vector{AckOutcome::kKnown, AckOutcome::kTaken}));
}

TEST_F(Relay, ARepeatAfterPassingOnTravelsAgainButNotTooOften) {
  pass_on();
  EXPECT_EQ(at.give(kBureau, {envelope}).outcomes.at(0), AckOutcome::kDeferred);
  at.advance(minutes(9));
  EXPECT_EQ(at.give(kBureau, {envelope}).outcomes.at(0), AckOutcome::kDeferred);
  at.advance(minutes(2));
  const auto effects = at.give_effects(kBureau, {envelope});
  EXPECT_EQ(frames_to<Ack>(effects, kBureau).at(0).outcomes.at(0), AckOutcome::kTaken);
  EXPECT_EQ(envelopes_to(effects, kPrefecture).size(), 1U);
  EXPECT_EQ(at.inbox().size(), 1U) << "one path copy however often it passes";
  EXPECT_EQ(at.broker().room().used(Quota::kCopies), envelope.size());
}

TEST_F(Relay, ARepeatThatTravelledTooFarIsRefused) {
  pass_on();
  at.advance(minutes(11));
  envelope.hops = kHopsMax;
  EXPECT_EQ(at.give(kBureau, {envelope}).outcomes.at(0), AckOutcome::kRefused);
  EXPECT_EQ(at.state(key_of(envelope))->place, Place::kAway);
}

TEST_F(Relay, ARepeatReplacesBytesThatWentBad) {
  at.give(kBureau, {envelope});
  at.store.corrupt_row(Table::kEnvelopes, seen_key(key_of(envelope)));
  at.connect(kPrefecture);
  ASSERT_EQ(at.state(key_of(envelope))->place, Place::kCorrupt);
  const auto effects = at.give_effects(kBureau, {envelope});
  EXPECT_EQ(frames_to<Ack>(effects, kBureau).at(0).outcomes.at(0), AckOutcome::kTaken);
  const auto batches = frames_to<EnvelopeBatch>(effects, kPrefecture);
  ASSERT_EQ(batches.size(), 1U);
  at.feed(kPrefecture, at.ack(kPrefecture, batches[0]));
  EXPECT_EQ(at.broker().room().used(Quota::kDescending), 0U) << "its bytes counted once";
}

// The leaf does not cover the proof: an origin may sign the same leaf again in a larger tree.
Envelope with_longer_proof(Envelope envelope) {
  std::vector<Hash> leaves(512);
  leaves[0] = crypto::leaf_of(envelope);
  const crypto::MerkleTree<crypto::Blake2bTree> tree(leaves);
  BatchProof proof;
  proof.statement = {kPrison, {1}, 1000, 512, kNow, tree.root()};
  proof.signature = office_keys(kPrison).sign("", proof.statement.signed_bytes());
  proof.path = tree.path(0);
  envelope.proof = encode(proof);
  return envelope;
}

TEST_F(Relay, ARepeatIsCountedByTheBytesItCameWith) {
  pass_on();
  at.advance(minutes(11));
  const Envelope longer = with_longer_proof(envelope);
  ASSERT_GT(longer.size(), envelope.size());
  ASSERT_EQ(at.give(kBureau, {longer}).outcomes.at(0), AckOutcome::kTaken);
  EXPECT_EQ(at.state(key_of(envelope))->bytes, longer.size());
  EXPECT_EQ(at.broker().room().used(Quota::kDescending), longer.size());
  EXPECT_EQ(at.broker().room().used(Quota::kCopies), longer.size());
}

struct Destination : testing::Test {
  OneBroker at{kTownship, kNow};
  Writer prison{kPrison};
  Envelope envelope = prison.write(kTownship, Kind::kAdHocReport, kNow);
  void SetUp() override { at.connect(kCounty); }
};

TEST_F(Destination, DeliversOnceAndSendsTheReceipt) {
  const auto effects = at.give_effects(kCounty, {envelope});
  EXPECT_EQ(frames_to<Ack>(effects, kCounty).at(0).outcomes.at(0), AckOutcome::kTaken);
  ASSERT_EQ(effects.delivered.size(), 1U);
  EXPECT_EQ(effects.delivered[0].key, key_of(envelope));
  ASSERT_EQ(at.inbox().size(), 1U);
  EXPECT_FALSE(at.inbox()[0].copy);
  EXPECT_EQ(at.inbox()[0].kind, Kind::kAdHocReport);
  const auto records = records_to(effects, kCounty);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].target, kPrison);
  EXPECT_EQ(records[0].issuer, kTownship);
  ASSERT_EQ(records[0].receipts.size(), 1U);
  EXPECT_EQ(records[0].receipts[0].type, ReceiptType::kDelivered);
  EXPECT_EQ(records[0].receipts[0].id, key_of(envelope).id);
  EXPECT_EQ(records[0].receipts[0].leaf, at.state(key_of(envelope))->leaf);
}

TEST_F(Destination, ARepeatGetsTheReceiptAgainAndNoSecondEntry) {
  at.ack_records(kCounty, at.give_effects(kCounty, {envelope}));
  at.advance(days(1));
  const auto effects = at.give_effects(kCounty, {envelope});
  EXPECT_EQ(frames_to<Ack>(effects, kCounty).at(0).outcomes.at(0), AckOutcome::kKnown);
  EXPECT_TRUE(effects.delivered.empty());
  EXPECT_EQ(at.inbox().size(), 1U);
  const auto receipts = receipts_to(effects, kCounty);
  ASSERT_EQ(receipts.size(), 1U);
  EXPECT_EQ(receipts[0].time, kNow) << "when it was delivered, not when it was repeated";
}

TEST_F(Destination, ARepeatOfASettledOneIsAnsweredWithProcessed) {
  at.give(kCounty, {envelope});
  at.step({Settle{1, key_of(envelope), {}}});
  const auto receipts = receipts_to(at.give_effects(kCounty, {envelope}), kCounty);
  ASSERT_EQ(receipts.size(), 1U);
  EXPECT_EQ(receipts[0].type, ReceiptType::kProcessed);
  EXPECT_TRUE(at.inbox().at(0).settled);
}

TEST_F(Destination, AFullInboxDefers) {
  BrokerOptions options;
  options.store_bytes = envelope.size() * 10;  // 14 % of it, 90 % of that: one
  OneBroker small(kTownship, kNow, options);
  small.connect(kCounty);
  EXPECT_EQ(small.give(kCounty, {envelope}).outcomes.at(0), AckOutcome::kTaken);
  const Envelope second = prison.write(kTownship, Kind::kAdHocReport, kNow);
  EXPECT_EQ(small.give(kCounty, {second}).outcomes.at(0), AckOutcome::kDeferred);
  EXPECT_EQ(small.inbox().size(), 1U);
}

}  // namespace
}  // namespace xianjie::tests
