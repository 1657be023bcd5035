#include "routing/route.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/limits.h"
#include "tests/unit/routing/office_tree.h"

namespace xianjie::routing {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> walk(const Directory& directory, std::string_view from,
                              std::string_view to) {
  const auto offices = path(directory, office(from), office(to));
  return offices ? texts(*offices) : std::vector<std::string>{offices.error().text};
}

TEST(Route, ClimbsToTheCommonAncestorAndDown) {
  const Directory nation = open_small_nation();
  EXPECT_THAT(walk(nation, "prison:610000-03", "township:610802001"),
              ElementsAre("prison:610000-03", "prison-bureau:610000", "province:610000",
                          "prefecture:610800", "county:610802", "township:610802001"));
  EXPECT_THAT(walk(nation, "detention-house:610802", "county:610822"),
              ElementsAre("detention-house:610802", "police:610000", "province:610000",
                          "prefecture:610800", "county:610822"));
  EXPECT_THAT(walk(nation, "prison:610000-03", "population-police:610000"),
              ElementsAre("prison:610000-03", "prison-bureau:610000", "province:610000",
                          "population-police:610000"));
  EXPECT_THAT(walk(nation, "county:610802", "county:610822"),
              ElementsAre("county:610802", "prefecture:610800", "county:610822"));
}

TEST(Route, GoesStraightUpAndStraightDown) {
  const Directory nation = open_small_nation();
  EXPECT_THAT(
      walk(nation, "township:610802001", "province:610000"),
      ElementsAre("township:610802001", "county:610802", "prefecture:610800", "province:610000"));
  EXPECT_THAT(walk(nation, "province:420000", "township:429004001"),
              ElementsAre("province:420000", "county:429004", "township:429004001"));
  EXPECT_THAT(walk(nation, "prison:610000-03", "ministry:000000"),
              ElementsAre("prison:610000-03", "prison-bureau:610000", "province:610000",
                          "ministry:000000"));
  EXPECT_THAT(walk(nation, "county:610822", "county:610822"), ElementsAre("county:610822"));
}

TEST(Route, ProvincesMeetWithoutTheMinistry) {
  const Directory nation = open_small_nation();
  EXPECT_THAT(walk(nation, "prison:610000-03", "township:429004001"),
              ElementsAre("prison:610000-03", "prison-bureau:610000", "province:610000",
                          "province:420000", "county:429004", "township:429004001"));
  EXPECT_THAT(walk(nation, "province:420000", "province:610000"),
              ElementsAre("province:420000", "province:610000"));
}

TEST(Route, ALateralEdgeServesItsTwoEndsOnly) {
  auto offices = small_nation();
  for (OfficeRecord& record : offices)
    if (record.id == office("detention-house:610802"))
      record.laterals = {office("prison:610000-03"), office("county:610802")};
  const Directory nation = open_tree(offices).value();
  EXPECT_THAT(walk(nation, "prison:610000-03", "detention-house:610802"),
              ElementsAre("prison:610000-03", "detention-house:610802"));
  EXPECT_EQ(walk(nation, "detention-house:610802", "township:610802001").size(), 6U);
}

TEST(Route, EachStepIsBetweenNeighbours) {
  const Directory nation = open_small_nation();
  for (const OfficeId from : nation.all())
    for (const OfficeId to : nation.all()) {
      const auto offices = path(nation, from, to).value();
      EXPECT_EQ(offices.front(), from);
      EXPECT_EQ(offices.back(), to);
      for (std::size_t i = 1; i < offices.size(); ++i)
        EXPECT_TRUE(nation.are_neighbours(offices[i - 1], offices[i]));
      if (offices.size() < 2) continue;
      EXPECT_EQ(next_hop(nation, from, to).value(), offices[1]);
      auto back = path(nation, to, from).value();
      std::reverse(back.begin(), back.end());
      EXPECT_EQ(back, offices);
    }
}

TEST(Route, AnUnknownEndIsNotFound) {
  const Directory nation = open_small_nation();
  const auto unknown = path(nation, office("county:110101"), office("county:610802"));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(unknown.error().text, HasSubstr("county:110101"));
  EXPECT_FALSE(next_hop(nation, office("county:610802"), office("county:110101")));
  EXPECT_FALSE(next_hop(nation, office("county:610802"), office("county:610802")));
}

TEST(Route, LongerThanTheHopLimitIsRefused) {
  std::vector<OfficeRecord> offices = {record_of("ministry:000000", "-")};
  OfficeId above = office("ministry:000000");
  for (std::uint16_t i = 1; i <= kHopsMax + 1; ++i) {
    OfficeRecord record;
    record.id = OfficeId::make(OfficeType::kPrison, 610000, i).value();
    record.name = "a prison";
    record.parent = above;
    above = record.id;
    offices.push_back(record);
  }
  const Directory chain = open_tree(offices).value();
  const auto within = OfficeId::make(OfficeType::kPrison, 610000, kHopsMax).value();
  EXPECT_EQ(path(chain, office("ministry:000000"), within).value().size(), kHopsMax + 1U);
  const auto beyond = path(chain, office("ministry:000000"), above);
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, ErrorCode::kRefused);
}

TEST(Route, ACodeClimbsToTheFirstOfficeThatOwnsOne) {
  const Directory nation = open_small_nation();
  const auto decides = [&](std::uint32_t code) { return to_text(office_for_code(nation, code)); };
  EXPECT_EQ(decides(610802001), "township:610802001");
  EXPECT_EQ(decides(610802002), "county:610802");
  EXPECT_EQ(decides(610822), "county:610822");
  EXPECT_EQ(decides(610803), "prefecture:610800");
  EXPECT_EQ(decides(610102001), "province:610000");
  EXPECT_EQ(decides(429005), "province:420000");
  EXPECT_EQ(decides(330106), "ministry:000000");
  EXPECT_EQ(decides(0), "ministry:000000");
}

TEST(Route, WithoutAMinistryACodeMayBelongToNobody) {
  const Directory province =
      open_tree(records_of({{"province:610000", "-"}, {"prefecture:610800", "province:610000"}}))
          .value();
  EXPECT_EQ(to_text(office_for_code(province, 610802)), "prefecture:610800");
  EXPECT_FALSE(office_for_code(province, 330106).is_set());
}

TEST(Route, PopulationPoliceStandsByTheProvinceOfTheCode) {
  const Directory nation = open_small_nation();
  EXPECT_EQ(population_police_for(nation, 610802001), office("population-police:610000"));
  EXPECT_EQ(population_police_for(nation, 610000), office("population-police:610000"));
  EXPECT_FALSE(population_police_for(nation, 429004).is_set());
  EXPECT_FALSE(population_police_for(nation, 0).is_set());
}

}  // namespace
}  // namespace xianjie::routing
