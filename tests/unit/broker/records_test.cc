// Records: receipts on their way, inquiries and their answers, epochs that go round once.
#include <gtest/gtest.h>

#include "crypto/seal.h"
#include "crypto/statement.h"
#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;

SignedRecord receipts_by(OfficeId issuer, OfficeId target, std::vector<Receipt> receipts) {
  Record record;
  record.type = RecordType::kReceipts;
  record.target = target;
  record.created = kNow;
  record.receipts = std::move(receipts);
  return crypto::sign_record(record, office_keys(issuer));
}
SignedRecord epoch_by(OfficeId issuer, std::uint64_t epoch, WallTime created,
                      std::uint64_t boot = 0) {
  Record record;
  record.type = RecordType::kEpoch;
  record.target = issuer;
  record.created = created;
  record.epoch = epoch;
  record.boot = boot;
  return crypto::sign_record(record, office_keys(issuer));
}
std::vector<Record> of_type(std::vector<Record> records, RecordType type) {
  std::erase_if(records, [&](const Record& record) { return record.type != type; });
  return records;
}

struct RelayedRecords : testing::Test {
  OneBroker at{kProvince, kNow};
  SignedRecord record =
      receipts_by(kTownship, kPrison, {{envelope_id(1), {}, ReceiptType::kDelivered, kNow}});
  void SetUp() override {
    at.connect(kPrefecture);
    at.connect(kBureau);
  }
};

TEST_F(RelayedRecords, TravelToTheTargetAndAreKeptUntilTaken) {
  const auto effects = at.feed(kPrefecture, Records{7, {record}});
  ASSERT_EQ(frames_to<RecordsAck>(effects, kPrefecture).size(), 1U);
  EXPECT_EQ(frames_to<RecordsAck>(effects, kPrefecture)[0].number, 7U);
  const auto frames = frames_to<Records>(effects, kBureau);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].records.at(0).body, record.body);
  EXPECT_EQ(frames[0].records.at(0).hops, 1);
  EXPECT_TRUE(at.step().sends.empty());
  at.advance(seconds(30));
  const auto again = frames_to<Records>(at.step(), kBureau);
  ASSERT_EQ(again.size(), 1U) << "not taken: again";
  at.feed(kBureau, RecordsAck{again[0].number});
  EXPECT_TRUE(at.rows(Table::kRecords).empty());
  at.advance(seconds(60));
  EXPECT_TRUE(at.step().sends.empty());
}

TEST_F(RelayedRecords, GoOutAgainWhenTheLinkComesBack) {
  ASSERT_EQ(frames_to<Records>(at.feed(kPrefecture, Records{7, {record}}), kBureau).size(), 1U);
  at.disconnect(kBureau);
  EXPECT_EQ(frames_to<Records>(at.connect(kBureau), kBureau).size(), 1U);
}

TEST_F(RelayedRecords, SurviveARestart) {
  at.disconnect(kBureau);
  at.feed(kPrefecture, Records{7, {record}});
  at.restart();
  EXPECT_EQ(records_to(at.connect(kBureau), kBureau).size(), 1U);
}

TEST_F(RelayedRecords, ForgedOnesAndRunawaysAreDroppedTheOthersGo) {
  SignedRecord forged = record;
  forged.signature[3] ^= 1U;
  SignedRecord runaway = record;
  runaway.hops = kHopsMax;
  const auto effects = at.feed(kPrefecture, Records{8, {forged, runaway, record}});
  EXPECT_EQ(records_to(effects, kBureau).size(), 1U);
  EXPECT_EQ(frames_to<RecordsAck>(effects, kPrefecture).size(), 1U);
  EXPECT_NE(at.audit_text().find("records_refused"), std::string::npos);
}

TEST_F(RelayedRecords, NeverGoBackWhereTheyCameFrom) {
  const auto effects = at.feed(kBureau, Records{9, {record}});
  EXPECT_TRUE(frames_to<Records>(effects, kBureau).empty());
  EXPECT_TRUE(at.rows(Table::kRecords).empty());
}

