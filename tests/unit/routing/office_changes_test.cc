// Offices that move, merge, close and hand over codes at a moment that is known ahead.
#include <gmock/gmock.h>

#include "routing/route.h"
#include "tests/unit/routing/office_tree.h"

namespace xianjie::routing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using What = OfficeChange::What;

const WallTime kBefore = local_time(Date{2026, 12, 31}), kThen = local_time(Date{2027, 1, 1}),
               kLater = local_time(Date{2027, 2, 1});

// One province, two prefectures, two counties, three townships.
DirectoryContents nation_with(std::vector<OfficeChange> changes) {
  DirectoryContents contents;
  contents.header.version = 7;
  contents.header.rehearsal = true;
  contents.header.created = local_time(Date{2026, 12, 1});
  contents.header.changes = std::move(changes);
  contents.offices = records_of({{"ministry:000000", "-"},
                                 {"province:610000", "ministry:000000"},
                                 {"prefecture:610800", "province:610000"},
                                 {"prefecture:610700", "province:610000"},
                                 {"county:610802", "prefecture:610800"},
                                 {"county:610803", "prefecture:610800"},
                                 {"township:610802001", "county:610802"},
                                 {"township:610802002", "county:610802"},
                                 {"township:610803001", "county:610803"}});
  return contents;
}
Result<Directory> changed(std::vector<OfficeChange> changes, WallTime at) {
  XJ_TRY(auto file, DirectoryFile::open(encode_directory_body(nation_with(std::move(changes)))));
  XJ_TRY_VOID(Directory::check_all(file));
  return Directory::open(std::move(file), {}, at);
}
std::string fault(std::vector<OfficeChange> changes) {
  const auto directory = changed(std::move(changes), kLater);
  return directory ? "taken" : directory.error().text;
}
Hash digest(const Directory& directory) {
  Bytes all;
  directory.write_digest_input(
      [&](ByteView piece) { all.insert(all.end(), piece.begin(), piece.end()); });
  Hash out{};
  std::uint64_t sum = 1469598103934665603ULL;
  for (const std::uint8_t byte : all) sum = (sum ^ byte) * 1099511628211ULL;
  for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<std::uint8_t>(sum >> (8 * i));
  return out;
}

const OfficeId kMerged = office("county:610802"), kHeir = office("county:610803"),
               kTownSeat = office("township:610802001");

TEST(OfficeChanges, CountFromTheirMomentOn) {
  const std::vector<OfficeChange> move{
      {kMerged, kThen, What::kMove, office("prefecture:610700"), 0}};
  const auto before = changed(move, kBefore), after = changed(move, kThen);
  ASSERT_TRUE(before && after);
  EXPECT_EQ(before->parent(kMerged), office("prefecture:610800"));
  EXPECT_EQ(before->next_change(), kThen);
  EXPECT_EQ(after->parent(kMerged), office("prefecture:610700"));
  EXPECT_FALSE(after->next_change().is_set());
  EXPECT_THAT(*path(*after, office("province:610000"), kTownSeat),
              Contains(office("prefecture:610700")));
  EXPECT_TRUE(digest(*before) == digest(*changed({}, kBefore)))
      << "what is planned changes nothing";
  EXPECT_FALSE(digest(*after) == digest(*before));
}

TEST(OfficeChanges, WhoHasLeftIsKnownToTheOfficeThatWasAbove) {
  const OfficeId old = office("prefecture:610800"), other = office("prefecture:610700");
  const std::vector<OfficeChange> there{{kMerged, kThen, What::kMove, other, 0}};
  std::vector<OfficeChange> back = there;
  back.push_back({kMerged, kLater, What::kMove, old, 0});
  EXPECT_TRUE(changed(there, kBefore)->former_children(old).empty());
  EXPECT_EQ(changed(there, kThen)->former_children(old), std::vector{kMerged});
  EXPECT_TRUE(changed(back, kLater)->former_children(old).empty());
  EXPECT_EQ(changed(back, kLater)->former_children(other), std::vector{kMerged});
  const auto merged = changed({{kMerged, kThen, What::kMerge, kHeir, 0}}, kThen);
  EXPECT_THAT(merged->former_children(kMerged), Contains(kTownSeat));
}

