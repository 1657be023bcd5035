#include "broker/clock_watch.h"

#include <gtest/gtest.h>

#include "tests/support/one_broker.h"

namespace xianjie::broker {
namespace {

using tests::frames_to;

const WallTime kNoon = *parse_wall_time("2026-12-09T12:00:00+08:00");
const OfficeId kHere = *OfficeId::parse("county:610802");
const OfficeId kAbove = *OfficeId::parse("prefecture:610800");
const OfficeId kBelow = *OfficeId::parse("township:610802001");
const OfficeId kBeside = *OfficeId::parse("township:610802002");

Now at(WallTime wall, std::int64_t instant = 0) {
  return {Instant{instant}, wall, true};
}
// Its clock stands `ahead` of ours; asked and answered at one moment.
Pong says(Duration ahead, bool trusts = true, WallTime wall = kNoon) {
  return {1, wall, wall + ahead, trusts};
}

TEST(ClockWatch, TrustsAMachineThatNobodyContradicts) {
  const ClockWatch watch(kClockSkew);
  EXPECT_TRUE(watch.judge(at(kNoon), kAbove).wall_trusted);
  EXPECT_EQ(describe_doubt(watch.judge(at(kNoon), kAbove)), "");
}

TEST(ClockWatch, SaysWhatTheMachineSays) {
  const ClockWatch watch(kClockSkew);
  const Now judged = watch.judge({Instant{}, kNoon, false}, kAbove);
  EXPECT_FALSE(judged.wall_trusted);
  EXPECT_EQ(judged.doubt, ClockDoubt::kUnsynchronised);
  EXPECT_EQ(describe_doubt(judged).substr(0, 15), "unsynchronised:");
}

TEST(ClockWatch, NeverGoesBackBeforeAKnownTime) {
  ClockWatch watch(kClockSkew);
  watch.remember(kNoon);
  EXPECT_TRUE(watch.judge(at(kNoon - kClockSkew), kAbove).wall_trusted);
  const Now judged = watch.judge(at(kNoon - hours(3)), kAbove);
  EXPECT_EQ(judged.doubt, ClockDoubt::kBehind);
  EXPECT_EQ(judged.off, hours(3));
  EXPECT_NE(describe_doubt(judged).find("3 h before"), std::string::npos);
  EXPECT_TRUE(watch.judge(at(kNoon + minutes(1)), kAbove).wall_trusted);  // caught up
}

TEST(ClockWatch, RemembersTrustedTimesAMinuteApart) {
  ClockWatch watch(kClockSkew);
  EXPECT_EQ(watch.to_remember(at(kNoon)), kNoon);
  watch.remember(kNoon);
  EXPECT_FALSE(watch.to_remember(at(kNoon + seconds(59))).is_set());
  EXPECT_EQ(watch.to_remember(at(kNoon + seconds(60))), kNoon + seconds(60));
  EXPECT_FALSE(watch.to_remember({Instant{}, kNoon + days(9), false}).is_set());
}

TEST(ClockWatch, OneNeighbourIsNoMajorityUnlessItIsTheParent) {
  ClockWatch watch(kClockSkew);
  watch.heard(kBelow, says(hours(2)), at(kNoon));
  EXPECT_TRUE(watch.judge(at(kNoon), kAbove).wall_trusted);
  const Now judged = watch.judge(at(kNoon), kBelow);  // were it the parent
  EXPECT_EQ(judged.doubt, ClockDoubt::kNeighbours);
  EXPECT_EQ(judged.off, hours(2));
  EXPECT_NE(describe_doubt(judged).find("2 h behind the clocks"), std::string::npos);
}

TEST(ClockWatch, FollowsTheMajorityOfThoseThatTrustTheirs) {
  ClockWatch watch(kClockSkew);
  watch.heard(kBelow, says(hours(-5)), at(kNoon));
  watch.heard(kBeside, says(hours(-5)), at(kNoon));
  EXPECT_EQ(watch.judge(at(kNoon), kAbove).off, hours(-5));
  EXPECT_NE(describe_doubt(watch.judge(at(kNoon), kAbove)).find("ahead of"), std::string::npos);
  watch.heard(kAbove, says({}), at(kNoon));  // two against one still
  EXPECT_FALSE(watch.judge(at(kNoon), kAbove).wall_trusted);
  watch.heard(kBeside, says(hours(-5), false), at(kNoon));  // trusts its clock no longer
  EXPECT_TRUE(watch.judge(at(kNoon), kAbove).wall_trusted);
}

TEST(ClockWatch, AVoiceIsForgottenAndASlowWayIsNoDifference) {
  ClockWatch watch(kClockSkew);
  watch.heard(kAbove, says(hours(2)), at(kNoon, 0));
  EXPECT_FALSE(watch.judge(at(kNoon, kClockVoiceLasts.ms), kAbove).wall_trusted);
  EXPECT_TRUE(watch.judge(at(kNoon, kClockVoiceLasts.ms + 1), kAbove).wall_trusted);
  // Asked at noon, answered when it came there, back at two by our own clock.
  watch.heard(kAbove, says({}), at(kNoon + hours(2)));
  EXPECT_TRUE(watch.judge(at(kNoon + hours(2)), kAbove).wall_trusted);
  watch.heard(kAbove, {1, {}, {}, true}, at(kNoon));  // says nothing of time
  EXPECT_TRUE(watch.judge(at(kNoon), kAbove).wall_trusted);
}

// Else a clock that once stood in the year 2030 would keep gates shut until then.
TEST(ClockWatch, NeighboursThatAgreeOverruleTheStore) {
  ClockWatch watch(kClockSkew);
  watch.remember(kNoon + days(2000));
  EXPECT_FALSE(watch.judge(at(kNoon), kAbove).wall_trusted);
  watch.heard(kAbove, says({}), at(kNoon));
  const Now judged = watch.judge(at(kNoon), kAbove);
  EXPECT_TRUE(judged.wall_trusted);
  EXPECT_EQ(watch.to_remember(judged), kNoon);
}

class ClockOfABroker : public ::testing::Test {
 protected:
  tests::OneBroker at_{kHere, kNoon};
  std::size_t alarms(const Effects& effects) {
    return static_cast<std::size_t>(std::ranges::count_if(
        effects.alarms,
        [](const std::string& text) { return text.starts_with("clock: it is not trusted"); }));
  }
};

TEST_F(ClockOfABroker, KeepsTheTimeOverARestartAndTellsOnce) {
  at_.step();
  at_.restart();
  at_.now.wall = kNoon - days(1);
  EXPECT_EQ(alarms(at_.step()), 1U);
  EXPECT_EQ(alarms(at_.step()), 0U);
  EXPECT_EQ(at_.broker().judged(at_.now).doubt, ClockDoubt::kBehind);
  EXPECT_EQ(at_.broker().judged(at_.now).off, days(1));
  at_.now.wall = kNoon;
  EXPECT_EQ(alarms(at_.step()), 0U);
  EXPECT_TRUE(at_.broker().judged(at_.now).wall_trusted);
  EXPECT_NE(at_.audit_text().find("trusted again"), std::string::npos);
}

TEST_F(ClockOfABroker, AsksItsNeighboursAndKeepsGatesShutWhereTheyDisagree) {
  const auto asked = frames_to<Ping>(at_.connect(kAbove), kAbove);
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].wall, kNoon);
  EXPECT_EQ(alarms(at_.feed(kAbove, Pong{0, asked[0].wall, kNoon + days(1), true})), 0U);
  EXPECT_EQ(alarms(at_.step()), 1U);  // judged from the next turn on
  EXPECT_EQ(at_.broker().judged(at_.now).doubt, ClockDoubt::kNeighbours);
  const auto answer = frames_to<Pong>(at_.feed(kAbove, Ping{7, kNoon + days(1)}), kAbove);
  ASSERT_EQ(answer.size(), 1U);
  EXPECT_FALSE(answer[0].wall_trusted);  // no voice for others
  EXPECT_EQ(answer[0].asked, kNoon + days(1));
  EXPECT_EQ(answer[0].wall, kNoon);
  at_.feed(kAbove, Pong{0, kNoon, kNoon, true});
  at_.step();
  EXPECT_TRUE(at_.broker().judged(at_.now).wall_trusted);
}