TEST_F(RelayedRecords, DoNotUseAPublicNetwork) {
  at.disconnect(kBureau);
  at.connect(kBureau, ChannelClass::kPublic);
  EXPECT_TRUE(frames_to<Records>(at.feed(kPrefecture, Records{7, {record}}), kBureau).empty());
  at.disconnect(kBureau);
  EXPECT_EQ(frames_to<Records>(at.connect(kBureau), kBureau).size(), 1U);
}

struct AtOrigin : testing::Test {
  OneBroker at{kPrison, kNow};
  Writer self{kPrison};
  PreparedOrder order = self.order(kTownship, Kind::kAdHocReport, kNow);
  EnvelopeId id = order.main.header.id;
  Hash leaf = order.main.leaf;
  void SetUp() override {
    at.connect(kBureau);
    const auto effects =
        at.step({Submit{1, {}, {SubmitItem{1, {}, 0, Confidence::kExact, true, order}}}});
    at.feed(kBureau, at.ack(kBureau, frames_to<EnvelopeBatch>(effects, kBureau).at(0)));
    ASSERT_EQ(at.state({kPrison, id})->place, Place::kAway);
  }
  void receive(OfficeId issuer, Receipt receipt) {
    at.feed(kBureau, Records{1, {receipts_by(issuer, kPrison, {receipt})}});
  }
};

TEST_F(AtOrigin, OnlyTheDestinationsReceiptForThisLeafCounts) {
  receive(kCounty, {id, leaf, ReceiptType::kProcessed, kNow});
  receive(kTownship, {id, Hash{}, ReceiptType::kProcessed, kNow});
  receive(kTownship, {envelope_id(5), leaf, ReceiptType::kProcessed, kNow});
  EXPECT_EQ(at.ledger(id)->receipt, ReceiptType::kAccepted);
  EXPECT_NE(at.audit_text().find("receipt_refused"), std::string::npos);
  receive(kTownship, {id, leaf, ReceiptType::kDelivered, kNow});
  EXPECT_EQ(at.ledger(id)->receipt, ReceiptType::kDelivered);
  EXPECT_EQ(at.ledger(id)->delivered, kNow);
  EXPECT_TRUE(at.kept({kPrison, id})) << "the payload is freed by processed only";
}

TEST_F(AtOrigin, ReceiptsNeverGoBackwards) {
  receive(kTownship, {id, leaf, ReceiptType::kCollected, kNow});
  receive(kTownship, {id, leaf, ReceiptType::kDelivered, kNow});
  EXPECT_EQ(at.ledger(id)->receipt, ReceiptType::kCollected);
  receive(kTownship, {id, leaf, ReceiptType::kProcessed, kNow + hours(1)});
  receive(kTownship, {id, leaf, ReceiptType::kReturned, kNow + hours(2)});
  receive(kTownship, {id, leaf, ReceiptType::kDelivered, kNow + hours(2)});
  EXPECT_EQ(at.ledger(id)->receipt, ReceiptType::kProcessed);
  EXPECT_EQ(at.ledger(id)->finished, kNow + hours(1));
  EXPECT_EQ(at.state({kPrison, id})->place, Place::kSettled);
  EXPECT_FALSE(at.kept({kPrison, id}));
  EXPECT_EQ(at.broker().room().used(Quota::kOrigin), 0U);
  EXPECT_TRUE(at.rows(Table::kTimers).empty());
}

TEST_F(AtOrigin, ReturnedSettlesAndRejectedKillsButBothKeepThePayload) {
  receive(kTownship, {id, leaf, ReceiptType::kReturned, kNow});
  EXPECT_EQ(at.state({kPrison, id})->place, Place::kSettled);
  EXPECT_TRUE(at.kept({kPrison, id}));
  PreparedOrder second = self.order(kTownship, Kind::kAdHocReport, kNow);
  const EnvelopeKey key{kPrison, second.main.header.id};
  at.step({Submit{2, {}, {SubmitItem{2, {}, 0, Confidence::kExact, true, second}}}});
  receive(kTownship, {key.id, second.main.leaf, ReceiptType::kRejected, kNow});
  EXPECT_EQ(at.state(key)->place, Place::kDead);
  EXPECT_TRUE(at.kept(key));
}

