#include "schemas/time.h"

#include <gtest/gtest.h>

#include <limits>

namespace xianjie {
namespace {

TEST(Date, OnlyRealDays) {
  EXPECT_TRUE(Date::make(2024, 2, 29));
  EXPECT_FALSE(Date::make(2026, 2, 29));
  EXPECT_FALSE(Date::make(1900, 2, 29));
  EXPECT_FALSE(Date::make(2026, 13, 1));
  EXPECT_FALSE(Date::make(2026, 4, 31));
  EXPECT_FALSE(Date::make(0, 1, 1));
  EXPECT_FALSE(Date::make(10000, 1, 1));
}

TEST(Date, DaysBothWays) {
  EXPECT_EQ((Date{1970, 1, 1}).days_since_epoch(), 0);
  EXPECT_EQ((Date{2026, 12, 10}).days_since_epoch(), 20797);
  EXPECT_EQ(Date::from_days(-1), (Date{1969, 12, 31}));
  for (std::int64_t days = -62092; days < 80000; days += 13)
    EXPECT_EQ(Date::from_days(days).days_since_epoch(), days);
  EXPECT_EQ(Date::from_days(std::numeric_limits<std::int64_t>::max()), (Date{9999, 12, 31}));
}

TEST(Date, Text) {
  EXPECT_EQ(to_text(Date{2026, 12, 9}), "2026-12-09");
  EXPECT_EQ(parse_iso_date("2026-12-09"), (Date{2026, 12, 9}));
  for (const char* bad : {"2026-12-9", "2026/12/09", "2026-12-09 ", "", "2026-02-30", "20261209"})
    EXPECT_FALSE(parse_iso_date(bad)) << bad;
}

TEST(Period, MonthsOfTheChain) {
  EXPECT_EQ(Period::parse("2026-12"), Period{202612});
  EXPECT_EQ(to_text(Period{202612}), "2026-12");
  EXPECT_EQ(to_text(Period{}), "");
  EXPECT_EQ(Period{202612}.next(), Period{202701});
  EXPECT_EQ(Period{202601}.next(), Period{202602});
  for (const char* bad : {"2026-13", "2026-00", "1999-12", "3000-01", "202612", "2026-1", ""})
    EXPECT_FALSE(Period::parse(bad)) << bad;
}

TEST(WallTime, ShanghaiText) {
  const WallTime gate = local_time({2026, 12, 10}, 9);
  EXPECT_EQ(to_text(gate), "2026-12-10T09:00:00.000+08:00");
  EXPECT_EQ(gate.ms, 1796864400000);
  EXPECT_EQ(local_date(WallTime{gate.ms + 15 * 3'600'000 - 1}), (Date{2026, 12, 10}));
  EXPECT_EQ(local_date(WallTime{gate.ms + 15 * 3'600'000}), (Date{2026, 12, 11}));
  EXPECT_EQ(to_text(WallTime{-1}), "1970-01-01T07:59:59.999+08:00");
}

TEST(WallTime, ParseNeedsAnOffset) {
  const WallTime gate = local_time({2026, 12, 10}, 9);
  EXPECT_EQ(parse_wall_time("2026-12-10T09:00:00.000+08:00"), gate);
  EXPECT_EQ(parse_wall_time("2026-12-10T01:00:00Z"), gate);
  EXPECT_EQ(parse_wall_time("2026-12-09T20:30:00-04:30"), gate);
  EXPECT_EQ(parse_wall_time("2026-12-10T09:00:00.2509+08:00"), WallTime{gate.ms + 250});
  for (const char* bad : {"2026-12-10T09:00:00", "2026-12-10 09:00:00Z", "2026-12-10T24:00:00Z",
                          "2026-12-10T09:60:00Z", "2026-12-10T09:00:60Z", "2026-12-10T09:00:00.Z",
                          "2026-12-10T09:00:00Zx", "2026-02-30T09:00:00Z", ""})
    EXPECT_FALSE(parse_wall_time(bad)) << bad;
}

TEST(WallTime, TextOfAnyNumberIsSafe) {
  EXPECT_EQ(to_text(WallTime{std::numeric_limits<std::int64_t>::max()}),
            "9999-12-31T23:59:59.999+08:00");
  EXPECT_EQ(to_text(WallTime{std::numeric_limits<std::int64_t>::min()}),
            "0001-01-01T00:00:00.000+08:00");
  EXPECT_EQ(to_text(WallTime{kWallTimeMsMax}), "9999-12-31T23:59:59.999+08:00");
  EXPECT_FALSE(in_range(WallTime{kWallTimeMsMax + 1}));
  EXPECT_FALSE(in_range(WallTime{-1}));
}

}  // namespace
}  // namespace xianjie
