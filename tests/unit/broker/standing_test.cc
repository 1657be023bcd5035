// How offices stand, on the way up: the newest of each, over children only, and never piled up.
#include <gtest/gtest.h>

#include "crypto/statement.h"
#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;

std::vector<StandingEntry> standing_rows(std::uint32_t accepted) {
  return {{kDecember, Kind::kPreReleaseNotice, StandingColumn::kAccepted, accepted}};
}
SignedRecord standing_by(OfficeId issuer, std::uint32_t accepted, WallTime created) {
  Record record;
  record.type = RecordType::kStanding;
  record.target = kMinistry;
  record.created = created;
  record.standing = standing_rows(accepted);
  return crypto::sign_record(record, office_keys(issuer));
}
// The counts of one office's standings in these records.
std::vector<std::uint32_t> counts_of(const std::vector<Record>& records, OfficeId issuer) {
  std::vector<std::uint32_t> out;
  for (const Record& record : records)
    if (record.type == RecordType::kStanding && record.issuer == issuer)
      out.push_back(record.standing.empty() ? 0 : record.standing[0].count);
  return out;
}
using Numbers = std::vector<std::uint32_t>;

struct Standings : testing::Test {
  OneBroker at{kBureau, kEarly};
  std::uint32_t kept(OfficeId office) {
    for (const auto& [key, value] : at.rows(Table::kStandings))
      if (key == standing_key(office)) {
        const auto bytes = decode_signed_record(decode_standing_row(value)->record);
        return decode_record_body(bytes->body)->standing.at(0).count;
      }
    return 0;
  }
};

TEST_F(Standings, OwnIsSignedWhenItChangesOrADayHasPassed) {
  at.connect(kProvince);
  auto effects = at.step({SetStanding{standing_rows(1)}});
  const auto records = records_to(effects, kProvince);
  EXPECT_EQ(counts_of(records, kBureau), Numbers{1});
  EXPECT_EQ(records.at(0).target, kMinistry);
  at.ack_records(kProvince, effects);
  EXPECT_TRUE(at.step({SetStanding{standing_rows(1)}}).sends.empty());
  effects = at.step({SetStanding{standing_rows(2)}});
  EXPECT_EQ(counts_of(records_to(effects, kProvince), kBureau), Numbers{2});
  at.ack_records(kProvince, effects);
  at.advance(hours(25));
  effects = at.step({SetStanding{standing_rows(2)}});
  EXPECT_EQ(counts_of(records_to(effects, kProvince), kBureau), Numbers{2});
}

TEST_F(Standings, NothingIsSignedByAClockThatIsNotTrusted) {
  at.now.wall_trusted = false;
  at.step({SetStanding{standing_rows(1)}});
  EXPECT_TRUE(at.rows(Table::kStandings).empty());
}

// Word of it comes by a third office, before the parent itself is back.
TEST_F(Standings, GoAgainToAParentThatLostItsStore) {
  at.connect(kPrison);
  at.connect(kProvince);
  at.ack_records(kProvince, at.step({SetStanding{standing_rows(1)}}));
  EXPECT_TRUE(at.rows(Table::kRecords).empty());
  at.disconnect(kProvince);
  Record lost;
  lost.type = RecordType::kEpoch;
  lost.target = kProvince;
  lost.created = at.now.wall;
  lost.epoch = 78;
  at.feed(kPrison, Records{1, {crypto::sign_record(lost, office_keys(kProvince))}});
  Hello hello = at.hello_from(kProvince);
  hello.store_epoch = 78;
  at.step({LinkUp{kProvince, ChannelClass::kVpn}});
  EXPECT_EQ(counts_of(records_to(at.feed(kProvince, hello), kProvince), kBureau), Numbers{1});
}

TEST_F(Standings, ANewerOneTakesThePlaceOfOneThatWaits) {
  at.step({SetStanding{standing_rows(1)}});
  at.connect(kPrison);
  for (std::uint32_t n = 2; n <= 4; ++n) {
    at.advance(minutes(1));
    at.step({SetStanding{standing_rows(n)}});
    at.feed(kPrison, Records{n, {standing_by(kPrison, 10 + n, at.now.wall)}});
  }
  EXPECT_EQ(at.rows(Table::kRecords).size(), 2U);
  const auto records = records_to(at.connect(kProvince), kProvince);
  EXPECT_EQ(counts_of(records, kBureau), Numbers{4});
  EXPECT_EQ(counts_of(records, kPrison), Numbers{14});
}

