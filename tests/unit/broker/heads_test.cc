// Heads of audit logs: said to the parent and one other neighbour, countersigned, never going back.
#include "broker/heads.h"

#include <gtest/gtest.h>

#include "crypto/statement.h"
#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;

constexpr std::uint64_t kStore = 5;

SignedRecord head_by(OfficeId issuer, OfficeId target, std::uint64_t number, std::uint8_t fill,
                     WallTime created, std::uint64_t epoch = kStore,
                     RecordType type = RecordType::kHead) {
  Record record;
  record.type = type;
  record.target = target;
  record.created = created;
  record.epoch = epoch;
  record.audit_number = number;
  record.audit_head = Hash{fill};
  return crypto::sign_record(record, office_keys(issuer));
}
std::vector<Record> heads_in(const std::vector<Record>& records, RecordType type) {
  std::vector<Record> out;
  for (const Record& record : records)
    if (record.type == type) out.push_back(record);
  return out;
}

struct Heads : testing::Test {
  OneBroker at{kCounty, kNow};
  std::vector<KeptHead> kept(bool of_neighbours) {
    const auto txn = at.store.read();
    return *kept_heads(**txn, of_neighbours);
  }
};

TEST_F(Heads, GoToTheParentAndTheLowestOtherNeighbour) {
  const auto& directory = nation().snapshot()->directory;
  EXPECT_EQ(head_witnesses(directory, kCounty), (std::vector{kPrefecture, kTownship}));
  EXPECT_EQ(head_witnesses(directory, kTownship), std::vector{kCounty});
  EXPECT_EQ(head_witnesses(directory, kMinistry).size(), 1U);
  at.connect(kPrefecture);
  at.connect(kTownship);
  const auto effects = at.step({ArchiveHead{7, Hash{1}}});
  for (const OfficeId witness : {kPrefecture, kTownship}) {
    const auto heads = heads_in(records_to(effects, witness), RecordType::kHead);
    ASSERT_EQ(heads.size(), 1U);
    EXPECT_EQ(heads[0].audit_number, 7U);
    EXPECT_EQ(heads[0].target, witness);
    EXPECT_EQ(heads[0].epoch, at.broker().epoch());
  }
}

TEST_F(Heads, WhatWasCountersignedIsNotSaidAgainAndANewerOneTakesTheWaitingOnesPlace) {
  for (std::uint64_t n = 1; n <= 3; ++n) at.step({ArchiveHead{n, Hash{1}}});
  const auto effects = at.connect(kPrefecture);
  const auto heads = heads_in(records_to(effects, kPrefecture), RecordType::kHead);
  ASSERT_EQ(heads.size(), 1U) << "only the newest waited";
  at.ack_records(kPrefecture, effects);
  at.feed(kPrefecture, Records{1,
                               {head_by(kPrefecture, kCounty, 3, 1, kNow, at.broker().epoch(),
                                        RecordType::kHeadSeen)}});
  ASSERT_EQ(kept(false).size(), 1U);
  EXPECT_TRUE(
      heads_in(records_to(at.step({ArchiveHead{3, Hash{1}}}), kPrefecture), RecordType::kHead)
          .empty());
  EXPECT_EQ(heads_in(records_to(at.step({ArchiveHead{4, Hash{2}}}), kPrefecture), RecordType::kHead)
                .size(),
            1U);
}

TEST_F(Heads, NothingIsSaidByAClockThatIsNotTrusted) {
  at.now.wall_trusted = false;
  at.step({ArchiveHead{7, Hash{1}}});
  EXPECT_TRUE(at.rows(Table::kRecords).empty());
}

TEST_F(Heads, ACountersignatureCountsFromAWitnessOnly) {
  at.connect(kPrefecture);
  at.connect(kSecondTownship);
  at.feed(
      kSecondTownship,
      Records{1, {head_by(kSecondTownship, kCounty, 3, 1, kNow, kStore, RecordType::kHeadSeen)}});
  EXPECT_TRUE(kept(false).empty());
  at.feed(kPrefecture,
          Records{1, {head_by(kPrefecture, kTownship, 3, 1, kNow, kStore, RecordType::kHeadSeen)}});
  EXPECT_TRUE(kept(false).empty()) << "meant for another office";
}

