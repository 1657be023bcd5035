// Leaving: batches, lanes, credit, resends, and the acknowledgement that alone lets go.
#include <gtest/gtest.h>

#include "crypto/seal.h"
#include "crypto/statement.h"
#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;

struct Sending : testing::Test {
  OneBroker at{kProvince, kNow};
  Writer prison{kPrison};
  void SetUp() override { at.connect(kBureau); }
  std::vector<Envelope> many(std::size_t count, Kind kind = Kind::kExchangeTest,
                             std::string_view payload = "made-up") {
    std::vector<Header> headers;
    for (std::size_t i = 0; i < count; ++i) headers.push_back(prison.header(kTownship, kind, kNow));
    return prison.seal_all(headers, payload);
  }
  Envelope one() { return many(1).front(); }
  EnvelopeBatch sent(const Effects& effects) {
    auto batches = frames_to<EnvelopeBatch>(effects, kPrefecture);
    if (batches.size() != 1)
      throw std::runtime_error("not one batch: " + std::to_string(batches.size()));
    return batches.front();
  }
};

TEST_F(Sending, ABatchHasAtMost1024Envelopes) {
  for (int i = 0; i < 3; ++i) at.give(kBureau, many(500));
  const auto batches = frames_to<EnvelopeBatch>(at.connect(kPrefecture), kPrefecture);
  std::size_t total = 0;
  for (const EnvelopeBatch& batch : batches) {
    EXPECT_LE(batch.envelopes.size(), kBatchEnvelopesMax);
    total += batch.envelopes.size();
  }
  EXPECT_EQ(total, 1500U);
  EXPECT_EQ(batches.size(), 2U);
}

TEST_F(Sending, ABatchHasAtMostOneMebibyte) {
  const std::string big(200 * 1024, 'x');
  for (int i = 0; i < 6; ++i) at.give(kBureau, many(1, Kind::kExchangeTest, big));
  const auto effects = at.connect(kPrefecture);
  const auto batches = frames_to<EnvelopeBatch>(effects, kPrefecture);
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_EQ(batches[0].envelopes.size(), 5U);
  for (const Send& send : effects.sends) EXPECT_LE(send.frame.size(), kFrameBytesMax);
}

TEST_F(Sending, TheUrgentLaneGoesFirst) {
  const Envelope slow = one();
  const Envelope fast = prison.write(kTownship, Kind::kAdHocReport, kNow);
  at.give(kBureau, {slow, fast});
  const EnvelopeBatch batch = sent(at.connect(kPrefecture));
  ASSERT_EQ(batch.envelopes.size(), 2U);
  EXPECT_EQ(key_of(batch.envelopes[0]), key_of(fast));
  EXPECT_EQ(key_of(batch.envelopes[1]), key_of(slow));
}

TEST_F(Sending, TheWindowBoundsWhatIsOnTheWire) {
  const std::string big(200 * 1024, 'x');
  for (int i = 0; i < 12; ++i) at.give(kBureau, many(1, Kind::kExchangeTest, big));
  at.step({LinkUp{kPrefecture, ChannelClass::kVpn}});
  Hello hello = at.hello_from(kPrefecture);
  hello.credit_bytes = 1;  // the least a window can be is one frame
  auto batches = frames_to<EnvelopeBatch>(at.feed(kPrefecture, hello), kPrefecture);
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_TRUE(at.step().sends.empty());
  EXPECT_EQ(envelopes_to(at.feed(kPrefecture, at.ack(kPrefecture, batches[0])), kPrefecture).size(),
            5U);
  EXPECT_EQ(envelopes_to(at.feed(kPrefecture, Credit{kLinkCreditBytes}), kPrefecture).size(), 2U);
}

TEST_F(Sending, AResendKeepsItsNumberAndItsBytes) {
  at.give(kBureau, {one()});
  const EnvelopeBatch first = sent(at.connect(kPrefecture));
  at.advance(seconds(29));
  EXPECT_TRUE(at.step().sends.empty());
  ASSERT_TRUE(at.broker().next_wakeup());
  EXPECT_EQ(*at.broker().next_wakeup(), at.now.instant + seconds(1));
  at.advance(seconds(1));
  const EnvelopeBatch second = sent(at.step());
  EXPECT_EQ(second.number, first.number);
  EXPECT_EQ(second.envelopes, first.envelopes);
  at.restart();
  at.now.instant = {5};
  const EnvelopeBatch third = sent(at.connect(kPrefecture));
  EXPECT_EQ(third.number, first.number);
  EXPECT_EQ(third.envelopes, first.envelopes);
}

