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
  return nation().changed([&](DirectoryContents& contents) { contents.header.changes = {change}; },
                          kEarly);
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
// By somebody who has the same directory, and has not seen the day of its change yet.
Envelope report_under(const Snapshot& snapshot) {
  Writer prison(kPrison);
  Header header = prison.header(kTownship, Kind::kAdHocReport, kNow);
  header.directory_version = snapshot->directory.header().version;
  return prison.seal(header);
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

// Nobody on the way can open a request: the office that has ended gives it away itself.
TEST(Follow, WhatOnlyAnEndedOfficeCanOpenStillGoesThere) {
  const Envelope request = Writer(kPrison).seal([] {
    Header header = Writer(kPrison).header(kTownship, Kind::kAssistanceRequest, kNow);
    header.due = header.not_after = kNow + days(5);
    return header;
  }());
  OneBroker county(kCounty, kNow);
  county.set_directory(township_merged());
  county.connect(kPrefecture);
  county.connect(kTownship);
  const Effects effects = county.give_effects(kPrefecture, {request});
  EXPECT_THAT(effects.delivered, IsEmpty());
  EXPECT_THAT(envelopes_to(effects, kTownship), SizeIs(1));
  OneBroker township(kTownship, kNow);
  township.set_directory(township_merged());
  township.connect(kCounty);
  const Effects there = township.give_effects(kCounty, {request});
  ASSERT_THAT(there.delivered, SizeIs(1));
  EXPECT_TRUE(there.delivered[0].passes_on);
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

// It had gone on from here, was lost behind, and is sent again after the way has changed.
TEST(Follow, WhatPassedBeforeLandsWhenItIsSentAgain) {
  OneBroker county(kCounty, kNow);
  county.connect(kPrefecture);
  county.connect(kTownship);
  const Envelope report = report_for(kTownship);
  const Effects sent = county.give_effects(kPrefecture, {report});
  county.feed(kTownship, county.ack(kTownship, frames_to<EnvelopeBatch>(sent, kTownship).at(0)));
  ASSERT_EQ(county.state(key_of(report))->place, Place::kAway);
  county.set_directory(township_merged());
  county.advance(days(1));
  const Effects effects = county.give_effects(kPrefecture, {report});
  ASSERT_THAT(effects.delivered, SizeIs(1));
  EXPECT_TRUE(effects.delivered[0].passes_on);
  ASSERT_THAT(county.inbox(), SizeIs(1)) << "the path copy became the item";
  EXPECT_FALSE(county.inbox()[0].copy);
  EXPECT_FALSE(county.state(key_of(report))->path_copy);
  EXPECT_EQ(county.broker().room().used(Quota::kCopies), 0U);
}

// Of the same directory, but written before the day of the change, or by an office that was slow
// to see it.
TEST(Follow, WhatWasWrittenBeforeAPlannedDayLandsToo) {
  const Snapshot moved = county_moved();
  const Envelope report = report_under(moved);
  OneBroker prefecture(kPrefecture, kNow);
  prefecture.set_directory(moved);
  prefecture.connect(kProvince);
  const Effects effects = prefecture.give_effects(kProvince, {report});
  ASSERT_THAT(effects.delivered, SizeIs(1));
  EXPECT_TRUE(effects.delivered[0].passes_on);
}

// Who has not seen the day of the change yet would get it back, and pass it on again.
TEST(Follow, WhatWouldGoBackWaitsUntilBothSeeTheSameTree) {
  const Snapshot moved = county_moved();
  const Envelope report = report_under(moved);
  OneBroker prefecture(kPrefecture, kNow);
  prefecture.set_directory(moved);
  prefecture.connect(kProvince);
  Hello hello = prefecture.hello_from(kProvince);
  hello.route_digest = Hash{1};
  prefecture.feed(kProvince, hello);
  EXPECT_THAT(prefecture.give_effects(kProvince, {report}).delivered, IsEmpty());
  EXPECT_EQ(prefecture.state(key_of(report))->place, Place::kHeld);
  const Effects effects = prefecture.feed(kProvince, prefecture.hello_from(kProvince));
  EXPECT_THAT(effects.delivered, SizeIs(1));
  EXPECT_EQ(prefecture.state(key_of(report))->place, Place::kInbox);
}

// Who asked waits for what its author signed; those on the new way need not read it.
TEST(Follow, AnAnswerOnlyFindsAnotherWay) {
  Writer township(kTownship);
  Header header = township.header(kPrison, Kind::kCheckResult, kNow);
  header.in_reply_to = {{1}};
  ASSERT_EQ(std::erase_if(header.readers, [](const Reader& r) { return r.office == kProvince; }),
            1U);
  const Envelope answer = township.seal(header);
  OneBroker county(kCounty, kNow);
  county.set_directory(county_moved());
  county.connect(kTownship);
  county.connect(kProvince);
  const Effects effects = county.give_effects(kTownship, {answer});
  EXPECT_THAT(effects.delivered, IsEmpty());
  EXPECT_THAT(envelopes_to(effects, kProvince), SizeIs(1));
}

// It may have arrived before its office moved, and keeps its id.
TEST(Follow, OwnMailGoesTheNewWayAsItIs) {
  OneBroker county(kCounty, kNow);
  SubmitItem item;
  item.row = 1;
  item.order = Writer(kCounty).order(kPrefecture, Kind::kUnlinkedReturn, kNow);
  county.step({Submit{1, {}, {item}}});
  county.set_directory(county_moved());
  county.step();
  EXPECT_THAT(envelopes_to(county.connect(kProvince), kProvince), SizeIs(1));
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
