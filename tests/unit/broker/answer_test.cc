// What comes back for an envelope of this origin is noted beside it; an answer to nothing, and a
// second answer, are rejected with a receipt that says so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;

EnvelopeId id_made(WallTime when) {
  return EnvelopeId::make(when, std::array<std::uint8_t, 10>{7});
}

struct Answers : testing::Test {
  OneBroker at{kPrison, kNow};
  Writer prison{kPrison}, township{kTownship}, stranger{kCounty};
  PreparedOrder request =
      prison.order(kTownship, Kind::kAssistanceRequest, kNow, {}, {}, kNow + days(5));
  EnvelopeId id = request.main.header.id;

  void SetUp() override {
    at.connect(kBureau);
    at.step({Submit{1, Hash{1}, {SubmitItem{1, {}, 0, Confidence::kExact, true, request}}}});
  }
  Envelope reply(Writer& from, const EnvelopeId& to, Kind kind = Kind::kAssistanceFeedback) {
    Header header = from.header(kPrison, kind, kNow + minutes(1));
    header.in_reply_to = to;
    return from.seal(header);
  }
  ReceiptType arrives(const Envelope& envelope) {
    const auto effects = at.give_effects(kBureau, {envelope});
    const auto receipts = receipts_to(effects, kBureau);
    EXPECT_EQ(receipts.size(), 1U);
    return receipts.empty() ? ReceiptType::kAccepted : receipts[0].type;
  }
};

TEST_F(Answers, TheFirstIsNotedAndWaitsForAClerk) {
  EXPECT_EQ(at.ledger(id)->due, kNow + days(5));
  const Envelope first = reply(township, id);
  EXPECT_EQ(arrives(first), ReceiptType::kDelivered);
  ASSERT_EQ(at.ledger(id)->answers.size(), 1U);
  EXPECT_EQ(at.ledger(id)->answers[0].key, key_of(first));
  EXPECT_EQ(at.inbox().size(), 1U);
}

TEST_F(Answers, ASecondOneIsRejectedAndItsRepeatToo) {
  arrives(reply(township, id));
  const Envelope second = reply(township, id);
  EXPECT_EQ(arrives(second), ReceiptType::kRejected);
  EXPECT_EQ(arrives(second), ReceiptType::kRejected) << "the repeat gets the same receipt";
  EXPECT_EQ(at.inbox().size(), 1U);
  EXPECT_EQ(at.ledger(id)->answers.size(), 1U);
}

TEST_F(Answers, OneToNothingOrFromSomebodyElseIsRejected) {
  EXPECT_EQ(arrives(reply(township, id_made(kNow))), ReceiptType::kRejected);
  EXPECT_EQ(arrives(reply(stranger, id)), ReceiptType::kRejected);
  EXPECT_EQ(arrives(reply(township, id, Kind::kWorkOrderFeedback)), ReceiptType::kRejected);
  EXPECT_TRUE(at.inbox().empty());
  EXPECT_TRUE(at.ledger(id)->answers.empty());
  EXPECT_EQ(at.ledger(id)->faked_by, kCounty) << "who answered in the township's place";
}

TEST_F(Answers, WhatALostStoreAskedIsStillReadByAPerson) {
  EXPECT_EQ(arrives(reply(township, id_made(kNow - days(1)))), ReceiptType::kDelivered);
  EXPECT_EQ(at.inbox().size(), 1U);
}

TEST(Rejected, IsTheEndAtTheOneWhoAnswered) {
  OneBroker at{kTownship, kNow};
  at.connect(kCounty);
  Writer self{kTownship};
  PreparedOrder order = self.order(kPrison, Kind::kAssistanceFeedback, kNow);
  const EnvelopeId id = order.main.header.id;
  const Hash leaf = order.main.leaf;
  at.step({Submit{1, Hash{1}, {SubmitItem{1, {}, 0, Confidence::kExact, true, order}}}});
  const auto effects =
      at.feed(kCounty, receipt_frame(kPrison, kTownship, {id, leaf, ReceiptType::kRejected, kNow}));
  EXPECT_EQ(at.ledger(id)->receipt, ReceiptType::kRejected);
  EXPECT_EQ(at.state({kTownship, id})->place, Place::kDead) << "kept for a person";
  ASSERT_FALSE(effects.alarms.empty());
  EXPECT_THAT(effects.alarms[0], testing::StartsWith("rejected:"));
}

TEST(KeptBytes, AnOwnCopyStaysReadableAfterItsReceiverIsDone) {
  OneBroker at{kTownship, kNow};
  at.connect(kCounty);
  Writer self{kTownship};
  PreparedOrder order = self.order(kPrison, Kind::kCheckResult, kNow);
  order.main.keep = true;
  const EnvelopeKey key{kTownship, order.main.header.id};
  const Hash leaf = order.main.leaf;
  at.step({Submit{1, Hash{1}, {SubmitItem{1, {}, 0, Confidence::kExact, true, order}}}});
  at.feed(kCounty,
          receipt_frame(kPrison, kTownship, {key.id, leaf, ReceiptType::kProcessed, kNow}));
  EXPECT_EQ(at.state(key)->place, Place::kSettled);
  EXPECT_TRUE(at.kept(key));
  at.now.wall = kNow + days(62);
  for (int i = 0; i < 4; ++i) at.step();
  EXPECT_FALSE(at.kept(key)) << "dropped after its retention";
}

}  // namespace
}  // namespace xianjie::tests
