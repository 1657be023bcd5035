#include "routing/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/routing/office_tree.h"

namespace xianjie::routing {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string refusal(std::vector<OfficeRecord> offices) {
  const auto directory = open_tree(std::move(offices));
  return directory ? "opened" : directory.error().text;
}
OfficeRecord& find(std::vector<OfficeRecord>& offices, std::string_view id) {
  return *std::ranges::find(offices, office(id), &OfficeRecord::id);
}
PublicKey public_key(std::uint8_t value) {
  PublicKey key{};
  key.fill(value);
  return key;
}
OfficeKeySet key_set(std::uint32_t number, WallTime from, WallTime until, bool revoked = false) {
  const auto seed = static_cast<std::uint8_t>(number * 3);
  return {.id = {number},
          .signing = public_key(seed),
          .sealing = public_key(seed + 1),
          .link = public_key(seed + 2),
          .valid_from = from,
          .valid_until = until,
          .revoked = revoked};
}
Bytes digest_input(const Directory& directory) {
  Bytes bytes;
  directory.write_digest_input(
      [&](ByteView part) { bytes.insert(bytes.end(), part.begin(), part.end()); });
  return bytes;
}

TEST(Directory, AnswersWhoStandsUnderWhom) {
  const Directory nation = open_small_nation();
  EXPECT_EQ(nation.size(), 14U);
  EXPECT_EQ(nation.header().version, 7U);
  EXPECT_EQ(nation.parent(office("county:610802")), office("prefecture:610800"));
  EXPECT_FALSE(nation.parent(office("ministry:000000")).is_set());
  EXPECT_FALSE(nation.parent(office("county:110101")).is_set());
  EXPECT_FALSE(nation.contains(office("county:110101")));
  EXPECT_FALSE(nation.find(office("county:110101")));
  EXPECT_EQ(nation.find(office("county:610802"))->name, "name of county:610802");
  EXPECT_THAT(texts(nation.children(office("prefecture:610800"))),
              ElementsAre("county:610802", "county:610822"));
  EXPECT_TRUE(nation.children(office("county:610822")).empty());
  EXPECT_TRUE(std::ranges::is_sorted(nation.all()));
  EXPECT_EQ(nation.all().size(), 14U);
}

TEST(Directory, NeighboursAreParentChildrenLateralsAndFellowProvinces) {
  auto offices = small_nation();
  find(offices, "detention-house:610802").laterals = {office("prison:610000-03")};
  const Directory nation = open_tree(offices).value();
  EXPECT_THAT(texts(nation.neighbours(office("province:420000"))),
              ElementsAre("ministry:000000", "province:610000", "county:429004"));
  EXPECT_THAT(texts(nation.neighbours(office("prison:610000-03"))),
              ElementsAre("prison-bureau:610000", "detention-house:610802"));
  EXPECT_TRUE(nation.are_neighbours(office("prison:610000-03"), office("detention-house:610802")));
  EXPECT_TRUE(nation.are_neighbours(office("province:610000"), office("province:420000")));
  EXPECT_FALSE(nation.are_neighbours(office("county:610802"), office("county:610822")));
  EXPECT_FALSE(nation.are_neighbours(office("county:610802"), office("county:610802")));
  EXPECT_FALSE(nation.are_neighbours(office("county:610802"), office("county:110101")));
}

TEST(Directory, TheChildDialsAndOfEqualsTheLower) {
  auto offices = small_nation();
  find(offices, "detention-house:610802").laterals = {office("prison:610000-03")};
  const Directory nation = open_tree(offices).value();
  const auto dials = [&](std::string_view from, std::string_view to) {
    return nation.dials(office(from), office(to));
  };
  EXPECT_TRUE(dials("county:610802", "prefecture:610800"));
  EXPECT_FALSE(dials("prefecture:610800", "county:610802"));
  EXPECT_TRUE(dials("province:420000", "province:610000"));
  EXPECT_FALSE(dials("province:610000", "province:420000"));
  EXPECT_TRUE(dials("prison:610000-03", "detention-house:610802"));
  EXPECT_FALSE(dials("detention-house:610802", "prison:610000-03"));
  EXPECT_FALSE(dials("county:610802", "county:610822"));
}

TEST(Directory, FindsOwnersAndNames) {
  auto offices = small_nation();
  find(offices, "county:610822").name = "name of county:610802";
  const Directory nation = open_tree(offices).value();
  EXPECT_EQ(nation.owner_of(0), office("ministry:000000"));
  EXPECT_EQ(nation.owner_of(610802001), office("township:610802001"));
  EXPECT_FALSE(nation.owner_of(610803).is_set());
  EXPECT_THAT(texts(nation.find_by_name("name of county:610802")),
              ElementsAre("county:610802", "county:610822"));
  EXPECT_TRUE(nation.find_by_name("name of county").empty());
}

TEST(Directory, KeysCountInTheirTime) {
  const WallTime start = local_time(Date{2026, 1, 1});
  auto offices = small_nation();
  find(offices, "county:610802").keys = {key_set(1, start, start + days(100)),
                                         key_set(2, start + days(50), {}),
                                         key_set(3, start + days(60), {}, true)};
  const Directory nation = open_tree(offices).value();
  const OfficeId county = office("county:610802");
  const auto newest = [&](WallTime at) {
    const auto key = nation.newest_key(county, at);
    return key ? key->id.number : 0;
  };
  EXPECT_EQ(newest(start - days(1)), 0U);
  EXPECT_EQ(newest(start), 1U);
  EXPECT_EQ(newest(start + days(50)), 2U);
  EXPECT_EQ(newest(start + days(500)), 2U);
  EXPECT_TRUE(nation.key(county, {1}));
  EXPECT_FALSE(is_valid(*nation.key(county, {1}), start + days(100)));
  EXPECT_TRUE(is_valid(*nation.key(county, {1}), start + days(99)));
  EXPECT_FALSE(is_valid(*nation.key(county, {3}), start + days(70)));
  EXPECT_FALSE(nation.key(county, {4}));
  EXPECT_FALSE(nation.newest_key(office("county:610822"), start));
}

TEST(Directory, LinkKeysNameTheirOfficeUnlessRevoked) {
  auto offices = small_nation();
  find(offices, "county:610802").keys = {key_set(1, {}, {}), key_set(2, {}, {}, true)};
  const Directory nation = open_tree(offices).value();
  EXPECT_EQ(nation.owner_of_link_key(public_key(5)), office("county:610802"));
  EXPECT_FALSE(nation.owner_of_link_key(public_key(8)).is_set());
  EXPECT_EQ(nation.find_link_key(public_key(8)), (std::pair{office("county:610802"), KeyId{2}}));
  EXPECT_FALSE(nation.owner_of_link_key(public_key(99)).is_set());
  EXPECT_FALSE(nation.find_link_key(public_key(99)));
}

TEST(Directory, RefusesATreeWithoutSense) {
  auto offices = small_nation();
  offices.push_back(record_of("province:430000", "-"));
  EXPECT_THAT(refusal(offices), HasSubstr("two roots"));

  offices = small_nation();
  offices.push_back(record_of("county:330106", "prefecture:330100"));
  EXPECT_THAT(refusal(offices), HasSubstr("unknown parent prefecture:330100"));

  offices = small_nation();
  find(offices, "prefecture:610800").parent = office("township:610802001");
  EXPECT_THAT(refusal(offices), HasSubstr("circle"));

  offices = small_nation();
  offices.push_back(offices.back());
  EXPECT_NE(refusal(offices), "opened");

  offices = small_nation();
  find(offices, "ministry:000000").parent = office("province:610000");
  EXPECT_THAT(refusal(offices), HasSubstr("no root"));
}

TEST(Directory, RefusesACodeOwnedTwiceOrByAnOfficeThatIsNoDestination) {
  auto offices = small_nation();
  find(offices, "county:610822").codes.push_back(610802001);
  EXPECT_THAT(refusal(offices), HasSubstr("610802001 is owned twice"));

  offices = small_nation();
  find(offices, "prison:610000-03").codes = {610803};
  EXPECT_THAT(refusal(offices), HasSubstr("prison:610000-03 owns a code"));
}

TEST(Directory, RefusesKeysSharedAndLateralsUnknown) {
  auto offices = small_nation();
  find(offices, "county:610802").keys = {key_set(1, {}, {})};
  find(offices, "county:610822").keys = {key_set(1, {}, {})};
  EXPECT_THAT(refusal(offices), HasSubstr("same link key"));

  offices = small_nation();
  find(offices, "county:610802").laterals = {office("county:110101")};
  EXPECT_THAT(refusal(offices), HasSubstr("lateral neighbour county:110101"));
}

TEST(Directory, DigestInputMovesWithTreesAndCodesOnly) {
  const Bytes before = digest_input(open_small_nation());
  auto offices = small_nation();
  std::ranges::reverse(offices);
  find(offices, "county:610802").keys = {key_set(1, {}, {})};
  find(offices, "county:610822").name = "another name";
  find(offices, "province:610000").channels = {{ChannelClass::kVpn, "tcp://127.0.0.1:9", {}, ""}};
  EXPECT_EQ(digest_input(open_tree(offices).value()), before);

  find(offices, "county:610822").parent = office("province:610000");
  EXPECT_NE(digest_input(open_tree(offices).value()), before);

  offices = small_nation();
  find(offices, "county:610822").codes.push_back(610823);
  EXPECT_NE(digest_input(open_tree(offices).value()), before);
}

}  // namespace
}  // namespace xianjie::routing
