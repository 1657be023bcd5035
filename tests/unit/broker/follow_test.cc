// What is held or on its way follows offices that move, merge or close.
#include <gmock/gmock.h>

#include "tests/support/one_broker.h"

namespace xianjie::broker {
namespace {

using namespace tests;  // the offices of the small nation
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using What = OfficeChange::What;

// A later directory in which one thing has changed already.
Snapshot after(OfficeChange change) {
  change.effective = kEarly - days(2);
  DirectoryContents contents = nation().contents();
  ++contents.header.version;
  contents.header.changes = {change};
  auto file = DirectoryFile::open(encode_directory_body(contents));
  auto directory = routing::Directory::open(std::move(*file), {}, kEarly);
  XJ_CHECK(directory.has_value());
  return DirectorySnapshot::make(std::move(*directory));
}
Snapshot township_merged() {
  return after({kTownship, {}, What::kMerge, kSecondTownship, 0});
}
// County under the other prefecture of no province of its own: under the province itself.
Snapshot county_moved() {
  return after({kCounty, {}, What::kMove, kProvince, 0});
}

Envelope report_for(OfficeId office) {
  return Writer(kPrison).write(office, Kind::kAdHocReport, kNow);
}
EnvelopeKey key_in(const Effects& effects) {
  return effects.delivered.at(0).key;
}

TEST(Follow, TheNearestReaderTakesWhatIsForAnOfficeThatHasEnded) {
  OneBroker county(kCounty, kNow);
  county.set_directory(township_merged());
  county.connect(kPrefecture);
  county.connect(kSecondTownship);
  const Envelope report = report_for(kTownship);
  const Effects effects = county.give_effects(kPrefecture, {report});
  ASSERT_THAT(effects.delivered, SizeIs(1));
  EXPECT_TRUE(effects.delivered[0].passes_on);
  EXPECT_EQ(county.state(key_of(report))->place, Place::kInbox);
  EXPECT_THAT(envelopes_to(effects, kSecondTownship), IsEmpty()) << "never the same envelope";
  ASSERT_THAT(county.inbox(), SizeIs(1));
  EXPECT_FALSE(county.inbox()[0].copy);
}

// A planned day comes while the daemon is down, or it dies while it looks through its queues.
TEST(Follow, WhatMovedWhileNobodyWasRunningIsFollowedAtTheStart) {
  OneBroker county(kCounty, kNow);
  county.connect(kPrefecture);
  const Envelope report = report_for(kTownship);
  county.give(kPrefecture, {report});
  county.set_directory(township_merged());
  county.restart();
  EXPECT_THAT(county.step().delivered, SizeIs(1));
  county.restart();
  EXPECT_THAT(county.step().delivered, IsEmpty());
}

// How the offices below stand was said to the parent before; the new one has never heard of it.
TEST(Follow, AMovedOfficeTellsItsNewParentHowItStands) {
  OneBroker county(kCounty, kNow);
  county.connect(kPrefecture);
  StandingEntry entry;
  entry.kind = Kind::kAdHocReport;
  entry.period = {202612};
  entry.count = 1;
  county.step({SetStanding{{entry}}});
  const auto waits_for = [&](OfficeId parent) {
    std::size_t count = 0;
    for (const auto& [key, value] : county.rows(Table::kRecords)) {
      const auto record = decode_record_body(decode_signed_record(value)->body);
      count += record->type == RecordType::kStanding && Decoder(key).u64() == parent.value();
    }
    return count;
  };
  ASSERT_EQ(waits_for(kPrefecture), 1U);
  county.set_directory(county_moved());
  county.step();
  EXPECT_EQ(waits_for(kPrefecture), 0U);
  EXPECT_EQ(waits_for(kProvince), 1U);
}

TEST(Follow, WhatWaitsInAQueueLandsWhenTheDirectoryMoves) {
  OneBroker county(kCounty, kNow);
  county.connect(kPrefecture);  // the township is away
  const Envelope report = report_for(kTownship);
  county.give(kPrefecture, {report});
  ASSERT_EQ(county.state(key_of(report))->place, Place::kQueued);
  ASSERT_TRUE(county.state(key_of(report))->path_copy);
  county.broker().set_directory(township_merged());
  const Effects effects = county.step();
  ASSERT_THAT(effects.delivered, SizeIs(1));
  EXPECT_EQ(key_in(effects), key_of(report));
  EXPECT_EQ(county.state(key_of(report))->place, Place::kInbox);
  EXPECT_FALSE(county.state(key_of(report))->path_copy);
  ASSERT_THAT(county.inbox(), SizeIs(1)) << "the path copy became the item";
  EXPECT_FALSE(county.inbox()[0].copy);
  EXPECT_THAT(county.rows(Table::kQueue), IsEmpty());
  EXPECT_THAT(receipts_to(effects, kPrefecture), SizeIs(1)) << "delivered, says the desk";
  EXPECT_EQ(county.broker().room().used(Quota::kCopies), 0U);
  EXPECT_EQ(county.broker().room().used(Quota::kDescending), 0U);
}

TEST(Follow, ABatchOnItsWayToANeighbourThatMovedGoesTheNewWay) {
  OneBroker prefecture(kPrefecture, kNow);
  prefecture.connect(kProvince);
  prefecture.connect(kCounty);
  const Envelope report = report_for(kTownship);
  const Effects sent = prefecture.give_effects(kProvince, {report});
  ASSERT_THAT(envelopes_to(sent, kCounty), SizeIs(1));
  prefecture.disconnect(kCounty);
  prefecture.broker().set_directory(county_moved());
  prefecture.step();
  // It could go back to the province only, where it came from: this office reads it, and sends a
  // new one.
  EXPECT_EQ(prefecture.state(key_of(report))->place, Place::kInbox);
  EXPECT_THAT(prefecture.rows(Table::kBatches), SizeIs(1)) << "only what came in";
}

TEST(Follow, AMoveThatDoesNotTouchTheWayChangesNothing) {
  OneBroker bureau(kBureau, kNow);
  bureau.connect(kPrison);
  const Envelope report = report_for(kOtherTownship);
  bureau.give(kPrison, {report});
  const auto before = bureau.rows(Table::kQueue);
  bureau.broker().set_directory(county_moved());
  bureau.step();
  EXPECT_EQ(bureau.rows(Table::kQueue), before);
}

TEST(Follow, TheOriginBelievesACustodianOnceItKnowsOfTheEnd) {
  OneBroker prison(kPrison, kNow);
  prison.connect(kBureau);
  Writer writer(kPrison);
  const PreparedOrder order = writer.order(kTownship, Kind::kAdHocReport, kNow);
  const EnvelopeId id = order.main.header.id;
  Submit submit;
  submit.token = 1;
  submit.items = {{1, std::nullopt, 610802001, Confidence::kExact, true, order}};
  prison.step({submit});
  Record record;
  record.target = kPrison;
  record.created = kNow;
  record.subject = Kind::kAdHocReport;
  record.receipts = {{id, order.main.leaf, ReceiptType::kDelivered, kNow}};
  const auto told_by = [&](OfficeId office) {
    prison.feed(kBureau, Records{1, {crypto::sign_record(record, office_keys(office))}});
    return prison.ledger(id)->receipt;
  };
  EXPECT_EQ(told_by(kCounty), ReceiptType::kAccepted) << "only the destination, as far as it knows";
  prison.broker().set_directory(township_merged());
  EXPECT_EQ(told_by(kSecondTownship), ReceiptType::kAccepted) << "who cannot read it says nothing";
  EXPECT_EQ(told_by(kCounty), ReceiptType::kDelivered);
}

TEST(Follow, NothingNewIsSealedForOrByAnOfficeThatHasEnded) {
  Writer prison(kPrison, township_merged());
  EXPECT_EQ(prison.order(kTownship, Kind::kAdHocReport, kNow).main.header.destination,
            kSecondTownship);
  const SeededRandom unused(1);
  SeededRandom random(3);
  const auto snapshot = township_merged();
  const routing::CalendarOptions calendar;
  Order order;
  order.kind = Kind::kAssistanceRequest;
  order.destination = kCounty;
  order.due = kNow + days(5);
  const auto made = prepare_orders(std::vector{order},
                                   {*snapshot, office_keys(kTownship), calendar, random}, 1, kNow);
  ASSERT_FALSE(made[0]);
  EXPECT_THAT(made[0].error().text, HasSubstr("has ended"));
}

}  // namespace
}  // namespace xianjie::broker
