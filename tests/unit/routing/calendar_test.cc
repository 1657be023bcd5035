#include "routing/calendar.h"

#include <gtest/gtest.h>

#include "tests/unit/routing/office_tree.h"

namespace xianjie::routing {
namespace {

constexpr Kind kMonthly = Kind::kPreReleaseNotice;

WallTime at(std::string_view text) {
  return parse_wall_time(text).value();
}
Period period(std::string_view text) {
  return Period::parse(text).value();
}
std::string gate_text(std::string_view id, std::string_view month, int hour = 9) {
  const auto opens = gate(kMonthly, period(month), office(id), {.gate_hour = hour});
  return opens ? to_text(*opens) : "none";
}

TEST(Calendar, TheChainLeavesOneDayAfterTheOther) {
  EXPECT_EQ(gate_text("prison:610000-03", "2026-12"), "2026-12-10T09:00:00.000+08:00");
  EXPECT_EQ(gate_text("detention-house:610802", "2026-12"), "2026-12-10T09:00:00.000+08:00");
  EXPECT_EQ(gate_text("prison-bureau:610000", "2026-12"), "2026-12-11T09:00:00.000+08:00");
  EXPECT_EQ(gate_text("police:610000", "2026-12"), "2026-12-11T09:00:00.000+08:00");
  EXPECT_EQ(gate_text("province:610000", "2026-12"), "2026-12-12T09:00:00.000+08:00");
  EXPECT_EQ(gate_text("prefecture:610800", "2026-12"), "2026-12-13T09:00:00.000+08:00");
  EXPECT_EQ(gate_text("county:610802", "2026-12", 17), "2026-12-14T17:00:00.000+08:00");
}

TEST(Calendar, WorkingDaysLeaveOutWeekendsAndHolidaysAndCountMakeUpDays) {
  const std::vector<Date> holidays{{2027, 2, 8}, {2027, 2, 9}}, worked{{2027, 2, 6}};
  const WorkingDays days{holidays, worked};
  EXPECT_TRUE(days.is_working({2027, 2, 5}));   // a Friday
  EXPECT_TRUE(days.is_working({2027, 2, 6}));   // a Saturday that is worked
  EXPECT_FALSE(days.is_working({2027, 2, 7}));  // a Sunday
  EXPECT_FALSE(days.is_working({2027, 2, 8}));
  EXPECT_EQ(to_text(days.after(at("2027-02-05T23:00:00+08:00"), 1)),
            "2027-02-06T18:00:00.000+08:00");
  EXPECT_EQ(to_text(days.after(at("2027-02-05T01:00:00+08:00"), 3)),
            "2027-02-11T18:00:00.000+08:00");
}

TEST(Calendar, WhereTheChainEndsThereIsNoGate) {
  EXPECT_EQ(gate_text("township:610802001", "2026-12"), "none");
  EXPECT_EQ(gate_text("population-police:610000", "2026-12"), "none");
  EXPECT_EQ(gate_text("ministry:000000", "2026-12"), "none");
}

TEST(Calendar, OtherKindsLeaveAtOnce) {
  for (const KindRow& row : kinds()) {
    const auto opens = gate(row.kind, period("2026-12"), office("prison:610000-03"), {});
    EXPECT_EQ(opens.has_value(), row.kind == kMonthly) << to_word(row.kind);
  }
}

TEST(Calendar, APeriodThatIsNoMonthHasNoGate) {
  EXPECT_FALSE(gate(kMonthly, Period{}, office("province:610000"), {}));
  EXPECT_FALSE(gate(kMonthly, Period{202613}, office("province:610000"), {}));
  EXPECT_FALSE(gate(kMonthly, Period{4'000'000'000U}, office("province:610000"), {}));
}

TEST(Calendar, WhatArrivesAfterTheDayOfItsGateIsLate) {
  const OfficeId county = office("county:610802");
  const auto late = [&](std::string_view arrived) {
    return is_late(kMonthly, period("2026-12"), county, at(arrived), {});
  };
  EXPECT_FALSE(late("2026-12-13T09:00:01+08:00"));
  EXPECT_FALSE(late("2026-12-14T23:59:59+08:00"));
  EXPECT_TRUE(late("2026-12-15T00:00:00+08:00"));
  EXPECT_FALSE(late("2026-12-14T15:59:59Z"));
  EXPECT_TRUE(late("2026-12-14T16:00:00Z"));
  EXPECT_FALSE(
      is_late(Kind::kAdHocReport, period("2026-12"), county, at("2027-01-15T00:00:00+08:00"), {}));
  EXPECT_FALSE(is_late(kMonthly, period("2026-12"), office("township:610802001"),
                       at("2027-01-15T00:00:00+08:00"), {}));
}

TEST(Calendar, UpToTheEndOfTheTenthInShanghaiIsThisMonth) {
  const auto submitted = [](std::string_view when) {
    return to_text(period_for_submission(at(when)));
  };
  EXPECT_EQ(submitted("2026-12-10T23:59:59.999+08:00"), "2026-12");
  EXPECT_EQ(submitted("2026-12-11T00:00:00+08:00"), "2027-01");
  EXPECT_EQ(submitted("2026-12-10T15:59:59Z"), "2026-12");
  EXPECT_EQ(submitted("2026-12-10T16:00:00Z"), "2027-01");
  EXPECT_EQ(submitted("2026-12-31T23:59:59+08:00"), "2027-01");
  EXPECT_EQ(submitted("2026-12-31T16:00:00Z"), "2027-01");
  EXPECT_EQ(submitted("2026-02-28T12:00:00+08:00"), "2026-03");
  EXPECT_EQ(submitted("2026-03-01T00:00:00+08:00"), "2026-03");
}

TEST(Calendar, LifetimesStartAtTheGateOrAtCreation) {
  const WallTime created = at("2026-12-09T12:00:00+08:00");
  const WallTime opens = at("2026-12-10T09:00:00+08:00");
  EXPECT_EQ(not_after(kMonthly, created, opens, {}), opens + days(60));
  EXPECT_EQ(not_after(kMonthly, created, {}, {}), created + days(60));
  EXPECT_EQ(not_after(kMonthly, opens + hours(3), opens, {}), opens + hours(3) + days(60));
  EXPECT_EQ(not_after(Kind::kAdHocReport, created, opens, {}), created + days(30));
  EXPECT_EQ(not_after(Kind::kAssistanceRequest, created, {}, created + hours(5)),
            created + hours(5));
}

}  // namespace
}  // namespace xianjie::routing
