// What an operator may do with one envelope, where, and what stays as it is.
#include <gtest/gtest.h>

#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;

constexpr std::uint32_t kTownshipCode = 610802001;

std::string told(OneBroker& at, const EnvelopeKey& key, Act act, bool only_asked = false) {
  const Effects effects = at.step({Operate{1, key, act, "line is down", "test", only_asked}});
  XJ_CHECK(effects.replies.size() == 1);
  return effects.replies[0].result ? "done" : effects.replies[0].result.error().text;
}

struct OperatedRelay : testing::Test {
  OneBroker at{kProvince, kNow};
  Writer prison{kPrison};
  Envelope envelope = prison.write(kTownship, Kind::kAdHocReport, kNow);
  EnvelopeKey key = key_of(envelope);
  void SetUp() override {
    at.connect(kBureau);
    at.give(kBureau, {envelope});
  }
};

TEST_F(OperatedRelay, HoldsWhatWaitsAndReleasesIt) {
  EXPECT_EQ(told(at, key, Act::kHold, true), "done");
  EXPECT_EQ(at.state(key)->place, Place::kQueued);
  EXPECT_EQ(told(at, key, Act::kHold), "done");
  EXPECT_EQ(at.held(key)->reason, "operator: line is down");
  EXPECT_TRUE(envelopes_to(at.connect(kPrefecture), kPrefecture).empty());
  at.restart();
  EXPECT_TRUE(envelopes_to(at.connect(kPrefecture), kPrefecture).empty());
  const Effects effects = at.step({Operate{2, key, Act::kRelease, "line is back", "test", false}});
  EXPECT_EQ(envelopes_to(effects, kPrefecture).size(), 1U);
  EXPECT_NE(at.audit_text().find("act=hold by=\"test\" reason=\"line is down\""),
            std::string::npos);
}

TEST_F(OperatedRelay, WhatIsOnTheWireStays) {
  EXPECT_EQ(envelopes_to(at.connect(kPrefecture), kPrefecture).size(), 1U);
  EXPECT_TRUE(told(at, key, Act::kHold).starts_with("sent:"));
  EXPECT_TRUE(told(at, key, Act::kRelease).starts_with("place:"));
}

TEST_F(OperatedRelay, TheDirectoryMovesNothingThatAPersonHolds) {
  told(at, key, Act::kHold);
  at.set_directory(nation().changed(
      [](DirectoryContents& contents) { record_of(contents, kOtherTownship).name = "renamed"; }));
  at.connect(kPrefecture);
  at.step();
  EXPECT_TRUE(at.held(key));
}

TEST_F(OperatedRelay, WhatPolicyHoldsIsOnlyAskedAgain) {
  at.connect(kPrefecture, ChannelClass::kPublic);
  ASSERT_TRUE(at.held(key));
  EXPECT_TRUE(told(at, key, Act::kRelease).starts_with("held:"));
  EXPECT_TRUE(at.held(key));
}

TEST_F(OperatedRelay, OnlyItsOriginGivesItUp) {
  EXPECT_TRUE(told(at, key, Act::kExpire).starts_with("origin:"));
  EXPECT_EQ(at.state(key)->place, Place::kQueued);
}

TEST_F(OperatedRelay, WithoutAReasonOrAnEnvelopeNothingIsDone) {
  const Effects effects =
      at.step({Operate{1, key, Act::kHold, "", "test", false},
               Operate{2, key, Act::kHold, std::string(301, 'x'), "test", false},
               Operate{3, {kPrison, {}}, Act::kHold, "why", "test", false}});
  ASSERT_EQ(effects.replies.size(), 3U);
  for (const Reply& reply : effects.replies) EXPECT_FALSE(reply.result);
  EXPECT_EQ(at.state(key)->place, Place::kQueued);
}

struct OperatedOrigin : testing::Test {
  OneBroker at{kPrison, kNow};
  Writer writer{kPrison};
  EnvelopeId id;
  EnvelopeKey key;
  void SetUp() override {
    Submit submit;
    SubmitItem item;
    item.row = 1;
    item.code = kTownshipCode;
    item.order = writer.order(kTownship, Kind::kAdHocReport, kNow, kDecember);
    submit.items.push_back(std::move(item));
    id = *at.step({std::move(submit)}).replies.at(0).answers.at(0).outcome;
    key = {kPrison, id};
  }
};

