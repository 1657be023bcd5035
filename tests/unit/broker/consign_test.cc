// Disks: what goes on one, what comes back, what becomes of it when it does not.
#include "tests/unit/broker/by_disk.h"

namespace xianjie::tests {
namespace {

using namespace broker;

TEST_F(ByDisk, ADetailedReportGoesByDiskAndTheDiskThatComesBackAcknowledges) {
  const EnvelopeKey key = submit(township, kCounty, Kind::kDetailedReport);
  const Consigned disk = give(township, kCounty);
  ASSERT_EQ(disk.envelopes, 1U);
  EXPECT_EQ(township.state(key)->place, Place::kQueued) << "still in custody";
  EXPECT_EQ(row_of(township, kCounty, disk.number)->state, ConsignmentState::kOnTheWay);

  const Effects taken = take(county, kTownship, disk);
  ASSERT_EQ(taken.delivered.size(), 1U);
  EXPECT_EQ(county.state(key)->place, Place::kInbox);
  const Consigned back = give(county, kTownship, true);
  ASSERT_EQ(back.frames.size(), 3U) << "hello, acknowledgement, receipt";
  EXPECT_EQ(back.envelopes, 0U);
  EXPECT_EQ(row_of(county, kTownship, back.number)->state, ConsignmentState::kAcknowledged);

  EXPECT_EQ(take(township, kCounty, back).receipts, 1U);
  EXPECT_EQ(township.state(key)->place, Place::kAway);
  EXPECT_TRUE(township.ledger(key.id)->delivered.is_set());
  EXPECT_EQ(row_of(township, kCounty, disk.number)->state, ConsignmentState::kAcknowledged);
  EXPECT_NE(township.audit_text().find("consignment_acknowledged"), std::string::npos);
  EXPECT_TRUE(give(county, kTownship, true).frames.empty()) << "said once";
}

TEST_F(ByDisk, ImportingTwiceChangesNothing) {
  submit(township, kCounty, Kind::kDetailedReport);
  const Consigned disk = give(township, kCounty);
  take(county, kTownship, disk);
  const auto inbox = county.rows(Table::kInbox), seen = county.rows(Table::kSeen);
  const Effects again = take(county, kTownship, disk);
  EXPECT_TRUE(again.delivered.empty());
  EXPECT_TRUE(again.alarms.empty());
  EXPECT_EQ(county.rows(Table::kInbox), inbox);
  EXPECT_EQ(county.rows(Table::kSeen), seen);
  const Consigned back = give(county, kTownship, true);
  take(township, kCounty, back);
  take(township, kCounty, back);
  EXPECT_EQ(row_of(township, kCounty, disk.number)->state, ConsignmentState::kAcknowledged);
  // The disk with the answer was lost: the first one, come again, is answered again.
  take(county, kTownship, disk);
  EXPECT_FALSE(give(county, kTownship, true).frames.empty());
}

TEST_F(ByDisk, NeitherAWireNorARestartTouchesWhatIsOnADisk) {
  const EnvelopeKey key = submit(township, kCounty, Kind::kAlert);
  const Consigned disk = give(township, kCounty);
  EXPECT_TRUE(envelopes_to(township.connect(kCounty), kCounty).empty());
  township.advance(days(1));
  township.restart();
  EXPECT_TRUE(envelopes_to(township.connect(kCounty), kCounty).empty());
  EXPECT_EQ(township.state(key)->place, Place::kQueued);
  take(county, kTownship, disk);
  take(township, kCounty, give(county, kTownship, true));
  EXPECT_EQ(township.state(key)->place, Place::kAway);
}

// Woken at that very moment, the broker has something to do: else it would be woken without end.
TEST_F(ByDisk, AtTheMomentItExpiresADiskIsOverdue) {
  submit(township, kCounty, Kind::kRecordBatch);
  const Consigned disk = give(township, kCounty);
  township.advance(days(14));
  ASSERT_FALSE(township.step().alarms.empty());
  EXPECT_EQ(row_of(township, kCounty, disk.number)->state, ConsignmentState::kOverdue);
  EXPECT_GT(*township.broker().next_wakeup(), township.now.instant);
}

TEST_F(ByDisk, AnOverdueDiskIsAnAlarmAndItsMailMayGoAnyWay) {
  const EnvelopeKey key = submit(township, kCounty, Kind::kRecordBatch);
  const Consigned disk = give(township, kCounty);
  township.connect(kCounty);
  EXPECT_LE(*township.broker().next_wakeup(), township.now.instant + days(14));
  township.advance(days(13));
  EXPECT_TRUE(envelopes_to(township.step(), kCounty).empty());
  township.restart();
  township.connect(kCounty);
  township.advance(days(1) + seconds(1));
  const auto effects = township.step();
  ASSERT_FALSE(effects.alarms.empty());
  EXPECT_TRUE(effects.alarms[0].starts_with("consignment_overdue: ")) << effects.alarms[0];
  const auto batches = frames_to<EnvelopeBatch>(effects, kCounty);
  ASSERT_EQ(batches.size(), 1U) << "by wire now";
  EXPECT_EQ(row_of(township, kCounty, disk.number)->state, ConsignmentState::kOverdue);
  county.connect(kTownship);
  county.feed(kTownship, batches[0]);
  EXPECT_TRUE(take(county, kTownship, disk).delivered.empty()) << "once is enough";
  EXPECT_EQ(county.state(key)->place, Place::kInbox);
}

TEST_F(ByDisk, ADiskThatCouldNotBeWrittenWasNone) {
  const EnvelopeKey key = submit(township, kCounty, Kind::kAlert);
  const Consigned disk = give(township, kCounty, false, false);
  EXPECT_FALSE(row_of(township, kCounty, disk.number));
  EXPECT_EQ(envelopes_to(township.connect(kCounty), kCounty).size(), 1U);
  EXPECT_EQ(township.state(key)->place, Place::kQueued);
}

// Killed between the frames and the word that they are written: nobody knows, so it counts as lost.
TEST_F(ByDisk, ACrashWhileWritingLosesNothing) {
  submit(township, kCounty, Kind::kAlert);
  Export event;
  event.neighbour = kCounty;
  event.expires = township.now.wall + days(14);
  ASSERT_TRUE(township.step({event}).replies.at(0).result);
  EXPECT_TRUE(envelopes_to(township.connect(kCounty), kCounty).empty());
  township.restart();
  township.step();
  EXPECT_EQ(envelopes_to(township.connect(kCounty), kCounty).size(), 1U);
}

TEST_F(ByDisk, WhatIsHeldForWantOfAWireGoesByDisk) {
  township.connect(kCounty, ChannelClass::kPublic);
  const EnvelopeKey detailed = submit(township, kCounty, Kind::kDetailedReport);
  ASSERT_TRUE(township.held(detailed));
  EXPECT_EQ(give(township, kCounty).envelopes, 1U);
  EXPECT_FALSE(township.held(detailed));
}

// From county to prefecture a detailed report may not go by disk (D+m): it waits for a wire.
TEST_F(ByDisk, ADiskCarriesOnlyWhatItMay) {
  Writer writer{kCounty};
  SubmitItem detailed;
  detailed.row = 1;
  detailed.order = writer.order(kPrefecture, Kind::kDetailedReport, kNow);
  const EnvelopeKey key{kCounty, detailed.order.main.header.id};
  std::vector<Event> events;
  events.emplace_back(Submit{7, Hash{8}, {std::move(detailed)}});
  county.step(std::move(events));
  EXPECT_TRUE(give(county, kPrefecture).frames.empty()) << "nothing that a disk may carry";
  EXPECT_EQ(county.state(key)->place, Place::kQueued);
  EXPECT_EQ(envelopes_to(county.connect(kPrefecture), kPrefecture).size(), 1U);
}

// One chain of custody by wire and by disk: township by disk to its county, by wire to the
// prefecture; the receipt by wire to the county and by disk to the township.
TEST_F(ByDisk, AChainMixesWiresAndDisks) {
  const EnvelopeKey key = submit(township, kPrefecture, Kind::kAlert);
  const Consigned disk = give(township, kCounty);
  OneBroker prefecture{kPrefecture, kNow};
  county.connect(kPrefecture);
  prefecture.connect(kCounty);
  const Effects onward = take(county, kTownship, disk);
  const auto batches = frames_to<EnvelopeBatch>(onward, kPrefecture);
  ASSERT_EQ(batches.size(), 1U);
  const auto there = prefecture.feed(kCounty, batches[0]);
  for (const Ack& ack : frames_to<Ack>(there, kCounty)) county.feed(kPrefecture, ack);
  for (const Records& records : frames_to<Records>(there, kCounty))
    county.feed(kPrefecture, records);
  EXPECT_EQ(county.state(key)->place, Place::kAway);
  EXPECT_EQ(take(township, kCounty, give(county, kTownship, true)).receipts, 1U);
  EXPECT_EQ(township.state(key)->place, Place::kAway);
}

// Traffic on the wire must not put away acknowledgements that wait for a disk.
TEST_F(ByDisk, TheWireDoesNotSettleWhatCameByDisk) {
  submit(township, kCounty, Kind::kAlert);
  const Consigned disk = give(township, kCounty);
  take(county, kTownship, disk);
  county.connect(kTownship);
  for (std::uint64_t number = 100; number < 104; ++number) {
    EnvelopeBatch batch{number, number, {writer_.write(kCounty, Kind::kAlert, kNow)}};
    county.feed(kTownship, batch);
  }
  EXPECT_GE(give(county, kTownship, true).frames.size(), 2U) << "the acknowledgement is there";
}

TEST_F(ByDisk, AStrangerGetsNoDisk) {
  Export event;
  event.neighbour = kPrison;
  event.expires = township.now.wall + days(1);
  EXPECT_FALSE(township.step({event}).replies.at(0).result);
  event.neighbour = kCounty;
  event.expires = township.now.wall;
  EXPECT_FALSE(township.step({event}).replies.at(0).result);
}

}  // namespace
}  // namespace xianjie::tests
