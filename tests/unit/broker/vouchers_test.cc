// An origin's key is revoked: what custodians had taken before stands, what their own office
// confirms with a good key too, and nothing else is taken, passed on or delivered.
#include <gtest/gtest.h>

#include "crypto/seal.h"
#include "crypto/statement.h"
#include "tests/support/one_broker.h"

namespace xianjie::broker {
namespace {

using namespace tests;

const WallTime kStolen = kNow + hours(2);

// The prison's key 1 is revoked since kStolen; its key 2 counts from the day before.
Snapshot after_theft() {
  static const Snapshot made = nation().changed([](DirectoryContents& contents) {
    auto& keys = record_of(contents, kPrison).keys;
    keys[0].revoked = true;
    keys[0].revoked_at = kStolen;
    keys.push_back(office_keys(kPrison, {2}).public_set(kNow - days(1), {}));
  });
  return made;
}

class Vouchers : public testing::Test {
 protected:
  // Signed with the prison's key 1 at that moment.
  Envelope written(WallTime at = kNow) { return prison_.write(kTownship, Kind::kAdHocReport, at); }
  // By some office that says it had it then.
  static Bytes voucher(OfficeId by, const Envelope& envelope, WallTime taken, KeyId key = {1}) {
    Record record;
    record.type = RecordType::kVoucher;
    record.target = kProvince;
    record.created = kStolen + hours(1);
    record.vouched = {{kPrison, header_of(envelope).id, crypto::leaf_of(envelope)}};
    record.taken = taken;
    return encode(crypto::sign_record(record, office_keys(by, key)));
  }
  static AckOutcome give(OneBroker& to, OfficeId from, const Envelope& envelope) {
    return to.give(from, {envelope}).outcomes.front();
  }
  static bool waits(OneBroker& at, const Envelope& envelope) {
    const auto held = at.held(key_of(envelope));
    return held && held->reason.starts_with("revoked_key");
  }
  // One that knows of the theft from the start.
  static void tell(OneBroker& office) {
    office.set_directory(after_theft());
    office.step();
  }

