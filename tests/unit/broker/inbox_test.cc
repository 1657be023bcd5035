// The application's side, and what a broker forgets and never takes again.
#include <gtest/gtest.h>

#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;

struct Inbox : testing::Test {
  OneBroker at{kTownship, kNow};
  Writer prison{kPrison};
  Envelope envelope = prison.write(kTownship, Kind::kAdHocReport, kNow);
  EnvelopeKey key = key_of(envelope);
  void SetUp() override {
    at.connect(kCounty);
    at.ack_records(kCounty, at.give_effects(kCounty, {envelope}));
  }
  PreparedOrder answer() {
    Writer self(kTownship, nation().snapshot(), ++answers_);
    return self.order(kPrison, Kind::kCheckResult, at.now.wall);
  }
  std::uint64_t answers_ = 0;
};

TEST_F(Inbox, SettlingIsDoneOnceAndAnsweredTwice) {
  auto effects = at.step({Settle{5, key, answer()}});
  ASSERT_EQ(effects.replies.size(), 1U);
  EXPECT_EQ(effects.replies[0].token, 5U);
  EXPECT_TRUE(effects.replies[0].result);
  const auto receipts = receipts_to(effects, kCounty);
  ASSERT_EQ(receipts.size(), 1U);
  EXPECT_EQ(receipts[0].type, ReceiptType::kProcessed);
  EXPECT_EQ(envelopes_to(effects, kCounty).size(), 1U) << "the answer leaves in the same turn";
  EXPECT_TRUE(at.inbox().at(0).settled);
  effects = at.step({Settle{6, key, answer()}});
  EXPECT_TRUE(effects.replies.at(0).result);
  EXPECT_TRUE(effects.sends.empty());
  EXPECT_EQ(at.rows(Table::kLedger).size(), 1U) << "no second answer";
}

TEST_F(Inbox, CollectingIsSaidOnceAndStays) {
  auto receipts = receipts_to(at.step({Collect{1, key}}), kCounty);
  ASSERT_EQ(receipts.size(), 1U);
  EXPECT_EQ(receipts[0].type, ReceiptType::kCollected);
  EXPECT_TRUE(receipts_to(at.step({Collect{1, key}}), kCounty).empty());
  at.step({Settle{2, key, {}}});
  EXPECT_TRUE(at.step({Collect{3, key}}).replies.at(0).result) << "settled is more than collected";
  EXPECT_EQ(at.state(key)->place, Place::kSettled);
}

TEST_F(Inbox, WhatIsNotThereIsNotFound) {
  const EnvelopeKey unknown{kPrison, envelope_id(1)};
  for (const auto& effects : {at.step({Settle{1, unknown, {}}}), at.step({Collect{1, unknown}})}) {
    ASSERT_FALSE(effects.replies.at(0).result);
    EXPECT_EQ(effects.replies[0].result.error().code, ErrorCode::kNotFound);
  }
}

TEST(PathCopy, IsNeitherSettledNorCollected) {
  OneBroker at(kProvince, kNow);
  at.connect(kBureau);
  const Envelope envelope = Writer(kPrison).write(kTownship, Kind::kAdHocReport, kNow);
  at.give(kBureau, {envelope});
  for (const auto& effects :
       {at.step({Settle{1, key_of(envelope), {}}}), at.step({Collect{1, key_of(envelope)}})}) {
    ASSERT_FALSE(effects.replies.at(0).result);
    EXPECT_TRUE(effects.replies[0].result.error().text.starts_with("copy"));
    EXPECT_TRUE(receipts_to(effects, kBureau).empty());
  }
  EXPECT_EQ(at.state(key_of(envelope))->place, Place::kQueued);
}

struct Outcome : testing::Test {
  OneBroker at{kPrison, kNow};
  PreparedOrder order = Writer(kPrison).order(kTownship, Kind::kAdHocReport, kNow);
  EnvelopeId notice = order.main.header.id;
  void SetUp() override {
    at.connect(kBureau);
    at.step({Submit{1, {}, {SubmitItem{1, {}, 0, Confidence::kExact, true, order}}}});
  }
  EnvelopeKey result_from(OfficeId origin) {
    const Envelope envelope = Writer(origin).write(kPrison, Kind::kCheckResult, kNow);
    at.give(kBureau, {envelope});
    return key_of(envelope);
  }
};