TEST_F(Standings, OneThatIsOnTheWireIsFollowedNotReplaced) {
  at.connect(kProvince);
  const auto first = at.step({SetStanding{standing_rows(1)}});
  at.advance(seconds(15));
  const auto second = at.step({SetStanding{standing_rows(2)}});
  EXPECT_EQ(counts_of(records_to(second, kProvince), kBureau), Numbers{2});
  at.ack_records(kProvince, first);
  EXPECT_EQ(at.rows(Table::kRecords).size(), 1U) << "the second still waits for its answer";
  at.ack_records(kProvince, second);
  EXPECT_TRUE(at.rows(Table::kRecords).empty());
}

TEST_F(Standings, OnlyTheNewestOfAnOfficeBelowCounts) {
  at.connect(kPrison);
  at.connect(kProvince);
  auto effects = at.feed(kPrison, Records{1, {standing_by(kPrison, 5, kEarly)}});
  EXPECT_EQ(counts_of(records_to(effects, kProvince), kPrison), Numbers{5});
  at.ack_records(kProvince, effects);
  effects = at.feed(
      kPrison,
      Records{2, {standing_by(kPrison, 4, kEarly - hours(1)), standing_by(kPrison, 5, kEarly)}});
  EXPECT_TRUE(records_to(effects, kProvince).empty());
  EXPECT_EQ(kept(kPrison), 5U);
}

TEST_F(Standings, AreTakenFromTheChildOnTheWayOnly) {
  at.connect(kPrison);
  at.connect(kProvince);
  at.feed(kProvince,
          Records{1, {standing_by(kPrison, 5, kEarly), standing_by(kTownship, 5, kEarly)}});
  at.feed(kPrison, Records{1, {standing_by(kBureau, 5, kEarly)}});
  at.feed(kPrison, Records{2, {standing_by(office("prison:610000-02"), 5, kEarly)}});
  at.feed(kPrison,
          Records{3, {standing_by(kPrison, 5, kEarly + hours(1))}});  // of tomorrow's clock
  EXPECT_TRUE(at.rows(Table::kStandings).empty());
  EXPECT_NE(at.audit_text().find("standing_refused"), std::string::npos);
}

TEST_F(Standings, AParentThatLostItsStoreGetsThemAllAgain) {
  at.connect(kPrison);
  at.ack_records(kProvince, at.connect(kProvince));
  at.ack_records(kProvince, at.step({SetStanding{standing_rows(1)}}));
  at.ack_records(kProvince, at.feed(kPrison, Records{1, {standing_by(kPrison, 5, kEarly)}}));
  EXPECT_TRUE(at.rows(Table::kRecords).empty());
  at.disconnect(kProvince);
  at.step({LinkUp{kProvince, ChannelClass::kVpn}});
  Hello hello = at.hello_from(kProvince);
  ++hello.store_epoch;
  const auto records = records_to(at.feed(kProvince, hello), kProvince);
  EXPECT_EQ(counts_of(records, kBureau), Numbers{1});
  EXPECT_EQ(counts_of(records, kPrison), Numbers{5});
}

TEST(StandingAtTheRoot, EndsThere) {
  OneBroker at(kMinistry, kEarly);
  at.connect(kProvince);
  at.connect(kOtherProvince);
  const auto effects = at.feed(kProvince, Records{1, {standing_by(kTownship, 3, kEarly)}});
  EXPECT_TRUE(frames_to<Records>(effects, kOtherProvince).empty());
  EXPECT_EQ(at.rows(Table::kStandings).size(), 1U);
  at.step({SetStanding{{}}});
  EXPECT_EQ(at.rows(Table::kStandings).size(), 2U);
  EXPECT_TRUE(at.rows(Table::kRecords).empty());
}

}  // namespace
}  // namespace xianjie::tests
