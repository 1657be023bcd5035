// The month at a glance: which month, what comes next, and whether it will close.
#include "node/office/overview.h"

#include <gtest/gtest.h>

#include "views_fixture.h"

namespace xianjie::tests {
namespace {

TEST(Overview, WatchesTheMonthWhoseChainIsUnderWayOrHasJustBeen) {
  const auto watched = [](const char* time) { return to_text(node::period_to_watch(wall(time))); };
  EXPECT_EQ(watched("2026-12-11T10:00:00+08:00"), "2026-12");
  EXPECT_EQ(watched("2026-12-31T23:59:59+08:00"), "2026-12");
  EXPECT_EQ(watched("2027-01-01T00:00:00+08:00"), "2026-12") << "its checks have just ended";
  EXPECT_EQ(watched("2026-12-31T16:00:00Z"), "2026-12") << "new year in Shanghai";
  EXPECT_EQ(watched("2027-01-31T00:00:00+08:00"), "2027-01");
  EXPECT_EQ(watched("2028-03-01T00:00:00+08:00"), "2028-02");
}

TEST(Overview, AClockThatWasNeverSetIsShownNotFatal) {
  for (const WallTime time : {WallTime{}, WallTime{1}, WallTime{kWallTimeMsMax}}) {
    const Period period = node::period_to_watch(time);
    EXPECT_TRUE(period.is_set());
    EXPECT_NO_THROW(ViewAnswers{}.overview(time, period));
  }
}

TEST(Overview, SaysWhatTheViewsSaid) {
  const json view = ViewAnswers{}.overview();
  EXPECT_EQ(view["office"], "township:610802001");
  EXPECT_EQ(view["period"], "2026-12");
  EXPECT_EQ(view["month"]["accepted"], 5);
  EXPECT_EQ(view["month"]["returned"], 0) << "what a view leaves out is none";
  EXPECT_EQ(view["month"]["outlook"], "on_course");
  EXPECT_TRUE(view["month"]["outlook_why"].empty());
  EXPECT_TRUE(view["alarms"].empty());
  EXPECT_EQ(view["links"], (json{{"up", 1}, {"down", 0}}));
  EXPECT_EQ(view["room"][0]["quota"], "custody");
  EXPECT_EQ(view["rehearsal"], true);
}

TEST(Overview, WhatStandsAgainstTheMonthIsCounted) {
  for (const char* column : {"held", "stopped", "missing", "manifests_differ"}) {
    ViewAnswers broken;
    broken.month["totals"][column] = 7;
    const json month = broken.overview()["month"];
    EXPECT_EQ(month["outlook"], "at_risk") << column;
    ASSERT_EQ(month["outlook_why"].size(), 1U) << column;
    EXPECT_EQ(month["outlook_why"][0]["count"], 7);
    EXPECT_FALSE(month["outlook_why"][0]["zh"].get<std::string>().empty());
  }
}

TEST(Overview, WhatIsInTransitCountsOnlyAfterTheChain) {
  ViewAnswers moving;
  moving.month["totals"]["in_transit"] = 2;
  EXPECT_EQ(moving.overview(kNow)["month"]["outlook"], "on_course");
  const json after = moving.overview(wall("2026-12-20T10:00:00+08:00"))["month"];
  EXPECT_EQ(after["outlook"], "late");
  ASSERT_EQ(after["outlook_why"].size(), 1U);
  EXPECT_EQ(after["outlook_why"][0]["count"], 2);
  moving.month["closed"] = {{"time", "2026-12-21T10:00:00.000+08:00"}};
  const json closed = moving.overview(wall("2026-12-21T10:00:01+08:00"))["month"];
  EXPECT_EQ(closed["outlook"], "closed");
  EXPECT_EQ(closed["closed"], "2026-12-21T10:00:00.000+08:00");
}

TEST(Overview, MomentsComeInOrderAndSayWhetherTheyArePast) {
  const json moments = ViewAnswers{}.overview()["moments"];
  ASSERT_GE(moments.size(), 3U);
  std::string before;
  int next = 0;
  for (const json& moment : moments) {
    const std::string at = moment["at"];
    EXPECT_LE(before, at);
    before = at;
    EXPECT_EQ(moment["passed"].get<bool>(), wall(at) <= kNow) << moment;
    EXPECT_EQ(moment["left_s"], (wall(at) - kNow).ms / 1000);
    if (wall(at) == kProvinceGate) ++next;
  }
  EXPECT_GE(next, 1) << moments;
}

TEST(Overview, CarriesTheAlarms) {
  ViewAnswers broken;
  broken.due = {{"count", 12}, {"overdue", 9}};
  const json view = broken.overview();
  ASSERT_EQ(view["alarms"].size(), 1U);
  EXPECT_EQ(view["alarms"][0]["id"], "overdue");
  EXPECT_EQ(view["due"], (json{{"due", 12}, {"overdue", 9}}));
}

}  // namespace
}  // namespace xianjie::tests