  Writer prison_{kPrison};
};

TEST_F(Vouchers, WhatACustodianHadTakenBeforeStandsAndGoesOnWithItsWord) {
  OneBroker bureau(kBureau, kNow), province(kProvince, kStolen + hours(1));
  bureau.connect(kPrison);
  const Envelope envelope = written();
  EXPECT_EQ(give(bureau, kPrison, envelope), AckOutcome::kTaken);
  bureau.advance(hours(3));
  tell(bureau);
  EXPECT_FALSE(waits(bureau, envelope));
  const auto sent = envelopes_to(bureau.connect(kProvince), kProvince);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_FALSE(sent[0].voucher.empty());
  tell(province);
  province.connect(kBureau);
  Envelope bare = sent[0];
  bare.voucher.clear();
  EXPECT_EQ(give(province, kBureau, bare), AckOutcome::kRefused) << "nobody's word for it";
  EXPECT_EQ(give(province, kBureau, sent[0]), AckOutcome::kTaken);
  const auto onward = envelopes_to(province.connect(kPrefecture), kPrefecture);
  ASSERT_EQ(onward.size(), 1U);
  EXPECT_EQ(onward[0].voucher, sent[0].voucher) << "it goes along to the end";
}

TEST_F(Vouchers, AWordCountsOnlyFromAnHonestSignerBeforeTheTheft) {
  OneBroker province(kProvince, kStolen + hours(1));
  tell(province);
  province.connect(kBureau);
  const auto outcome_with = [&](const Envelope& envelope, Bytes word) {
    Envelope carried = envelope;
    carried.voucher = std::move(word);
    return give(province, kBureau, carried);
  };
  const Envelope early = written();
  EXPECT_EQ(outcome_with(early, voucher(kBureau, early, kStolen)), AckOutcome::kRefused)
      << "taken too late";
  EXPECT_EQ(outcome_with(early, voucher(kPrison, early, kNow)), AckOutcome::kRefused)
      << "the thief vouches for himself";
  const Envelope other = written();
  EXPECT_EQ(outcome_with(early, voucher(kBureau, other, kNow)), AckOutcome::kRefused);
  Bytes forged = voucher(kBureau, early, kNow);
  forged[forged.size() / 2] ^= 1U;
  EXPECT_EQ(outcome_with(early, forged), AckOutcome::kRefused);
  const Envelope late = written(kStolen);
  EXPECT_EQ(outcome_with(late, voucher(kBureau, late, kNow)), AckOutcome::kRefused)
      << "signed after the theft";
  EXPECT_EQ(outcome_with(late, voucher(kPrison, late, kStolen, {2})), AckOutcome::kTaken)
      << "its own office stands by it, with a key that counts";
  EXPECT_EQ(outcome_with(early, voucher(kBureau, early, kNow)), AckOutcome::kTaken);
}

TEST_F(Vouchers, WhatWasTakenTooLateIsHeldUntilANeighbourAnswersForIt) {
  OneBroker bureau(kBureau, kNow), province(kProvince, kStolen + hours(1));
  bureau.connect(kPrison);
  const Envelope envelope = written();
  give(bureau, kPrison, envelope);
  province.connect(kBureau);
  EXPECT_EQ(give(province, kBureau, envelope), AckOutcome::kTaken) << "nobody knows yet";
  province.set_directory(after_theft());
  const Effects asked = province.step();
  EXPECT_TRUE(waits(province, envelope));
  ASSERT_FALSE(asked.alarms.empty());
  const auto questions = records_to(asked, kBureau);
  ASSERT_EQ(questions.size(), 1U);
  EXPECT_EQ(questions[0].type, RecordType::kVouchersWanted);
  EXPECT_TRUE(envelopes_to(province.connect(kPrefecture), kPrefecture).empty());

  bureau.connect(kProvince);
  const auto answered = bureau.feed(kProvince, frames_to<Records>(asked, kBureau).front());
  const auto answers = frames_to<Records>(answered, kProvince);
  ASSERT_EQ(answers.size(), 1U);
  const Effects released = province.feed(kBureau, answers.front());
  EXPECT_FALSE(waits(province, envelope));
  const auto onward = envelopes_to(released, kPrefecture);
  ASSERT_EQ(onward.size(), 1U);
  EXPECT_FALSE(onward[0].voucher.empty());
}

TEST_F(Vouchers, WhatAThiefHandedInStaysHeldWhateverTheDirectoryDoesNext) {
  OneBroker bureau(kBureau, kStolen + hours(1));
  bureau.connect(kPrison);
  bureau.connect(kProvince);
  const Envelope stolen = written(kNow);  // dated back
  const Effects taken = bureau.give_effects(kPrison, {stolen});
  ASSERT_EQ(envelopes_to(taken, kProvince).size(), 1U) << "nobody knows yet";
  tell(bureau);
  EXPECT_TRUE(waits(bureau, stolen));
  bureau.restart();
  bureau.connect(kProvince);
  bureau.connect(kPrison);
  EXPECT_TRUE(waits(bureau, stolen));
  EXPECT_EQ(give(bureau, kPrison, written(kNow)), AckOutcome::kRefused);
}

TEST_F(Vouchers, AnInboxGivesBackWhatNobodyVouchesForAndTakesItAgain) {
  OneBroker township(kTownship, kStolen + hours(1));
  township.connect(kCounty);
  const Envelope envelope = written(kNow), collected = written(kNow);
  give(township, kCounty, envelope);
  give(township, kCounty, collected);
  Collect collect;
  collect.key = key_of(collected);
  township.step({collect});
  EXPECT_EQ(township.inbox().size(), 2U);
  tell(township);
  ASSERT_EQ(township.inbox().size(), 1U) << "a clerk has that one already; an alarm says so";
  EXPECT_EQ(township.inbox()[0].key, key_of(collected));
  EXPECT_TRUE(waits(township, envelope));
  Envelope vouched = envelope;
  vouched.voucher = voucher(kPrison, envelope, kNow, {2});
  const Effects again = township.give_effects(kCounty, {vouched});
  EXPECT_EQ(again.delivered.size(), 1U);
  EXPECT_EQ(township.inbox().size(), 2U);
  EXPECT_EQ(receipts_to(again, kCounty).size(), 1U);
}

TEST_F(Vouchers, AnOfficeStandsByItsOwnMailWithItsNextKey) {
  OneBroker prison(kPrison, kNow);
  const PreparedOrder order = prison_.order(kTownship, Kind::kAdHocReport, kNow);
  Submit submit;
  submit.items.push_back({1, {}, 0, Confidence::kExact, true, order});
  prison.step({std::move(submit)});
  prison.advance(hours(3));
  prison.set_directory(after_theft());
  prison.use_keys({1});
  prison.step();
  EXPECT_TRUE(envelopes_to(prison.connect(kBureau), kBureau).empty())
      << "it has no key that counts";
  EXPECT_TRUE(waits(prison, order.main.envelope));
  prison.use_keys({1, 2});
  const auto sent = envelopes_to(prison.connect(kBureau), kBureau);
  ASSERT_EQ(sent.size(), 1U);
  OneBroker bureau(kBureau, kStolen + hours(1));
  tell(bureau);
  bureau.connect(kPrison);
  EXPECT_EQ(give(bureau, kPrison, sent[0]), AckOutcome::kTaken);
}

// Written after the theft, before anybody knew: its own office knows that it is no thief's.
TEST_F(Vouchers, AnOfficeStandsByWhatItWroteBeforeItKnew) {
  OneBroker prison(kPrison, kStolen + hours(1));
  const PreparedOrder order = prison_.order(kTownship, Kind::kAdHocReport, kStolen + hours(1));
  Submit submit;
  submit.items.push_back({1, {}, 0, Confidence::kExact, true, order});
  prison.step({std::move(submit)});
  prison.set_directory(after_theft());
  prison.use_keys({1});
  prison.connect(kBureau);
  ASSERT_TRUE(waits(prison, order.main.envelope));
  prison.use_keys({1, 2});
  EXPECT_EQ(envelopes_to(prison.connect(kBureau), kBureau).size(), 1U);
  EXPECT_FALSE(waits(prison, order.main.envelope));
}

TEST_F(Vouchers, AcknowledgementsFromBeforeCountAndLaterOnesAreSignedAgain) {
  const auto stolen_bureau = nation().changed([](DirectoryContents& contents) {
    auto& keys = record_of(contents, kBureau).keys;
    keys[0].revoked = true;
    keys[0].revoked_at = kStolen;
    keys.push_back(office_keys(kBureau, {2}).public_set(kNow - days(1), {}));
  });
  OneBroker prison(kPrison, kNow);
  prison.connect(kBureau);
  const auto hand_in = [&](std::uint8_t number) {
    Submit submit;
    submit.submission[0] = number;
    submit.items.push_back(
        {1, {}, 0, Confidence::kExact, true, prison_.order(kTownship, Kind::kAdHocReport, kNow)});
    return frames_to<EnvelopeBatch>(prison.step({std::move(submit)}), kBureau).front();
  };
  const EnvelopeBatch first = hand_in(1), second = hand_in(2);
  const Ack early = prison.ack(kBureau, first);
  prison.advance(hours(3));
  prison.set_directory(stolen_bureau);
  prison.feed(kBureau, early);
  EXPECT_EQ(prison.state(key_of(first.envelopes[0]))->place, Place::kAway);
  prison.feed(kBureau, prison.ack(kBureau, second));
  EXPECT_EQ(prison.state(key_of(second.envelopes[0]))->place, Place::kQueued) << "by the thief";

  OneBroker bureau(kBureau, kStolen + hours(1));
  bureau.connect(kPrison);
  bureau.feed(kPrison, second);
  bureau.set_directory(stolen_bureau);
  bureau.use_keys({1, 2});
  bureau.connect(kPrison);
  const auto again = frames_to<Ack>(bureau.feed(kPrison, second), kPrison);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].key, KeyId{2}) << "or the sender would refuse it for ever";
}