// By an older directory; by the same one before its day, or so soon after it that an office without
// a trusted clock may not have seen it. Never by a newer one than is known here.
TEST(OfficeChanges, WhatWasWrittenBeforeAChangeIsTold) {
  const std::vector<OfficeChange> move{
      {kMerged, kThen, What::kMove, office("prefecture:610700"), 0}};
  const auto planned = changed(move, kBefore), moved = changed(move, kThen);
  const auto written = [](std::uint64_t version, WallTime created) {
    Header header;
    header.directory_version = version;
    header.created = created;
    return header;
  };
  EXPECT_TRUE(written_before_change(*planned, written(6, kBefore)));
  EXPECT_FALSE(written_before_change(*planned, written(7, kBefore))) << "it is not in force";
  EXPECT_TRUE(written_before_change(*moved, written(7, kBefore)));
  EXPECT_TRUE(written_before_change(*moved, written(7, kThen + days(29))));
  EXPECT_FALSE(written_before_change(*moved, written(7, kLater)));
  EXPECT_FALSE(written_before_change(*moved, written(8, kBefore)));
}

TEST(OfficeChanges, AMergedOfficesCodesChildrenAndMailAreItsHeirs) {
  const auto after = changed({{kMerged, kThen, What::kMerge, kHeir, 0}}, kThen);
  ASSERT_TRUE(after) << after.error().text;
  EXPECT_TRUE(after->has_ended(kMerged));
  EXPECT_FALSE(after->has_ended(kHeir));
  EXPECT_EQ(after->successor(kMerged), kHeir);
  EXPECT_EQ(after->owner_of(610802), kHeir);
  EXPECT_EQ(after->parent(kTownSeat), kHeir);
  EXPECT_THAT(after->children(office("prefecture:610800")), Not(Contains(kMerged)));
  EXPECT_TRUE(after->are_neighbours(kMerged, office("prefecture:610800")))
      << "it gives away what it has";
  EXPECT_FALSE(after->are_neighbours(kMerged, kTownSeat));
  EXPECT_TRUE(after->find(kMerged).has_value()) << "what it signed can still be verified";
}

TEST(OfficeChanges, ACodesOwnerFollowsChainsOfMerges) {
  const auto after = changed({{kTownSeat, kThen, What::kMerge, office("township:610802002"), 0},
                              {office("township:610802002"), kLater, What::kClose, {}, 0}},
                             kLater);
  ASSERT_TRUE(after) << after.error().text;
  EXPECT_EQ(after->successor(kTownSeat), kMerged);
  EXPECT_EQ(after->owner_of(610802001), kMerged);
}

TEST(OfficeChanges, AChildTakesThePlaceOfItsParent) {
  const auto after =
      changed({{office("prefecture:610800"), kThen, What::kMerge, kMerged, 0}}, kThen);
  ASSERT_TRUE(after) << after.error().text;
  EXPECT_EQ(after->parent(kMerged), office("province:610000"));
  EXPECT_EQ(after->parent(kHeir), kMerged);
}

TEST(OfficeChanges, ASplitGivesACodeAlone) {
  const auto after =
      changed({{kTownSeat, kThen, What::kCode, office("township:610803001"), 610802001}}, kThen);
  ASSERT_TRUE(after) << after.error().text;
  EXPECT_EQ(after->owner_of(610802001), office("township:610803001"));
  EXPECT_FALSE(after->has_ended(kTownSeat));
}

TEST(OfficeChanges, ThatMakeNoSenseAreRefusedBeforeTheyCount) {
  EXPECT_THAT(fault({{office("province:610000"), kThen, What::kMove, kTownSeat, 0}}),
              HasSubstr("circle"));
  EXPECT_THAT(fault({{office("ministry:000000"), kThen, What::kClose, {}, 0}}),
              HasSubstr("leads nowhere"));
  EXPECT_THAT(fault({{office("ministry:000000"), kThen, What::kMerge, kTownSeat, 0}}),
              HasSubstr("cannot end"));
  EXPECT_THAT(
      fault({{kTownSeat, kThen, What::kClose, {}, 0}, {kTownSeat, kLater, What::kMove, kHeir, 0}}),
      HasSubstr("changes after its end"));
  EXPECT_THAT(fault({{kTownSeat, kThen, What::kMerge, office("county:419001"), 0}}),
              HasSubstr("unknown office county:419001"));
  EXPECT_THAT(fault({{kMerged, kThen, What::kMerge, kHeir, 0},
                     {kHeir, kThen + minutes(1), What::kMerge, kMerged, 0}}),
              HasSubstr("leads nowhere"));
}

}  // namespace
}  // namespace xianjie::routing
