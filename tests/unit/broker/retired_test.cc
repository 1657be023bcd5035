// Mail sealed to a key set whose secrets are gone: rejected where it cannot be opened, sealed anew
// where its payload is kept.
#include <gtest/gtest.h>

#include "crypto/statement.h"
#include "tests/support/one_broker.h"

namespace xianjie::broker {
namespace {

using namespace tests;

// The township's key 1 is over, its key 2 counts.
Snapshot after_change() {
  static const Snapshot made = nation().changed([](DirectoryContents& contents) {
    auto& keys = record_of(contents, kTownship).keys;
    keys[0].valid_until = kNow - hours(1);
    keys.push_back(office_keys(kTownship, {2}).public_set(kNow - days(2), {}));
  });
  return made;
}

std::vector<Event> handed_in(PreparedOrder order) {
  Submit submit;
  submit.items.push_back({1, {}, 610802001, Confidence::kExact, true, std::move(order)});
  std::vector<Event> events;
  events.emplace_back(std::move(submit));
  return events;
}

TEST(Retired, ItsDestinationRejectsWhatItCannotOpenAndAnswersRepeats) {
  OneBroker township(kTownship, kNow);
  township.set_directory(after_change());
  township.use_keys({2});
  township.connect(kCounty);
  Writer prison(kPrison);
  const Envelope old = prison.write(kTownship, Kind::kAdHocReport, kNow);
  const Effects effects = township.give_effects(kCounty, {old});
  EXPECT_TRUE(township.inbox().empty());
  const auto receipts = receipts_to(effects, kCounty);
  ASSERT_EQ(receipts.size(), 1U);
  EXPECT_EQ(receipts[0].type, ReceiptType::kRejected);
  ASSERT_FALSE(effects.alarms.empty());
  EXPECT_NE(effects.alarms[0].find("retired_key"), std::string::npos);
  Header fresh = prison.header(kTownship, Kind::kAdHocReport, kNow);
  fresh.readers.back().key = {2};
  township.give(kCounty, {prison.seal(fresh)});
  EXPECT_EQ(township.inbox().size(), 1U);
}

TEST(Retired, WhereNoOtherKeyWouldHelpItIsTaken) {
  OneBroker township(kTownship, kNow);
  township.connect(kCounty);
  township.use_keys({2});  // the directory knows key 1 alone
  township.connect(kCounty);
  Writer prison(kPrison);
  township.give(kCounty, {prison.write(kTownship, Kind::kAdHocReport, kNow)});
  EXPECT_EQ(township.inbox().size(), 1U) << "a person has to put the key file back";
}

TEST(Retired, ItsOriginSealsItAnewInItsPlace) {
  OneBroker prison(kPrison, kNow);
  Writer writer(kPrison);
  const PreparedOrder order = writer.order(kTownship, Kind::kAdHocReport, kNow);
  const EnvelopeId old = order.main.header.id;
  prison.step(handed_in(order));
  const auto batch = frames_to<EnvelopeBatch>(prison.connect(kBureau), kBureau).front();
  prison.feed(kBureau, prison.ack(kBureau, batch));
  EXPECT_EQ(prison.state({kPrison, old})->place, Place::kAway);
  const auto rejected = [&](OneBroker& at) {
    Record record;
    record.type = RecordType::kReceipts;
    record.target = kPrison;
    record.subject = Kind::kAdHocReport;
    record.created = at.now.wall;
    record.receipts.push_back({old, order.main.leaf, ReceiptType::kRejected, at.now.wall});
    return at.feed(kBureau, Records{77, {crypto::sign_record(record, office_keys(kTownship))}});
  };
  prison.set_directory(after_change());
  prison.step();
  const Effects told = rejected(prison);
  ASSERT_EQ(told.stale.size(), 1U);
  EXPECT_EQ(told.stale[0].id, old);
  EXPECT_EQ(told.stale[0].destination, kTownship);
  EXPECT_EQ(prison.ledger(old)->receipt, ReceiptType::kAccepted) << "nothing ended";

  Writer anew(kPrison, after_change(), 5);
  Order again;
  again.kind = Kind::kAdHocReport;
  again.destination = kTownship;
  again.replaces = old;
  again.payload = to_bytes(as_bytes("made-up"));
  Replace replace{old, anew.prepare(again, kNow)};
  const EnvelopeId next = replace.order.main.header.id;
  std::vector<Event> events;
  events.emplace_back(std::move(replace));
  const Effects sent = prison.step(std::move(events));
  EXPECT_FALSE(prison.ledger(old)) << "the new one has its place";
  ASSERT_TRUE(prison.ledger(next));
  EXPECT_EQ(prison.ledger(next)->row, 1U);
  EXPECT_EQ(envelopes_to(sent, kBureau).size(), 1U);
}

TEST(Retired, WhatWasRejectedBeforeTheNewsIsFoundWhenTheyCome) {
  OneBroker prison(kPrison, kNow);
  Writer writer(kPrison);
  const PreparedOrder order = writer.order(kTownship, Kind::kAdHocReport, kNow);
  prison.step(handed_in(order));
  const auto batch = frames_to<EnvelopeBatch>(prison.connect(kBureau), kBureau).front();
  prison.feed(kBureau, prison.ack(kBureau, batch));
  Record record;
  record.type = RecordType::kReceipts;
  record.target = kPrison;
  record.subject = Kind::kAdHocReport;
  record.created = kNow;
  record.receipts.push_back({order.main.header.id, order.main.leaf, ReceiptType::kRejected, kNow});
  const Effects first =
      prison.feed(kBureau, Records{78, {crypto::sign_record(record, office_keys(kTownship))}});
  EXPECT_TRUE(first.stale.empty());
  EXPECT_EQ(prison.state({kPrison, order.main.header.id})->place, Place::kDead);
  prison.set_directory(after_change());
  EXPECT_EQ(prison.step().stale.size(), 1U);
}

TEST(Retired, TheNearestReaderTakesWhatIsSealedToAKeyThatIsGone) {
  const auto gone = nation().changed([](DirectoryContents& contents) {
    auto& keys = record_of(contents, kTownship).keys;
    keys = {office_keys(kTownship, {2}).public_set(kNow - days(90), {})};
  });
  OneBroker bureau(kBureau, kNow);
  bureau.set_directory(gone);
  bureau.connect(kPrison);
  Writer prison(kPrison);
  const Envelope path_read = prison.write(kTownship, Kind::kAdHocReport, kNow);
  const Effects taken = bureau.give_effects(kPrison, {path_read});
  ASSERT_EQ(taken.delivered.size(), 1U) << "its service seals it anew, with this one inside";
  EXPECT_EQ(bureau.inbox().size(), 1U);
  EXPECT_EQ(bureau.state(key_of(path_read))->place, Place::kInbox);
  const Envelope for_two = prison.write(kTownship, Kind::kAssistanceRequest, kNow);
  bureau.give(kPrison, {for_two});
  EXPECT_EQ(bureau.state(key_of(for_two))->place, Place::kQueued) << "it cannot read this one";
  OneBroker knows(kBureau, kNow);
  knows.connect(kPrison);
  knows.give(kPrison, {path_read});
  EXPECT_EQ(knows.state(key_of(path_read))->place, Place::kQueued) << "the key counts";
}

}  // namespace
}  // namespace xianjie::broker
