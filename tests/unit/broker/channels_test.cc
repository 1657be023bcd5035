// Several channels to one neighbour: what leaves by which, and what becomes of it when one goes.
#include <gtest/gtest.h>

#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;

class Channels : public testing::Test {
 protected:
  static constexpr ChannelClass kPublic = ChannelClass::kPublic, kVpn = ChannelClass::kVpn,
                                kDedicated = ChannelClass::kDedicated;

  Channels() { at.connect(kBureau); }
  Envelope report(Kind kind) { return prison.write(kTownship, kind, kNow); }
  Effects give(const std::vector<Envelope>& envelopes) {
    return at.give_effects(kBureau, envelopes);
  }
  std::size_t over(const Effects& effects, ChannelClass channel) {
    std::size_t count = 0;
    for (const auto& batch : frames_over<EnvelopeBatch>(effects, kPrefecture, channel))
      count += batch.envelopes.size();
    return count;
  }
  std::string reason(const Envelope& envelope) {
    const auto row = at.held(key_of(envelope));
    return row ? row->reason : "";
  }
  EnvelopeBatch only(const Effects& effects, ChannelClass channel) {
    const auto batches = frames_over<EnvelopeBatch>(effects, kPrefecture, channel);
    EXPECT_EQ(batches.size(), 1U);
    return batches.empty() ? EnvelopeBatch{} : batches.front();
  }

  Writer prison{kPrison};
  OneBroker at{kProvince, kNow};
};

TEST_F(Channels, MailLeavesByTheBestThatIsUp) {
  at.connect_over(kPrefecture, kPublic, kPublic);
  EXPECT_EQ(over(give({report(Kind::kStatisticalReport)}), kPublic), 1U);
  at.connect_over(kPrefecture, kVpn, kVpn);
  EXPECT_EQ(over(give({report(Kind::kStatisticalReport)}), kVpn), 1U);
  at.connect_over(kPrefecture, kDedicated, kDedicated);
  const auto effects = give({report(Kind::kStatisticalReport), report(Kind::kDetailedReport)});
  EXPECT_EQ(over(effects, kDedicated), 2U);
  at.step({LinkDown{kPrefecture, kDedicated}});
  EXPECT_EQ(over(give({report(Kind::kAdHocReport)}), kVpn), 1U);
}

// A channel is worth what was proved of it, whatever it is called.
TEST_F(Channels, WhatIsProvedCountsNotTheName) {
  at.connect_over(kPrefecture, kDedicated, kPublic);
  const Envelope detailed = report(Kind::kDetailedReport);
  EXPECT_EQ(over(give({detailed}), kDedicated), 0U);
  EXPECT_TRUE(reason(detailed).starts_with("channel")) << reason(detailed);
  EXPECT_EQ(over(at.connect_over(kPrefecture, kVpn, kVpn), kVpn), 1U);
  EXPECT_EQ(reason(detailed), "");
}

TEST_F(Channels, ABatchGoesOnOverAnotherChannelUnderItsNumber) {
  at.connect_over(kPrefecture, kVpn, kVpn);
  at.connect_over(kPrefecture, kDedicated, kDedicated);
  const Envelope envelope = report(Kind::kAdHocReport);
  const EnvelopeBatch first = only(give({envelope}), kDedicated);
  const auto effects = at.step({LinkDown{kPrefecture, kDedicated}});
  const EnvelopeBatch second = only(effects, kVpn);
  EXPECT_EQ(second.number, first.number) << "whoever took it answers with the ack it kept";
  EXPECT_EQ(second.envelopes, first.envelopes);
  at.feed(kPrefecture, at.ack(kPrefecture, second));
  EXPECT_EQ(at.state(key_of(envelope))->place, Place::kAway);
  EXPECT_EQ(at.broker().peers().at(kPrefecture).outstanding(), 0U);
  EXPECT_EQ(at.broker().peers().at(kPrefecture).links.at(kVpn).outstanding_bytes, 0U);
}