TEST_F(Sending, ABatchThatIsNeverAnsweredIsDividedSoThatOneBadEnvelopeBlocksNobody) {
  at.give(kBureau, many(8));
  const EnvelopeBatch first = sent(at.connect(kPrefecture));
  for (int tries = 1; tries < kPoisonAfter; ++tries) {
    at.advance(seconds(30 * tries));
    EXPECT_EQ(sent(at.step()).envelopes.size(), 8U) << "try " << tries + 1;
  }
  at.advance(seconds(30 * kPoisonAfter));
  const auto halves = frames_to<EnvelopeBatch>(at.step(), kPrefecture);
  ASSERT_EQ(halves.size(), 2U);
  EXPECT_EQ(halves[0].number, first.number);
  EXPECT_EQ(halves[0].envelopes.size(), 4U);
  EXPECT_NE(halves[1].number, first.number);
  EXPECT_EQ(halves[1].envelopes.size(), 4U);
  at.feed(kPrefecture, at.ack(kPrefecture, halves[1]));
  at.feed(kPrefecture, at.ack(kPrefecture, halves[0]));
  for (const Envelope& envelope : first.envelopes)
    EXPECT_EQ(at.state(key_of(envelope))->place, Place::kAway);
  EXPECT_EQ(at.broker().room().used(Quota::kDescending), 0U);
}

TEST_F(Sending, OnlyTheNextCustodiansSignatureLetsGo) {
  const Envelope envelope = one();
  at.give(kBureau, {envelope});
  const EnvelopeBatch batch = sent(at.connect(kPrefecture));
  const Ack good = at.ack(kPrefecture, batch);
  Ack forged = good;
  forged.signature[0] ^= 1U;
  Ack other_outcome = at.ack(kPrefecture, batch, {AckOutcome::kDeferred});
  other_outcome.outcomes = {AckOutcome::kTaken};
  Ack other_epoch = good;
  ++other_epoch.sender_epoch;
  Ack too_many = good;
  too_many.outcomes.push_back(AckOutcome::kTaken);
  Ack by_another = good;
  crypto::sign_ack(by_another, kProvince, std::vector{crypto::leaf_of(envelope)},
                   office_keys(kCounty));
  Ack other_leaf = good;
  crypto::sign_ack(other_leaf, kProvince, std::vector{Hash{}}, office_keys(kPrefecture));
  for (const Ack& bad : {forged, other_outcome, other_epoch, too_many, by_another, other_leaf}) {
    at.feed(kPrefecture, bad);
    EXPECT_EQ(at.state(key_of(envelope))->place, Place::kQueued);
  }
  EXPECT_NE(at.audit_text().find("ack_refused"), std::string::npos);
  EXPECT_EQ(at.rows(Table::kBatches).size(), 2U) << "one that came, one outstanding";
  at.feed(kPrefecture, good);
  EXPECT_EQ(at.state(key_of(envelope))->place, Place::kAway);
  EXPECT_EQ(at.rows(Table::kBatches).size(), 1U);
  const auto audits = at.rows(Table::kAudit).size();
  at.feed(kPrefecture, good);
  EXPECT_EQ(at.rows(Table::kAudit).size(), audits) << "a second acknowledgement changes nothing";
}

TEST_F(Sending, DeferredIsPutBackAndWaits) {
  const Envelope envelope = one();
  at.give(kBureau, {envelope});
  EnvelopeBatch batch = sent(at.connect(kPrefecture));
  Ack ack = at.ack(kPrefecture, batch, {AckOutcome::kDeferred});
  ack.retry_after_ms = 60'000;
  EXPECT_TRUE(at.feed(kPrefecture, ack).sends.empty());
  EXPECT_EQ(at.state(key_of(envelope))->attempts, 1);
  const auto wake = at.broker().next_wakeup();
  ASSERT_TRUE(wake);
  EXPECT_GE(*wake, at.now.instant + seconds(30));
  EXPECT_LE(*wake, at.now.instant + seconds(61));
  at.now.instant = *wake;
  const EnvelopeBatch again = sent(at.step());
  EXPECT_GT(again.number, batch.number);
  EXPECT_EQ(again.envelopes, batch.envelopes);
}

// A blocked link must not ask to be woken for what it will not do before its block ends.
TEST_F(Sending, ABlockedLinkSleepsUntilItsBlockEnds) {
  at.give(kBureau, {one()});
  const EnvelopeBatch first = sent(at.connect(kPrefecture));
  const EnvelopeBatch second = sent(at.give_effects(kBureau, {one()}));
  Ack ack = at.ack(kPrefecture, first, {AckOutcome::kDeferred});
  ack.retry_after_ms = 10 * 60'000;
  at.feed(kPrefecture, ack);
  at.advance(seconds(45));  // the second batch is over its time, the link still blocked
  EXPECT_TRUE(envelopes_to(at.step(), kPrefecture).empty());
  ASSERT_TRUE(at.broker().next_wakeup());
  EXPECT_GT(*at.broker().next_wakeup(), at.now.instant);
}