TEST_F(AtOrigin, ALostStoreOfTheDestinationForgetsDeliveredAndSendsAgain) {
  receive(kTownship, {id, leaf, ReceiptType::kDelivered, kNow});
  at.advance(hours(1));
  const auto effects = at.feed(kBureau, Records{2, {epoch_by(kTownship, 99, at.now.wall)}});
  EXPECT_EQ(envelopes_to(effects, kBureau).size(), 1U);
  EXPECT_EQ(at.ledger(id)->receipt, ReceiptType::kAccepted);
  EXPECT_FALSE(at.ledger(id)->delivered.is_set());
  EXPECT_EQ(at.ledger(id)->resends, 1U);
}

TEST_F(AtOrigin, AFinishedOneIsNotSentAgainForALostStore) {
  receive(kTownship, {id, leaf, ReceiptType::kProcessed, kNow});
  const auto effects = at.feed(kBureau, Records{2, {epoch_by(kTownship, 99, kNow + hours(1))}});
  EXPECT_TRUE(envelopes_to(effects, kBureau).empty());
  EXPECT_EQ(at.ledger(id)->receipt, ReceiptType::kProcessed);
}

TEST(Inquiry, IsAnsweredWithTheNewestReceiptForTheSameLeafOnly) {
  OneBroker at(kTownship, kNow);
  at.connect(kCounty);
  Writer prison(kPrison);
  const Envelope envelope = prison.write(kTownship, Kind::kAdHocReport, kNow);
  at.ack_records(kCounty, at.give_effects(kCounty, {envelope}));
  at.ack_records(kCounty, at.step({Collect{1, key_of(envelope)}}));
  Record inquiry;
  inquiry.type = RecordType::kInquiry;
  inquiry.target = kTownship;
  inquiry.created = kNow;
  inquiry.inquiries = {{key_of(envelope).id, crypto::leaf_of(envelope)},
                       {key_of(envelope).id, Hash{}},
                       {envelope_id(3), crypto::leaf_of(envelope)}};
  const auto ask = [&](OfficeId issuer) {
    return receipts_to(
        at.feed(kCounty, Records{1, {crypto::sign_record(inquiry, office_keys(issuer))}}), kCounty);
  };
  const auto receipts = ask(kPrison);
  ASSERT_EQ(receipts.size(), 1U);
  EXPECT_EQ(receipts[0].type, ReceiptType::kCollected);
  EXPECT_TRUE(ask(kBureau).empty()) << "only its origin is told";
}

// Whoever signs with a key that only a newer directory holds is heard once that has come.
TEST_F(RelayedRecords, UnderAKeyOfANewerDirectoryComeAgainWhenItIsHere) {
  Hello ahead = at.hello_from(kPrefecture);
  ++ahead.directory_version;
  at.feed(kPrefecture, ahead);
  Record body = *decode_record_body(record.body);
  const SignedRecord unknown = crypto::sign_record(body, office_ring(kTownship, {2}).current());
  EXPECT_TRUE(
      frames_to<RecordsAck>(at.feed(kPrefecture, Records{8, {unknown}}), kPrefecture).empty());
  const auto snapshot = nation().changed([](DirectoryContents& contents) {
    record_of(contents, kTownship)
        .keys.push_back(office_keys(kTownship, {2}).public_set(kEarly, {}));
  });
  at.set_directory(snapshot);
  const auto effects = at.feed(kPrefecture, Records{8, {unknown}});
  EXPECT_EQ(frames_to<RecordsAck>(effects, kPrefecture).size(), 1U);
  EXPECT_EQ(frames_to<Records>(effects, kBureau).size(), 1U);
}

