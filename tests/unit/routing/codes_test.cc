#include "routing/codes.h"

#include <algorithm>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace xianjie::routing {
namespace {

CodeInfo get(std::uint32_t code) {
  const auto info = find_code(code);
  EXPECT_TRUE(info) << code;
  return info.value_or(CodeInfo{});
}
bool is_living(std::uint32_t code) {
  const auto info = find_code(code);
  return code != 0 && info && info->status == CodeStatus::kCurrent;
}

TEST(Codes, RowsOfEveryLevelStandUnderTheirParents) {
  EXPECT_EQ(get(610000).name, "陕西省");
  EXPECT_EQ(get(610000).parent, 0u);
  EXPECT_EQ(get(610800).level, CodeLevel::kPrefecture);
  EXPECT_EQ(get(610802).name, "榆阳区");
  EXPECT_EQ(get(610802).parent, 610800u);
  EXPECT_EQ(get(610802001).level, CodeLevel::kTownship);
  EXPECT_EQ(get(610802001).parent, 610802u);
  EXPECT_EQ(get(0).level, CodeLevel::kCountry);
  EXPECT_FALSE(find_code(999999));
  EXPECT_FALSE(find_code(610802999));
}

TEST(Codes, ParentsFormATreeWithoutStatisticalRows) {
  for (const std::uint32_t code : all_codes(false)) {
    const CodeInfo info = get(code);
    int depth = 0;
    for (std::uint32_t at = code; at != 0; at = parent_code(at)) {
      ASSERT_LE(++depth, 4) << code;
      ASSERT_TRUE(at == code || is_living(at)) << code << " climbs over " << at;
    }
    if (info.level != CodeLevel::kProvince) {
      ASSERT_NE(info.parent, 0u) << code;
    }
    ASSERT_FALSE(info.evidence.empty()) << code;
    ASSERT_FALSE(info.name.empty()) << code;
    ASSERT_EQ(province_of(code) / 10'000, code < 1'000'000 ? code / 10'000 : code / 10'000'000)
        << code;
  }
}

TEST(Codes, ChildrenAndParentsAgree) {
  std::size_t reached = 0;
  for (const std::uint32_t code : all_codes(false)) {
    const auto children = children_of(code);
    EXPECT_TRUE(std::ranges::is_sorted(children));
    for (const std::uint32_t child : children) ASSERT_EQ(parent_code(child), code);
    reached += children.size();
  }
  reached += children_of(0).size();
  const auto all = all_codes(false);
  EXPECT_EQ(reached, static_cast<std::size_t>(std::ranges::count_if(all, is_living)));
  EXPECT_EQ(children_of(0).size(), 35u);  // 31, the Corps, and three from the overlay
}

TEST(Codes, StatisticalRowsAreNoAgencies) {
  for (const std::uint32_t code :
       {110100u, 120100u, 310100u, 500100u, 500200u, 419000u, 429000u, 469000u, 659000u}) {
    EXPECT_EQ(get(code).status, CodeStatus::kStatistical) << code;
    EXPECT_EQ(get(code).desk, code / 10'000 * 10'000) << code;
  }
  EXPECT_EQ(get(620201).status, CodeStatus::kStatistical);
  EXPECT_EQ(get(620201).desk, 620200u);
  EXPECT_EQ(get(110101).parent, 110000u);
  EXPECT_EQ(get(500229).parent, 500000u);
}

TEST(Codes, CountiesDirectlyUnderAProvince) {
  EXPECT_EQ(get(429004).parent, 420000u);
  EXPECT_EQ(get(469001).parent, 460000u);
  EXPECT_EQ(get(659001).parent, 650000u);
  EXPECT_EQ(get(419001).parent, 410000u);
}

TEST(Codes, CityAndCountyUnderOneCodeHoldTownships) {
  for (const std::uint32_t code : {441900u, 442000u, 460400u}) {
    EXPECT_EQ(get(code).level, CodeLevel::kPrefecture) << code;
    EXPECT_EQ(get(code).parent, code / 10'000 * 10'000) << code;
    const auto children = children_of(code);
    EXPECT_GE(children.size(), 10u) << code;
    for (const std::uint32_t child : children) EXPECT_EQ(get(child).level, CodeLevel::kTownship);
  }
  EXPECT_EQ(get(620201100).parent, 620200u);
}

TEST(Codes, DevelopmentZonesHoldTownshipsButAreNoCounties) {
  int zones = 0;
  for (const std::uint32_t code : all_codes(false)) {
    if (code >= 1'000'000 || code % 100 < 70 || code % 100 > 79) continue;
    ++zones;
    EXPECT_EQ(get(code).status, CodeStatus::kStatistical) << code;
    EXPECT_TRUE(is_living(get(code).desk)) << code;
  }
  EXPECT_EQ(zones, 124);
  EXPECT_EQ(get(130171).desk, 130100u);
  EXPECT_EQ(get(130171100).parent, 130100u);
}

TEST(Codes, OverlayRowsStandInTheTable) {
  EXPECT_EQ(get(660000).name, "新疆生产建设兵团");
  for (const std::uint32_t code : {660000u, 710000u, 810000u, 820000u}) {
    EXPECT_EQ(get(code).level, CodeLevel::kProvince) << code;
    EXPECT_EQ(get(code).status, CodeStatus::kCurrent) << code;
  }
  EXPECT_EQ(get(653228).name, "和康县");
  EXPECT_EQ(get(653229).name, "和安县");
  EXPECT_EQ(get(653229).parent, 653200u);
}

TEST(Codes, TownshipNamesRepeat) {
  int streets_and_towns = 0;
  for (const std::uint32_t code : children_of(130205)) {
    const auto name = get(code).name;
    if (name == "开平街道" || name == "开平镇") ++streets_and_towns;
  }
  EXPECT_EQ(streets_and_towns, 2);
  const auto all = all_codes(false);
  EXPECT_GT(
      std::ranges::count_if(all, [](std::uint32_t code) { return get(code).name == "城关镇"; }),
      80);
}

TEST(Codes, OfficialChangesAreSuccessors) {
  const std::pair<std::uint32_t, std::uint32_t> changes[] = {{110103, 110101}, {110104, 110102},
                                                             {110229, 110119}, {370284, 370211},
                                                             {412723, 411623}, {512323, 500119}};
  for (const auto& [from, to] : changes) {
    EXPECT_EQ(get(from).status, CodeStatus::kAbolished) << from;
    EXPECT_EQ(get(from).successor, to) << from;
    EXPECT_EQ(get(from).desk, to) << from;
  }
  EXPECT_EQ(province_of(512323), 500000u);
}

TEST(Codes, DividedCodesHaveADeskAndNoSuccessor) {
  EXPECT_TRUE(get(430404).divided);
  EXPECT_EQ(get(430404).successor, 0u);
  EXPECT_EQ(get(430404).desk, 430400u);
  EXPECT_EQ(get(430404).candidates, (std::vector<std::uint32_t>{430407, 430408}));
  EXPECT_TRUE(get(330125).divided);
  EXPECT_EQ(get(330125).successor, 0u);
  EXPECT_EQ(get(330125).desk, 330100u);
}

TEST(Codes, APrefixThatMovedAsAWholeGivesSuccessors) {
  EXPECT_EQ(get(142222).successor, 140921u);  // 忻州地区 定襄县
  EXPECT_EQ(get(612727).successor, 610826u);  // 榆林地区 绥德县
  EXPECT_EQ(get(412821).successor, 0u);       // 驻马店: the order was not kept
  EXPECT_EQ(get(412821).desk, 411700u);
  EXPECT_EQ(get(612721).successor, 0u);  // 榆林县: a county never becomes a district by name
  EXPECT_EQ(get(612721).desk, 610800u);
}

TEST(Codes, EveryAbolishedRowHasALivingDeskAndEvidence) {
  std::size_t successors = 0, prefectures = 0, provinces = 0;
  const auto abolished = all_codes(true);
  for (const std::uint32_t code : abolished) {
    const CodeInfo info = get(code);
    ASSERT_EQ(info.status, CodeStatus::kAbolished) << code;
    ASSERT_FALSE(info.evidence.empty()) << code;
    ASSERT_TRUE(is_living(info.desk)) << code;
    ASSERT_TRUE(is_living(info.parent)) << code;
    ASSERT_GT(info.to_year, 2000) << code;
    if (info.successor != 0) {
      ASSERT_TRUE(is_living(info.successor)) << code;
      ASSERT_FALSE(info.divided) << code;
      ASSERT_EQ(info.desk, info.successor) << code;
      ++successors;
    } else {
      ++(get(info.desk).level == CodeLevel::kProvince ? provinces : prefectures);
    }
  }
  EXPECT_EQ(abolished.size(), 3897u);
  EXPECT_GE(successors, 400u);
  EXPECT_GE(successors + prefectures, abolished.size() * 93 / 100);
}

TEST(Codes, NineteenInTwentyAbolishedCountiesReachAPrefecture) {
  std::size_t counties = 0, found = 0;
  for (const std::uint32_t code : all_codes(true)) {
    const CodeInfo info = get(code);
    const bool aggregate = info.name == "市辖区" || info.name == "县";
    if (info.level != CodeLevel::kCounty || aggregate) continue;
    ++counties;
    // Municipalities have no prefectures, and some counties stand directly under their province.
    const std::uint32_t province = province_of(info.desk);
    const bool direct =
        province == 110000 || province == 120000 || province == 310000 || province == 500000;
    const bool known = info.successor != 0 || info.desk != province ||
                       std::ranges::any_of(info.candidates, [&](std::uint32_t c) {
                         return parent_code(c) == province;
                       });
    if (direct || known) ++found;
  }
  EXPECT_GT(counties, 3000u);
  EXPECT_GE(found * 100, counties * 95);
}

TEST(Codes, CodesReusedKeepTheirCurrentMeaning) {
  EXPECT_EQ(get(511402).status,
            CodeStatus::kCurrent);  // once a district of 涪陵, today 眉山's 东坡区
  EXPECT_EQ(get(511402).name, "东坡区");
}

TEST(Codes, TheDigestIsThatOfTheTable) {
  EXPECT_EQ(code_table_digest().size(), 64u);
  EXPECT_EQ(code_table_digest(), code_table_digest());
  std::set<char> letters(code_table_digest().begin(), code_table_digest().end());
  EXPECT_GT(letters.size(), 8u);
}

TEST(Codes, ParsesWhatPeopleType) {
  EXPECT_EQ(parse_code("610802"), 610802u);
  EXPECT_EQ(parse_code(" 610802001 "), 610802001u);
  EXPECT_EQ(parse_code("610802001002"), 610802001u);
  EXPECT_EQ(parse_code("610802001000"), 610802001u);
  EXPECT_EQ(parse_code("610802000000"), 610802u);
  EXPECT_EQ(parse_code("610802000"), 610802u);
  EXPECT_EQ(parse_code("６１０８０２"), 610802u);
  EXPECT_EQ(parse_code("\xE3\x80\x80"
                       "61０802\t"),
            610802u);
  EXPECT_EQ(parse_code("000000"), 0u);
  for (const char* bad : {"", "   ", "61080", "6108021", "61080200", "6108020011", "6108020010021",
                          "61080x", "610 802", "610802.0", "-10802", "012345678", "\xEF\xBC"})
    EXPECT_FALSE(parse_code(bad)) << bad;
}

TEST(Codes, WritesCodesAsTheyAreRead) {
  EXPECT_EQ(code_text(0), "000000");
  EXPECT_EQ(code_text(610802), "610802");
  EXPECT_EQ(code_text(610802001), "610802001");
  for (const std::uint32_t code : all_codes(false)) ASSERT_EQ(parse_code(code_text(code)), code);
}

TEST(Codes, UnknownTownshipsClimbToTheirCounty) {
  EXPECT_EQ(parent_code(610802999), 610802u);
  EXPECT_EQ(parent_code(110103001), 110101u);
  EXPECT_EQ(parent_code(130171999), 130100u);
  EXPECT_EQ(parent_code(999999), 0u);
  EXPECT_EQ(province_of(610802999), 610000u);
  EXPECT_EQ(province_of(999999), 0u);
}

}  // namespace
}  // namespace xianjie::routing