TEST_F(Sending, ARefusedBatchComesAgainAfterItsTime) {
  at.give(kBureau, {one()});
  const EnvelopeBatch batch = sent(at.connect(kPrefecture));
  EXPECT_TRUE(at.feed(kPrefecture, Refusal{batch.number, "custody_room", 20'000}).sends.empty());
  ASSERT_TRUE(at.broker().next_wakeup());
  EXPECT_GE(*at.broker().next_wakeup(), at.now.instant + seconds(10));
  at.now.instant = *at.broker().next_wakeup();
  EXPECT_EQ(sent(at.step()).number, batch.number);
}

TEST_F(Sending, WhatTheSenderHasSettledBecomesEvidence) {
  EnvelopeBatch batch = at.batch(kBureau, {one()});
  at.feed(kBureau, batch);
  EXPECT_EQ(at.rows(Table::kBatches).size(), 1U);
  EnvelopeBatch next = at.batch(kBureau, {one()});
  next.settled_below = next.number;
  const auto effects = at.feed(kBureau, next);
  EXPECT_TRUE(effects.audit_waiting);
  EXPECT_EQ(at.rows(Table::kBatches).size(), 1U) << "only the newest waits for a repeat";
  std::size_t evidence = 0;
  for (const auto& [key, value] : at.rows(Table::kAudit)) evidence += value.at(0) == 'B' ? 1U : 0U;
  EXPECT_EQ(evidence, 1U);
}

TEST_F(Sending, WhatTheSenderLostWithItsStoreBecomesEvidenceToo) {
  at.give(kBureau, {one()});
  Hello hello = at.hello_from(kBureau);
  ++hello.store_epoch;
  at.feed(kBureau, hello);
  at.give(kBureau, {one()});
  EXPECT_EQ(at.rows(Table::kBatches).size(), 1U) << "the row of the lost store is not kept";
}

TEST_F(Sending, SettledBelowIsTheOldestBatchStillOutstanding) {
  at.give(kBureau, {one()});
  const EnvelopeBatch first = sent(at.connect(kPrefecture));
  EXPECT_EQ(first.settled_below, first.number);
  const EnvelopeBatch second = sent(at.give_effects(kBureau, {one()}));
  EXPECT_EQ(second.settled_below, first.number);
  at.feed(kPrefecture, at.ack(kPrefecture, first));
  EXPECT_EQ(sent(at.give_effects(kBureau, {one()})).settled_below, second.number);
}

TEST_F(Sending, ABadRowIsQuarantinedAndTheOthersGo) {
  const std::vector<Envelope> envelopes = many(4);
  at.give(kBureau, envelopes);
  at.store.corrupt_row(Table::kEnvelopes, seen_key(key_of(envelopes[1])));
  at.store.corrupt_row(Table::kProofs, seen_key(key_of(envelopes[2])));
  const auto effects = at.connect(kPrefecture);
  EXPECT_EQ(envelopes_to(effects, kPrefecture).size(), 2U);
  EXPECT_EQ(at.state(key_of(envelopes[1]))->place, Place::kCorrupt);
  EXPECT_EQ(at.state(key_of(envelopes[2]))->place, Place::kCorrupt);
  EXPECT_EQ(effects.alarms.size(), 2U);
  EXPECT_TRUE(effects.alarms.at(0).starts_with("corrupt")) << effects.alarms.at(0);
}

TEST_F(Sending, ARowThatGoesBadOnTheWireIsLeftOutOfTheResend) {
  const std::vector<Envelope> envelopes = many(2);
  at.give(kBureau, envelopes);
  const EnvelopeBatch first = sent(at.connect(kPrefecture));
  at.store.corrupt_row(Table::kEnvelopes, seen_key(key_of(envelopes[0])));
  at.disconnect(kPrefecture);
  const EnvelopeBatch second = sent(at.connect(kPrefecture));
  EXPECT_EQ(second.number, first.number);
  ASSERT_EQ(second.envelopes.size(), 1U);
  at.feed(kPrefecture, at.ack(kPrefecture, second));
  EXPECT_EQ(at.state(key_of(envelopes[1]))->place, Place::kAway);
  EXPECT_EQ(at.state(key_of(envelopes[0]))->place, Place::kCorrupt);
  EXPECT_EQ(at.broker().peers().at(kPrefecture).outstanding(), 0U);
}

TEST_F(Sending, NothingLeavesBeforeAHelloOrAfterTheLinkIsDown) {
  at.give(kBureau, {one()});
  EXPECT_TRUE(
      envelopes_to(at.step({LinkUp{kPrefecture, ChannelClass::kVpn}}), kPrefecture).empty());
  at.feed(kPrefecture, at.hello_from(kPrefecture));
  at.disconnect(kPrefecture);
  EXPECT_TRUE(envelopes_to(at.give_effects(kBureau, {one()}), kPrefecture).empty());
  EXPECT_EQ(at.rows(Table::kQueue).size(), 1U);
}

}  // namespace
}  // namespace xianjie::tests
