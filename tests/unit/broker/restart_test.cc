// Nothing but the store survives: a failed commit latches, and at every point where the process may
// die another one opens the store and goes on.
#include <gtest/gtest.h>

#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;

struct Restart : testing::TestWithParam<bool> {
  OneBroker at{kProvince, kNow};
  Writer prison{kPrison};
  Envelope envelope = prison.write(kTownship, Kind::kAdHocReport, kNow);
};

TEST_F(Restart, AFailedCommitLatchesUntilTheProcessEnds) {
  at.connect(kBureau);
  at.store.fail_next_commit(true);
  EXPECT_FALSE(at.try_step({at.arrival(kBureau, at.batch(kBureau, {envelope}))}));
  EXPECT_TRUE(at.broker().failed());
  at.store.crash();  // the store would serve again; this broker must not
  EXPECT_FALSE(at.try_step({}));
  at.restart();
  EXPECT_FALSE(at.broker().failed());
  EXPECT_TRUE(at.try_step({}));
}

// Whether the commit reached the disk or not: no acknowledgement went out, and the repeat is
// answered.
TEST_P(Restart, ABatchWhoseCommitFailedIsGivenAgain) {
  at.connect(kBureau);
  const EnvelopeBatch batch = at.batch(kBureau, {envelope});
  at.store.fail_next_commit(GetParam());
  EXPECT_FALSE(at.try_step({at.arrival(kBureau, batch)}));
  at.restart();
  EXPECT_EQ(at.state(key_of(envelope)).has_value(), GetParam());
  at.connect(kBureau);
  const auto acks = frames_to<Ack>(at.feed(kBureau, batch), kBureau);
  ASSERT_EQ(acks.size(), 1U);
  EXPECT_EQ(acks[0].outcomes.at(0), AckOutcome::kTaken);
  EXPECT_EQ(at.rows(Table::kQueue).size(), 1U);
  EXPECT_EQ(at.inbox().size(), 1U);
}

TEST_P(Restart, AnAcknowledgementWhoseCommitFailedComesAgain) {
  at.connect(kBureau);
  at.give(kBureau, {envelope});
  const auto sent = frames_to<EnvelopeBatch>(at.connect(kPrefecture), kPrefecture).at(0);
  at.store.fail_next_commit(GetParam());
  EXPECT_FALSE(at.try_step({at.arrival(kPrefecture, at.ack(kPrefecture, sent))}));
  at.restart();
  const auto again = frames_to<EnvelopeBatch>(at.connect(kPrefecture), kPrefecture);
  EXPECT_EQ(again.size(), GetParam() ? 0U : 1U);
  at.feed(kPrefecture, at.ack(kPrefecture, sent));
  EXPECT_EQ(at.state(key_of(envelope))->place, Place::kAway);
  EXPECT_EQ(at.broker().room().used(Quota::kDescending), 0U);
}

INSTANTIATE_TEST_SUITE_P(Commit, Restart, testing::Values(false, true), [](const auto& applied) {
  return applied.param ? "Applied" : "NotApplied";
});

TEST_F(Restart, TheEpochIsThatOfTheStore) {
  const auto epoch = at.broker().epoch();
  at.restart();
  EXPECT_EQ(at.broker().epoch(), epoch);
}

TEST_F(Restart, AGateStaysShutAndOpens) {
  at.connect(kBureau);
  at.give(kBureau, {prison.write(kTownship, Kind::kPreReleaseNotice, kNow, kDecember)});
  at.restart();
  EXPECT_TRUE(envelopes_to(at.connect(kPrefecture), kPrefecture).empty());
  EXPECT_EQ(at.broker().next_wall_wakeup(), kProvinceGate);
  at.now.wall = kProvinceGate;
  EXPECT_EQ(envelopes_to(at.step(), kPrefecture).size(), 1U);
}

TEST_F(Restart, WhatWasHeldIsLetGoByTheNextHello) {
  at.connect(kBureau);
  at.connect(kPrefecture, ChannelClass::kPublic);
  at.give(kBureau, {envelope});
  at.restart();
  EXPECT_EQ(at.state(key_of(envelope))->place, Place::kHeld);
  EXPECT_EQ(envelopes_to(at.connect(kPrefecture), kPrefecture).size(), 1U);
}