TEST_F(Vouchers, ADenialCountsAtOnceUnderTheSameVersion) {
  StatementCache cache;
  const Envelope envelope = written();
  const auto open_with = [&](std::vector<DenialBody> denials) {
    auto file = DirectoryFile::open(encode_directory_body(nation().contents()));
    auto directory = routing::Directory::open(std::move(*file), std::move(denials));
    return DirectorySnapshot::make(std::move(*directory));
  };
  EXPECT_FALSE(check_envelope(envelope, *open_with({}), cache).revoked);
  const auto denied = open_with({{kPrison, {1}, kStolen, kStolen, "made-up"}});
  const auto checked = check_envelope(envelope, *denied, cache);
  EXPECT_FALSE(checked.fault);
  EXPECT_EQ(checked.revoked, kStolen);
  EXPECT_NE(denied->trust_digest, open_with({})->trust_digest);
}

// What the thief wrote names the id of an honest one as what it goes on with.
TEST_F(Vouchers, AThiefsWordKeepsNobodyElsesOut) {
  OneBroker township(kTownship, kNow + hours(3));
  township.connect(kCounty);
  const Envelope first = Writer(kBureau).write(kTownship, Kind::kAdHocReport, kNow);
  const auto going_on = [&](Writer& by) {
    Header header = by.header(kTownship, Kind::kAdHocReport, kNow + hours(3));
    header.continues = header_of(first).id;
    return by.seal(header);
  };
  const Envelope forged = going_on(prison_);
  EXPECT_EQ(township.give_effects(kCounty, {forged}).delivered.size(), 1U);
  tell(township);
  EXPECT_TRUE(waits(township, forged));
  Writer prefecture(kPrefecture);
  EXPECT_EQ(township.give_effects(kCounty, {going_on(prefecture)}).delivered.size(), 1U);
}

}  // namespace
}  // namespace xianjie::broker
