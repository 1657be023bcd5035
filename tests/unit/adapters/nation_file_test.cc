#include "adapters/nation_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "routing/codes.h"

namespace xianjie::adapters {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string entry(std::string_view id, std::string_view parent, std::string_view more = "") {
  std::string text = "[[office]]\nid = \"" + std::string(id) + "\"\nname = \"某单位\"\n";
  if (!parent.empty()) text += "parent = \"" + std::string(parent) + "\"\n";
  return text + std::string(more);
}
const std::string kBranch = entry("ministry:000000", "") +
                            entry("province:610000", "ministry:000000") +
                            entry("prefecture:610800", "province:610000");

std::string refusal(const std::string& text) {
  const auto nation = parse_nation(text);
  return nation ? "parsed" : nation.error().text;
}
OfficeId office(std::string_view text) {
  return OfficeId::parse(text).value();
}

TEST(NationFile, OfficesTakeTheirCodesFromTheirIds) {
  const auto nation = parse_nation(kBranch + entry("county:610802", "prefecture:610800") +
                                   entry("police:610000", "province:610000") +
                                   entry("detention-house:610802", "police:610000"));
  ASSERT_TRUE(nation) << nation.error().text;
  EXPECT_THAT(nation->warnings, IsEmpty());
  ASSERT_EQ(nation->offices.size(), 6U);
  EXPECT_TRUE(std::ranges::is_sorted(nation->offices, {}, &OfficeRecord::id));
  for (const OfficeRecord& record : nation->offices) {
    EXPECT_EQ(record.name, "某单位");
    EXPECT_TRUE(record.keys.empty());
    EXPECT_TRUE(record.channels.empty());
    const bool owns = record.id.type() <= OfficeType::kTownship;
    EXPECT_EQ(record.codes.size(), owns ? 1U : 0U);
    if (owns) {
      EXPECT_EQ(record.codes.at(0), record.id.code());
    }
  }
  EXPECT_FALSE(nation->offices[0].parent.is_set());
  EXPECT_EQ(nation->offices[1].parent, office("ministry:000000"));
}

TEST(NationFile, TakesByteOrderMarkWindowsLinesAndAnEmptyParentAtTheRoot) {
  std::string text = "\xEF\xBB\xBF";
  for (const char c : entry("ministry:000000", "", "parent = \"\"\n"))
    text += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_EQ(refusal(text), "parsed");
}

TEST(NationFile, TakesLateralNeighbours) {
  const std::string laterals = "laterals = [\"prefecture:610800\"]\n";
  const auto nation = parse_nation(kBranch + entry("county:610802", "prefecture:610800") +
                                   entry("police:610000", "province:610000", laterals));
  ASSERT_TRUE(nation) << nation.error().text;
  const auto police =
      std::ranges::find(nation->offices, office("police:610000"), &OfficeRecord::id);
  EXPECT_THAT(police->laterals, ElementsAre(office("prefecture:610800")));
  EXPECT_THAT(refusal(kBranch + entry("police:610000", "province:610000",
                                      "laterals = [\"county:610802\"]\n")),
              HasSubstr("lateral neighbour county:610802"));
  EXPECT_THAT(refusal(kBranch + entry("police:610000", "province:610000", "laterals = 3\n")),
              HasSubstr("`laterals` is no list"));
}

TEST(NationFile, RefusesATreeWithoutSenseNamingOfficeAndLine) {
  EXPECT_THAT(refusal(kBranch + entry("province:430000", "")),
              testing::AllOf(HasSubstr("two roots"), HasSubstr("line 12"),
                             HasSubstr("province:430000"), HasSubstr("line 1)")));
  EXPECT_THAT(refusal(kBranch + entry("county:610802", "prefecture:610900")),
              testing::AllOf(HasSubstr("line 12"), HasSubstr("office county:610802"),
                             HasSubstr("parent prefecture:610900")));
  EXPECT_THAT(refusal(kBranch + entry("county:610802", "township:610802001") +
                      entry("township:610802001", "county:610802")),
              testing::AllOf(HasSubstr("county:610802"), HasSubstr("circle")));
  EXPECT_THAT(refusal(entry("county:610802", "county:610802")), HasSubstr("circle"));
  EXPECT_THAT(refusal(kBranch + entry("province:610000", "ministry:000000")),
              testing::AllOf(HasSubstr("line 12"), HasSubstr("twice"), HasSubstr("line 4")));
  EXPECT_THAT(refusal(kBranch + entry("county:610800", "prefecture:610800")),
              testing::AllOf(HasSubstr("610800"), HasSubstr("owns the code")));
}

TEST(NationFile, RefusesWhatIsNoOffice) {
  EXPECT_THAT(refusal(""), HasSubstr("no [[office]]"));
  EXPECT_THAT(refusal("office = []\n"), HasSubstr("no [[office]]"));
  EXPECT_THAT(refusal("office = 3\n"), HasSubstr("no list"));
  EXPECT_THAT(refusal("office = [1]\n"), HasSubstr("no table"));
  EXPECT_THAT(refusal("[[office]]\nid = \n"), HasSubstr("line 2"));
  EXPECT_THAT(refusal("[[office]]\nname = \"某\"\n"), HasSubstr("without `id`"));
  EXPECT_THAT(refusal("[[office]]\nid = \"ministry:000000\"\n"), HasSubstr("no `name`"));
  EXPECT_THAT(refusal("[[office]]\nid = \"ministry:000000\"\nname = \"\"\n"), HasSubstr("line 3"));
  EXPECT_THAT(refusal(kBranch + entry("county:6108", "prefecture:610800")),
              testing::AllOf(HasSubstr("line 13"), HasSubstr("county:6108")));
  EXPECT_THAT(refusal("[[office]]\nid = 610000\n"), HasSubstr("no text"));
  EXPECT_THAT(refusal(std::string("[[office]]\nid = \"\xff\xfe\"\n")), HasSubstr("line 2"));
}

TEST(NationFile, WarnsWhereTheCodeTableDiffers) {
  const auto other_parent = parse_nation(kBranch + entry("county:610802", "province:610000"));
  ASSERT_TRUE(other_parent);
  EXPECT_THAT(other_parent->warnings,
              ElementsAre(testing::AllOf(HasSubstr("line 12"), HasSubstr("county:610802"),
                                         HasSubstr("would be prefecture:610800"))));
  const auto skipped_level = parse_nation(kBranch + entry("county:610102", "province:610000"));
  ASSERT_TRUE(skipped_level);
  EXPECT_THAT(skipped_level->warnings, IsEmpty());
  const auto no_code = parse_nation(kBranch + entry("county:610899", "prefecture:610800"));
  ASSERT_TRUE(no_code);
  EXPECT_THAT(no_code->warnings, ElementsAre(HasSubstr("does not hold 610899")));
  const auto unknown_key = parse_nation("month = 1\n" + entry("ministry:000000", "", "tel = 1\n"));
  ASSERT_TRUE(unknown_key);
  EXPECT_THAT(unknown_key->warnings,
              testing::UnorderedElementsAre(HasSubstr("`month`"), HasSubstr("`tel`")));
}

TEST(DefaultNation, IsOfRealPlacesAndOfEverySortTheRehearsalPromises) {
  std::ifstream stream(XIANJIE_NATION_FILE, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  const auto nation = parse_nation(text.str());
  ASSERT_TRUE(nation) << nation.error().text;
  EXPECT_THAT(nation->warnings, IsEmpty());
  EXPECT_GE(nation->offices.size(), 24U);
  std::multiset<OfficeType> types;
  for (const OfficeRecord& record : nation->offices) {
    types.insert(record.id.type());
    for (const std::uint32_t code : record.codes) {
      if (code == 0) continue;
      const auto place = routing::find_code(code);
      ASSERT_TRUE(place) << to_text(record.id);
      EXPECT_THAT(record.name, testing::StartsWith(std::string(place->name)));
    }
  }
  EXPECT_GE(types.count(OfficeType::kProvince), 3U);
  EXPECT_GE(types.count(OfficeType::kPrison), 2U);
  EXPECT_GE(types.count(OfficeType::kPrisonBureau), 2U);
  EXPECT_EQ(types.count(OfficeType::kDetentionHouse), 1U);
  EXPECT_LT(types.count(OfficeType::kPopulationPolice), types.count(OfficeType::kProvince));
}

}  // namespace
}  // namespace xianjie::adapters