// What a wrong clock lets out nobody takes back.
TEST_F(ClockOfABroker, OpensNoGateBeforeTheFirstNeighbourMetHasSaidTheTime) {
  using tests::kPrison, tests::kBureau;
  tests::Writer prison(kPrison);
  const WallTime gate = *parse_wall_time("2026-12-10T09:00:00+08:00");
  tests::OneBroker at(kPrison, gate - hours(1));
  Submit submit;
  SubmitItem item;
  item.row = 1;
  item.order =
      prison.order(tests::kTownship, Kind::kPreReleaseNotice, at.now.wall, tests::kDecember);
  submit.items.push_back(std::move(item));
  at.step({std::move(submit)});
  at.restart();
  at.advance(days(2));
  at.step({LinkUp{kBureau, ChannelClass::kVpn}});
  const Effects greeted = at.feed(kBureau, at.hello_from(kBureau));
  ASSERT_EQ(frames_to<Ping>(greeted, kBureau).size(), 1U);
  EXPECT_TRUE(tests::envelopes_to(greeted, kBureau).empty());
  EXPECT_EQ(at.broker().next_wakeup(), at.now.instant + kClockAnswerWait);  // no spinning
  const Pong other{0, at.now.wall, at.now.wall - days(2), true};
  EXPECT_TRUE(tests::envelopes_to(at.feed(kBureau, other), kBureau).empty());
  EXPECT_TRUE(tests::envelopes_to(at.step(), kBureau).empty());  // now it is not trusted
  const Pong same{0, at.now.wall, at.now.wall, true};
  at.feed(kBureau, same);
  at.advance(milliseconds(1));
  EXPECT_FALSE(tests::envelopes_to(at.step(), kBureau).empty());
}

TEST_F(ClockOfABroker, WaitsForNobodyForEver) {
  at_.step({LinkUp{kAbove, ChannelClass::kVpn}});
  at_.feed(kAbove, at_.hello_from(kAbove));
  EXPECT_EQ(at_.broker().next_wakeup(), at_.now.instant + kClockAnswerWait);
  at_.advance(kClockAnswerWait);
  at_.step();
  EXPECT_NE(at_.broker().next_wakeup(), at_.now.instant);
}

}  // namespace
}  // namespace xianjie::broker