TEST_F(Channels, WhatTheOtherChannelMayNotCarryIsHeldAndTheRestGoesOn) {
  at.connect_over(kPrefecture, kVpn, kVpn);
  at.connect_over(kPrefecture, kPublic, kPublic);
  const Envelope open = report(Kind::kStatisticalReport), closed = report(Kind::kDetailedReport);
  ASSERT_EQ(over(give({open, closed}), kVpn), 2U);
  const auto effects = at.step({LinkDown{kPrefecture, kVpn}});
  const EnvelopeBatch batch = only(effects, kPublic);
  ASSERT_EQ(batch.envelopes.size(), 1U);
  EXPECT_EQ(key_of(batch.envelopes[0]), key_of(open));
  EXPECT_TRUE(reason(closed).starts_with("channel")) << reason(closed);
  at.feed_over(kPrefecture, kPublic, at.ack(kPrefecture, batch));
  EXPECT_EQ(at.state(key_of(open))->place, Place::kAway);
  EXPECT_EQ(over(at.connect_over(kPrefecture, kVpn, kVpn), kVpn), 1U);
  EXPECT_EQ(reason(closed), "");
}

// Sent over the vpn, not answered; after a restart only the public channel comes up.
TEST_F(Channels, ARestartAsksTheChannelAnew) {
  at.connect_over(kPrefecture, kVpn, kVpn);
  const Envelope open = report(Kind::kStatisticalReport), closed = report(Kind::kDetailedReport);
  ASSERT_EQ(over(give({open, closed}), kVpn), 2U);
  at.restart();
  EXPECT_EQ(over(at.connect_over(kPrefecture, kPublic, kPublic), kPublic), 1U);
  EXPECT_TRUE(reason(closed).starts_with("channel")) << reason(closed);
  at.advance(minutes(30));
  EXPECT_EQ(over(at.step(), kPublic), 1U) << "the open one again, the closed one never";
  EXPECT_EQ(over(at.connect_over(kPrefecture, kVpn, kVpn), kVpn), 1U);
}

TEST_F(Channels, AnAcknowledgementCountsOverWhicheverChannelItComes) {
  at.connect_over(kPrefecture, kPublic, kPublic);
  at.connect_over(kPrefecture, kVpn, kVpn);
  const Envelope envelope = report(Kind::kStatisticalReport);
  const EnvelopeBatch batch = only(give({envelope}), kVpn);
  at.feed_over(kPrefecture, kPublic, at.ack(kPrefecture, batch));
  EXPECT_EQ(at.state(key_of(envelope))->place, Place::kAway);
  EXPECT_EQ(at.broker().peers().at(kPrefecture).outstanding(), 0U);
  EXPECT_TRUE(at.rows(Table::kBatches).empty() ||
              at.rows(Table::kBatches).front().first.front() == 1U);
}

// Each channel is answered over itself; a batch that waits on one is not settled for the other.
TEST_F(Channels, AnswersGoBackOverTheSameChannel) {
  at.connect_over(kPrefecture, kPublic, kPublic);
  at.connect_over(kPrefecture, kVpn, kVpn);
  Writer township{kTownship};
  const auto up = township.write(kPrison, Kind::kArrivalReport, kNow);
  const auto effects = at.feed_over(kPrefecture, kVpn, at.batch(kPrefecture, {up}));
  EXPECT_EQ(frames_over<Ack>(effects, kPrefecture, kVpn).size(), 1U);
  EXPECT_TRUE(frames_over<Ack>(effects, kPrefecture, kPublic).empty());

  const EnvelopeBatch waiting = only(give({report(Kind::kStatisticalReport)}), kVpn);
  at.step({LinkUp{kPrefecture, kDedicated, kDedicated}});
  at.feed_over(kPrefecture, kDedicated, at.hello_from(kPrefecture, kDedicated));
  const EnvelopeBatch next = only(give({report(Kind::kStatisticalReport)}), kDedicated);
  EXPECT_GT(next.number, waiting.number);
  EXPECT_EQ(next.settled_below, waiting.number);
}

TEST_F(Channels, ADeadNeighboursMailWaitsWithoutAWakeUp) {
  at.connect_over(kPrefecture, kVpn, kVpn);
  at.step({LinkDown{kPrefecture, kVpn}});
  give({report(Kind::kAdHocReport)});
  const auto next = at.broker().next_wakeup();
  EXPECT_TRUE(!next || *next > at.now.instant);
}

}  // namespace
}  // namespace xianjie::tests