TEST_F(OperatedOrigin, GivesUpWhatNobodyHasAndTakesThatBack) {
  EXPECT_EQ(told(at, key, Act::kExpire, true), "done");
  EXPECT_EQ(at.ledger(id)->receipt, ReceiptType::kAccepted);
  EXPECT_EQ(told(at, key, Act::kExpire), "done");
  EXPECT_EQ(at.ledger(id)->receipt, ReceiptType::kExpired);
  EXPECT_EQ(at.state(key)->place, Place::kDead);
  EXPECT_TRUE(at.kept(key)) << "the payload stays for a person";
  EXPECT_TRUE(at.rows(Table::kQueue).empty());
  EXPECT_TRUE(told(at, key, Act::kExpire).starts_with("ended:"));

  const Effects effects = at.step({Operate{2, key, Act::kRequeue, "needed after all", "t", false}});
  EXPECT_TRUE(effects.stale.empty()) << "the first may be on its way: not under another id";
  EXPECT_EQ(at.ledger(id)->receipt, ReceiptType::kAccepted);
  const auto sent = envelopes_to(at.connect(kBureau), kBureau);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(key_of(sent[0]), key);
}

TEST_F(OperatedOrigin, WhatIsTakenBackStillWaitsForItsGate) {
  OneBroker early{kPrison, kEarly};
  Submit submit;
  SubmitItem item;
  item.row = 1;
  item.code = kTownshipCode;
  item.order = Writer(kPrison).order(kTownship, Kind::kPreReleaseNotice, kEarly, kDecember);
  submit.items.push_back(std::move(item));
  const EnvelopeKey gated{kPrison,
                          *early.step({std::move(submit)}).replies.at(0).answers.at(0).outcome};
  early.connect(kBureau);
  EXPECT_EQ(told(early, gated, Act::kExpire), "done");
  const Effects effects = early.step({Operate{2, gated, Act::kRequeue, "no", "t", false}});
  EXPECT_TRUE(envelopes_to(effects, kBureau).empty());
  EXPECT_EQ(early.state(gated)->place, Place::kQueued);
}

TEST_F(OperatedOrigin, WhatExpiredByItselfIsSealedAnew) {
  at.now.wall = at.ledger(id)->not_after + days(1);
  at.step();
  ASSERT_EQ(at.ledger(id)->receipt, ReceiptType::kExpired);
  const Effects effects = at.step({Operate{2, key, Act::kRequeue, "the line was cut", "t", false}});
  ASSERT_EQ(effects.stale.size(), 1U);
  EXPECT_EQ(effects.stale[0].destination, kTownship);
  PreparedOrder order = writer.order(kTownship, Kind::kAdHocReport, at.now.wall, kDecember);
  const EnvelopeId again = order.main.header.id;
  at.step({Replace{id, std::move(order)}});
  EXPECT_FALSE(at.ledger(id));
  EXPECT_EQ(at.ledger(again)->receipt, ReceiptType::kAccepted);
  EXPECT_EQ(envelopes_to(at.connect(kBureau), kBureau).size(), 1U);
}

TEST_F(OperatedOrigin, SendsAgainWhatNobodyHasWordOf) {
  auto sent = frames_to<EnvelopeBatch>(at.connect(kBureau), kBureau);
  ASSERT_EQ(sent.size(), 1U);
  at.feed(kBureau, at.ack(kBureau, sent[0]));
  EXPECT_EQ(at.state(key)->place, Place::kAway);
  const Effects effects = at.step({Operate{2, key, Act::kRequeue, "never arrived", "t", false}});
  EXPECT_EQ(envelopes_to(effects, kBureau).size(), 1U);
  EXPECT_EQ(at.ledger(id)->resends, 1U);
}

TEST_F(OperatedOrigin, WhatWasDeliveredIsNotGivenUp) {
  at.connect(kBureau);
  at.feed(kBureau, receipt_frame(kTownship, kPrison,
                                 {id, at.ledger(id)->leaf, ReceiptType::kDelivered, kNow}));
  EXPECT_TRUE(told(at, key, Act::kExpire).starts_with("delivered:"));
}

}  // namespace
}  // namespace xianjie::tests