TEST_F(Restart, TheOriginsTimersGoOn) {
  OneBroker origin(kPrison, kNow);
  const PreparedOrder order = prison.order(kTownship, Kind::kAdHocReport, kNow);
  origin.connect(kBureau);
  const auto effects =
      origin.step({Submit{1, {}, {SubmitItem{1, {}, 0, Confidence::kExact, true, order}}}});
  origin.feed(kBureau, origin.ack(kBureau, frames_to<EnvelopeBatch>(effects, kBureau).at(0)));
  origin.restart();
  EXPECT_TRUE(origin.broker().next_wall_wakeup().is_set());
  origin.advance(days(1) + hours(2));
  origin.step();
  EXPECT_EQ(envelopes_to(origin.connect(kBureau), kBureau).size(), 1U);
}

TEST_F(Restart, TheRoomLedgerIsTheSame) {
  at.connect(kBureau);
  at.give(kBureau, {envelope, prison.write(kTownship, Kind::kExchangeTest, kNow)});
  const auto effects = at.connect(kPrefecture);
  const auto descending = at.broker().room().used(Quota::kDescending);
  const auto copies = at.broker().room().used(Quota::kCopies);
  EXPECT_GT(descending, 0U);
  at.restart();
  EXPECT_EQ(at.broker().room().used(Quota::kDescending), descending);
  EXPECT_EQ(at.broker().room().used(Quota::kCopies), copies);
  at.connect(kPrefecture);
  at.feed(kPrefecture, at.ack(kPrefecture, frames_to<EnvelopeBatch>(effects, kPrefecture).at(0)));
  EXPECT_EQ(at.broker().room().used(Quota::kDescending), 0U);
}

TEST_F(Restart, WhatIsOnTheWireTakesItsNeighboursShareAsBefore) {
  at.connect(kBureau);
  at.connect(kPrefecture);
  at.give(kBureau, {envelope, prison.write(kTownship, Kind::kExchangeTest, kNow)});
  const auto share = [&] {  // what an envelope would be told that takes a whole share
    const Room& room = at.broker().room();
    return room.refuses_custody(Quota::kDescending, kPrefecture,
                                room.limit(Quota::kDescending) / 100 * 90 / 4, 4);
  };
  const auto before = share();
  ASSERT_TRUE(before && before->starts_with("descending_share")) << before.value_or("taken");
  at.restart();
  EXPECT_EQ(share(), before);
}

TEST_F(Restart, TheArchiveFreesTheAuditAndOnlyThat) {
  at.connect(kBureau);
  at.give(kBureau, {envelope});
  at.step({Audit{"opened id=1"}});
  const auto rows = at.rows(Table::kAudit);
  ASSERT_EQ(rows.size(), 1U);
  at.step({Archived{Decoder(rows.back().first).u64()}});
  EXPECT_TRUE(at.rows(Table::kAudit).empty());
  EXPECT_TRUE(at.state(key_of(envelope)));
  EXPECT_TRUE(at.step({Audit{"opened id=0"}}).audit_waiting);
  EXPECT_NE(at.audit_text().find("opened id=0"), std::string::npos);
  EXPECT_GT(Decoder(at.rows(Table::kAudit).at(0).first).u64(), Decoder(rows.back().first).u64());
}

TEST_F(Restart, APingIsAnsweredByACommittedTurn) {
  at.connect(kBureau);
  const auto commits = at.store.commits();
  EXPECT_EQ(frames_to<Pong>(at.feed(kBureau, Ping{77}), kBureau).at(0).nonce, 77U);
  EXPECT_EQ(at.store.commits(), commits + 1);
}

TEST_F(Restart, StrangersAreNotHeard) {
  EXPECT_TRUE(at.step({LinkUp{kTownship, ChannelClass::kVpn}}).sends.empty());
  EXPECT_TRUE(at.feed(kTownship, at.hello_from(kTownship)).sends.empty());
  Hello other_name = at.hello_from(kMinistry);
  at.step({LinkUp{kBureau, ChannelClass::kVpn}});
  at.feed(kBureau, other_name);
  EXPECT_TRUE(at.give_effects(kBureau, {envelope}).sends.empty())
      << "a hello in another's name is none";
  EXPECT_FALSE(at.state(key_of(envelope)));
}

}  // namespace
}  // namespace xianjie::tests
