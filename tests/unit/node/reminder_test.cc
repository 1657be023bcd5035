// When an office is reminded, and that nothing but counts is told.
#include "node/office/reminder.h"

#include <gtest/gtest.h>

#include "views_fixture.h"

namespace xianjie::tests {
namespace {

struct Reminder : testing::Test {
  // 2026-12-11 is a Friday.
  static Now at(const char* time, std::int64_t minute = 0) {
    return {Instant{} + minutes(minute), wall(time), true};
  }
  static json counts(std::uint64_t inbox, std::uint64_t critical = 0) {
    json view = ViewAnswers{}.overview();
    view["queues"]["inbox"] = inbox;
    for (; critical > 0; --critical) view["alarms"].push_back({{"level", "critical"}});
    return node::reminder_view(view, "");
  }
  routing::WorkingDays days{};
};

TEST_F(Reminder, ComesAtTheHoursOfWorkingDaysWhereAnythingIsOpen) {
  node::ReminderRule rule({15, 9}, wall("2026-12-11T08:00:00+08:00"), days);
  EXPECT_EQ(rule.due(counts(3), at("2026-12-11T08:59:59+08:00"), days), "");
  EXPECT_EQ(rule.due(counts(3), at("2026-12-11T09:00:00+08:00"), days), "hour");
  EXPECT_EQ(rule.due(counts(3), at("2026-12-11T09:00:01+08:00"), days), "") << "once an hour";
  EXPECT_EQ(rule.due(counts(0), at("2026-12-11T15:00:00+08:00"), days), "") << "nothing is open";
  EXPECT_EQ(rule.next(), wall("2026-12-14T09:00:00+08:00")) << "Monday";
  EXPECT_EQ(rule.due(counts(1), at("2026-12-14T23:00:00+08:00"), days), "hour") << "slept late";
  EXPECT_EQ(rule.next(), wall("2026-12-15T09:00:00+08:00")) << "once for both hours";
}

TEST_F(Reminder, KnowsHolidaysAndWeekendsWorkedInstead) {
  const std::vector<Date> free{{2026, 12, 14}}, worked{{2026, 12, 12}};
  days = {free, worked};
  node::ReminderRule rule({9}, wall("2026-12-11T12:00:00+08:00"), days);
  EXPECT_EQ(rule.next(), wall("2026-12-12T09:00:00+08:00"));
  EXPECT_EQ(rule.due(counts(1), at("2026-12-12T09:00:00+08:00"), days), "hour");
  EXPECT_EQ(rule.next(), wall("2026-12-15T09:00:00+08:00"));
}

TEST_F(Reminder, WaitsForAClockThatIsTrusted) {
  node::ReminderRule rule({9}, wall("2026-12-11T08:00:00+08:00"), days);
  Now doubtful = at("2026-12-11T09:00:00+08:00");
  doubtful.wall_trusted = false;
  EXPECT_EQ(rule.due(counts(1), doubtful, days), "");
  EXPECT_EQ(rule.due(counts(1), at("2026-12-11T09:30:00+08:00"), days), "hour");
}

TEST_F(Reminder, TellsANewCriticalAlarmAtOnceButNotEveryMinute) {
  node::ReminderRule rule({}, wall("2026-12-12T08:00:00+08:00"), days);
  const char* sunday = "2026-12-13T03:00:00+08:00";
  EXPECT_EQ(rule.due(counts(0, 1), at(sunday, 1), days), "alarm");
  EXPECT_EQ(rule.due(counts(0, 1), at(sunday, 6), days), "");
  EXPECT_EQ(rule.due(counts(0, 0), at(sunday, 11), days), "") << "it is over";
  EXPECT_EQ(rule.due(counts(0, 1), at(sunday, 16), days), "") << "a link that flaps";
  EXPECT_EQ(rule.due(counts(0, 1), at(sunday, 62), days), "alarm") << "it is still so";
  EXPECT_EQ(rule.due(counts(0, 2), at(sunday, 130), days), "alarm");
}

TEST_F(Reminder, TellsCountsInOneShortMessage) {
  json view = ViewAnswers{}.overview();
  view["queues"]["inbox"] = 12;
  view["due"] = {{"due", 3}, {"overdue", 1}};
  const json told = node::reminder_view(view, "hour");
  EXPECT_EQ(told["text_zh"], "衔接：待办12，待答复3，逾期1");
  EXPECT_EQ(told["text_en"], "Xianjie: 12 to do, 3 due, 1 overdue");
  EXPECT_EQ(told["why"], "hour");
  for (const auto& [name, value] : told.items())
    EXPECT_TRUE(value.is_number() || name == "office" || name == "name" || name == "time" ||
                name == "why" || name.starts_with("text_"))
        << name;
}

}  // namespace
}  // namespace xianjie::tests