struct Witness : Heads {
  void SetUp() override { at.connect(kTownship); }
  Effects hear(const SignedRecord& record) {
    return at.feed(kTownship, Records{++frame, {record}});
  }
  Effects hear(std::uint64_t number, std::uint8_t fill, Duration later = {},
               std::uint64_t epoch = kStore) {
    return hear(head_by(kTownship, kCounty, number, fill, kNow + later, epoch));
  }
  std::uint64_t frame = 0;
};

TEST_F(Witness, CountersignsAndKeeps) {
  const auto seen = heads_in(records_to(hear(7, 1), kTownship), RecordType::kHeadSeen);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].audit_number, 7U);
  EXPECT_EQ(seen[0].audit_head, Hash{1});
  ASSERT_EQ(kept(true).size(), 1U);
  at.restart();
  EXPECT_EQ(kept(true).size(), 1U);
}

TEST_F(Witness, AHeadThatGoesBackIsAlarmedAndRefused) {
  hear(7, 1);
  const auto effects = hear(6, 2, hours(1));
  ASSERT_EQ(effects.alarms.size(), 1U);
  EXPECT_NE(effects.alarms[0].find("audit_head_back: office=township:610802001 number=6 known=7"),
            std::string::npos);
  EXPECT_TRUE(heads_in(records_to(effects, kTownship), RecordType::kHeadSeen).empty());
  EXPECT_EQ(kept(true).at(0).record.audit_number, 7U);
  EXPECT_NE(at.audit_text().find("head_refused"), std::string::npos);
}

TEST_F(Witness, AnotherHashAtTheSameNumberIsAlarmedAndRefused) {
  hear(7, 1);
  const auto effects = hear(7, 2, hours(1));
  EXPECT_EQ(effects.alarms.size(), 1U);
  EXPECT_EQ(kept(true).at(0).record.audit_head, Hash{1});
  const auto again = hear(7, 1, hours(2));
  EXPECT_TRUE(again.alarms.empty());
  EXPECT_EQ(heads_in(records_to(again, kTownship), RecordType::kHeadSeen).size(), 1U)
      << "its answer was lost: countersigned again";
}

TEST_F(Witness, OneOvertakenOnItsWayIsNoAlarm) {
  hear(7, 1, hours(1));
  EXPECT_TRUE(hear(6, 2).alarms.empty());
}

TEST_F(Witness, ANewStoreMayBeginANewLogButNotUnseen) {
  hear(7, 1);
  const auto effects = hear(2, 3, hours(1), kStore + 1);
  ASSERT_EQ(effects.alarms.size(), 1U);
  EXPECT_NE(effects.alarms[0].find("a new store"), std::string::npos);
  EXPECT_EQ(heads_in(records_to(effects, kTownship), RecordType::kHeadSeen).size(), 1U);
}

TEST_F(Witness, HearsItFromTheOfficeItselfOnly) {
  at.connect(kPrefecture);
  at.feed(kPrefecture, Records{1, {head_by(kTownship, kCounty, 9, 1, kNow)}});
  hear(head_by(kTownship, kPrefecture, 9, 1, kNow));
  EXPECT_TRUE(kept(true).empty());
}

TEST_F(Witness, KeepsTheNewestOfEachMonthOfSoManyMonths) {
  for (int month = 0; month < kHeadMonths + 6; ++month) {
    hear(static_cast<std::uint64_t>(2 * month + 1), 1, days(31 * month));
    hear(static_cast<std::uint64_t>(2 * month + 2), 1, days(31 * month) + hours(1));
  }
  const auto heads = kept(true);
  EXPECT_EQ(heads.size(), static_cast<std::size_t>(kHeadMonths));
  for (const KeptHead& head : heads) EXPECT_EQ(head.record.audit_number % 2, 0U);
}

// Else two offices with disks between them would answer each other's answers for ever.
TEST_F(Heads, GoByDiskWithMailButNotAsAnAnswer) {
  at.step({ArchiveHead{7, Hash{1}}});
  Export event;
  event.token = 5;
  event.neighbour = kTownship;
  event.expires = at.now.wall + days(14);
  event.answers_only = true;
  EXPECT_FALSE(at.step({event}).replies.at(0).result) << "nothing waits";
  event.answers_only = false;
  EXPECT_TRUE(at.step({event}).replies.at(0).result);
}

}  // namespace
}  // namespace xianjie::tests