struct Epochs : testing::Test {
  OneBroker at{kProvince, kNow};
  std::size_t to(const Effects& effects, OfficeId neighbour) {
    return of_type(records_to(effects, neighbour), RecordType::kEpoch).size();
  }
};

TEST_F(Epochs, AreFloodedOnceAndNotBack) {
  for (const OfficeId neighbour : {kBureau, kPrefecture, kMinistry}) at.connect(neighbour);
  auto effects = at.feed(kPrefecture, Records{1, {epoch_by(kTownship, 99, kNow)}});
  EXPECT_EQ(to(effects, kBureau), 1U);
  EXPECT_EQ(to(effects, kMinistry), 1U);
  EXPECT_EQ(to(effects, kPrefecture), 0U);
  for (const OfficeId neighbour : {kBureau, kMinistry}) at.ack_records(neighbour, effects);
  const auto waiting = at.rows(Table::kRecords).size();
  at.feed(kMinistry, Records{1, {epoch_by(kTownship, 99, kNow + hours(1))}});
  at.feed(kPrefecture, Records{2, {epoch_by(kTownship, 98, kNow - hours(1))}});
  EXPECT_EQ(at.rows(Table::kRecords).size(), waiting) << "said before, or older than what was said";
  effects = at.feed(kPrefecture, Records{3, {epoch_by(kTownship, 100, kNow + hours(2))}});
  EXPECT_EQ(to(effects, kBureau), 1U);
}

// One said later by a store that was started less often: whichever comes second, one of the two is
// the newer word for everybody, and they do not chase each other from office to office.
TEST_F(Epochs, OfTwoOneIsTheNewerWhicheverComesFirst) {
  for (const OfficeId neighbour : {kBureau, kPrefecture, kMinistry}) at.connect(neighbour);
  const SignedRecord later = epoch_by(kTownship, 99, kNow + hours(1), 1);
  const SignedRecord earlier = epoch_by(kTownship, 98, kNow, 5);
  EXPECT_EQ(to(at.feed(kPrefecture, Records{1, {later}}), kBureau), 1U);
  at.feed(kMinistry, Records{1, {earlier}});
  at.feed(kPrefecture, Records{2, {later}});
  EXPECT_EQ(at.audit_text().find(" epoch of="), at.audit_text().rfind(" epoch of="))
      << at.audit_text();
}

TEST_F(Epochs, ANewStoreIsAnnouncedOnceWhenANeighbourRemembersAnother) {
  Hello remembers = at.hello_from(kBureau);
  remembers.known_epoch = 0;
  at.step({LinkUp{kBureau, ChannelClass::kVpn}});
  EXPECT_EQ(to(at.feed(kBureau, remembers), kBureau), 0U) << "never met";
  remembers.known_epoch = 4711;
  at.step({LinkUp{kBureau, ChannelClass::kVpn}});
  const auto effects = at.feed(kBureau, remembers);
  EXPECT_EQ(to(effects, kBureau), 1U);
  at.ack_records(kBureau, effects);
  at.restart();
  at.step({LinkUp{kBureau, ChannelClass::kVpn}});
  EXPECT_EQ(to(at.feed(kBureau, remembers), kBureau), 0U);
}

TEST_F(Epochs, ANeighboursNewStoreIsAnAlarm) {
  at.connect(kBureau);
  Hello hello = at.hello_from(kBureau);
  EXPECT_TRUE(at.feed(kBureau, hello).alarms.empty());
  ++hello.store_epoch;
  const auto effects = at.feed(kBureau, hello);
  ASSERT_EQ(effects.alarms.size(), 1U);
  EXPECT_TRUE(effects.alarms[0].starts_with("store_lost"));
  EXPECT_TRUE(at.feed(kBureau, hello).alarms.empty());
}

}  // namespace
}  // namespace xianjie::tests