TEST_F(Outcome, IsNotedBesideTheNoticeAndTheResultSettled) {
  const EnvelopeKey result = result_from(kTownship);
  at.step({NoteOutcome{result, notice, 2}});
  EXPECT_EQ(at.ledger(notice)->outcome, 2);
  EXPECT_EQ(at.state(result)->place, Place::kSettled);
}

TEST_F(Outcome, OfAnotherOfficeThanTheDestinationDoesNotCount) {
  at.step({NoteOutcome{result_from(kSecondTownship), notice, 2}});
  EXPECT_EQ(at.ledger(notice)->outcome, 0);
  EXPECT_NE(at.audit_text().find("outcome_refused"), std::string::npos);
}

struct Sweep : testing::Test {
  OneBroker at{kProvince, kNow};
  Writer prison{kPrison};
  Envelope pass(Kind kind) {
    at.connect(kBureau);
    at.connect(kPrefecture);
    const Envelope envelope = prison.write(kTownship, kind, at.now.wall);
    const auto effects = at.give_effects(kBureau, {envelope});
    at.feed(kPrefecture, at.ack(kPrefecture, frames_to<EnvelopeBatch>(effects, kPrefecture).at(0)));
    return envelope;
  }
};

TEST_F(Sweep, DropsPathCopiesAfterTheirRetention) {
  const Envelope envelope = pass(Kind::kAdHocReport);
  at.step();
  at.advance(days(60));
  at.step();
  EXPECT_EQ(at.inbox().size(), 1U);
  at.advance(days(1) + minutes(1));
  at.step();
  EXPECT_TRUE(at.inbox().empty());
  EXPECT_FALSE(at.kept(key_of(envelope)));
  EXPECT_EQ(at.broker().room().used(Quota::kCopies), 0U);
}

TEST_F(Sweep, ForgetsBehindAHorizonThatNoClockBringsBack) {
  const Envelope old = pass(Kind::kExchangeTest);  // lives 60 days
  at.step();
  at.advance(days(92));
  at.step();
  EXPECT_FALSE(at.state(key_of(old)));
  at.now.wall = kNow;
  EXPECT_EQ(at.give(kBureau, {old}).outcomes.at(0), AckOutcome::kRefused);
  const Envelope fresh = prison.write(kTownship, Kind::kExchangeTest, kNow + days(92));
  EXPECT_EQ(at.give(kBureau, {fresh}).outcomes.at(0), AckOutcome::kTaken);
  at.restart();
  at.connect(kBureau);
  EXPECT_EQ(at.give(kBureau, {old}).outcomes.at(0), AckOutcome::kRefused);
  EXPECT_NE(at.audit_text().find("forgotten"), std::string::npos);
}

TEST_F(Sweep, AnUntrustedClockForgetsNothing) {
  const Envelope old = pass(Kind::kExchangeTest);
  at.step();
  at.now.wall_trusted = false;
  at.advance(days(200));
  at.step();
  EXPECT_TRUE(at.state(key_of(old)));
}

TEST_F(Sweep, KeepsWhatIsStillInCustody) {
  at.connect(kBureau);
  const Envelope waiting = prison.write(kTownship, Kind::kAdHocReport, kNow);
  at.give(kBureau, {waiting});
  at.step();
  at.advance(days(200));
  at.step();
  EXPECT_EQ(at.state(key_of(waiting))->place, Place::kQueued);
  EXPECT_TRUE(at.kept(key_of(waiting)));
}

TEST(SweepInbox, ASettledItemFreesItsRoomAndAnUnsettledOneStays) {
  OneBroker at(kTownship, kNow);
  at.connect(kCounty);
  Writer prison(kPrison);
  const Envelope settled = prison.write(kTownship, Kind::kAdHocReport, kNow);
  const Envelope waiting = prison.write(kTownship, Kind::kAdHocReport, kNow);
  at.give(kCounty, {settled, waiting});
  at.step({Settle{1, key_of(settled), {}}});
  at.advance(days(200));
  at.step();
  EXPECT_FALSE(at.state(key_of(settled)));
  EXPECT_EQ(at.state(key_of(waiting))->place, Place::kInbox);
  EXPECT_EQ(at.inbox().size(), 1U);
  EXPECT_EQ(at.broker().room().used(Quota::kInbox), waiting.size());
}

}  // namespace
}  // namespace xianjie::tests
