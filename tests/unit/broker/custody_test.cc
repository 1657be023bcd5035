// Taking custody at a relay: what is taken, when it may leave, what is refused and why.
#include <gtest/gtest.h>

#include "crypto/seal.h"
#include "crypto/statement.h"
#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;

struct Custody : testing::Test {
  OneBroker at{kProvince, kNow};
  Writer prison{kPrison};
  void SetUp() override { at.connect(kBureau); }
  Envelope urgent() { return prison.write(kTownship, Kind::kAdHocReport, at.now.wall); }
  Envelope notice() {
    return prison.write(kTownship, Kind::kPreReleaseNotice, at.now.wall, kDecember);
  }
  AckOutcome outcome(const Envelope& envelope) {
    return at.give(kBureau, {envelope}).outcomes.at(0);
  }
};

TEST_F(Custody, TakesAnEnvelopeAndSignsForIt) {
  const Envelope envelope = urgent();
  const EnvelopeBatch batch = at.batch(kBureau, {envelope});
  const auto acks = frames_to<Ack>(at.feed(kBureau, batch), kBureau);
  ASSERT_EQ(acks.size(), 1U);
  EXPECT_EQ(acks[0].outcomes, std::vector{AckOutcome::kTaken});
  EXPECT_EQ(acks[0].number, batch.number);
  EXPECT_EQ(acks[0].sender_epoch, epoch_of(kBureau));
  const std::vector<Hash> leaves{crypto::leaf_of(envelope)};
  EXPECT_TRUE(crypto::verify_ack(acks[0], kBureau, kProvince, leaves,
                                 office_keys(kProvince).signing_public()));
  const auto row = at.state(key_of(envelope));
  ASSERT_TRUE(row);
  EXPECT_EQ(row->place, Place::kQueued);
  EXPECT_EQ(row->from, kBureau);
  EXPECT_EQ(row->next, kPrefecture);
  EXPECT_EQ(row->hops, 1);
  EXPECT_EQ(row->lane, Lane::kUrgent);
  EXPECT_FALSE(row->not_before.is_set());
  Envelope expected = envelope;
  expected.hops = 1;
  EXPECT_EQ(at.kept(key_of(envelope)), expected);
  EXPECT_EQ(at.rows(Table::kQueue).size(), 1U);
}

// Its origin knows a newer directory than this office, and a key of it: not now. A key that no
// directory holds: never.
TEST_F(Custody, WaitsForTheDirectoryThatHoldsTheKey) {
  const Snapshot newer = nation().changed([](DirectoryContents& contents) {
    record_of(contents, kPrison)
        .keys.push_back(office_keys(kPrison, {2}).public_set(kNow - days(1), {}));
  });
  Writer ahead{kPrison, newer};
  Header header = ahead.header(kTownship, Kind::kAdHocReport, kNow);
  header.origin_key = {2};
  const Envelope envelope = ahead.seal(header);
  EXPECT_EQ(outcome(envelope), AckOutcome::kDeferred);
  at.set_directory(newer);
  EXPECT_EQ(outcome(envelope), AckOutcome::kTaken);
  Header never = ahead.header(kTownship, Kind::kAdHocReport, kNow);
  never.origin_key = {3};
  EXPECT_EQ(outcome(ahead.seal(never)), AckOutcome::kRefused);
}

TEST_F(Custody, KeepsANoticeUntilTheGateOpens) {
  at.connect(kPrefecture);
  const Envelope envelope = notice();
  EXPECT_TRUE(envelopes_to(at.give_effects(kBureau, {envelope}), kPrefecture).empty());
  EXPECT_EQ(at.state(key_of(envelope))->not_before, kProvinceGate);
  EXPECT_EQ(at.broker().next_wall_wakeup(), kProvinceGate);
  at.now.wall = kProvinceGate - Duration{1};
  EXPECT_TRUE(envelopes_to(at.step(), kPrefecture).empty());
  at.advance(Duration{1});
  EXPECT_EQ(envelopes_to(at.step(), kPrefecture).size(), 1U);
}

TEST_F(Custody, PassesOnTheGatesDayAtOnceAndMarksWhatComesLater) {
  at.connect(kPrefecture);
  at.now.wall = kProvinceGate + hours(5);
  const Envelope same_day = notice();
  EXPECT_EQ(envelopes_to(at.give_effects(kBureau, {same_day}), kPrefecture).size(), 1U);
  EXPECT_FALSE(at.state(key_of(same_day))->late);
  at.now.wall = kProvinceGate + hours(16);
  const Envelope next_day = notice();
  EXPECT_EQ(envelopes_to(at.give_effects(kBureau, {next_day}), kPrefecture).size(), 1U);
  EXPECT_TRUE(at.state(key_of(next_day))->late);
}

TEST_F(Custody, AnUntrustedClockKeepsTheGateShut) {
  at.connect(kPrefecture);
  at.now.wall = kProvinceGate + hours(1);
  at.now.wall_trusted = false;
  EXPECT_TRUE(envelopes_to(at.give_effects(kBureau, {notice()}), kPrefecture).empty());
  EXPECT_EQ(envelopes_to(at.give_effects(kBureau, {urgent()}), kPrefecture).size(), 1U)
      << "has no gate";
  at.now.wall_trusted = true;
  EXPECT_EQ(envelopes_to(at.step(), kPrefecture).size(), 1U);
}

TEST_F(Custody, TheHeadersOwnNotBeforeShutsLikeAGate) {
  at.connect(kPrefecture);
  Header header = prison.header(kTownship, Kind::kAdHocReport, at.now.wall);
  header.not_before = at.now.wall + hours(2);
  EXPECT_TRUE(envelopes_to(at.give_effects(kBureau, {prison.seal(header)}), kPrefecture).empty());
  at.advance(hours(2));
  EXPECT_EQ(envelopes_to(at.step(), kPrefecture).size(), 1U);
}

TEST_F(Custody, KeepsAPathCopyThatOutlivesThePassingOn) {
  at.connect(kPrefecture);
  const Envelope envelope = urgent();
  const auto effects = at.give_effects(kBureau, {envelope});
  EXPECT_TRUE(effects.delivered.empty());
  ASSERT_EQ(at.inbox().size(), 1U);
  EXPECT_TRUE(at.inbox()[0].copy);
  EXPECT_EQ(at.inbox()[0].key, key_of(envelope));
  const auto batches = frames_to<EnvelopeBatch>(effects, kPrefecture);
  ASSERT_EQ(batches.size(), 1U);
  at.feed(kPrefecture, at.ack(kPrefecture, batches[0]));
  EXPECT_EQ(at.state(key_of(envelope))->place, Place::kAway);
  EXPECT_TRUE(at.kept(key_of(envelope)));
  EXPECT_EQ(at.inbox().size(), 1U);
  EXPECT_EQ(at.broker().room().used(Quota::kDescending), 0U);
  EXPECT_EQ(at.broker().room().used(Quota::kCopies), envelope.size());
}

TEST_F(Custody, WithoutPathReadersNothingStaysAfterPassingOn) {
  at.connect(kPrefecture);
  const Envelope envelope = prison.write(kTownship, Kind::kExchangeTest, at.now.wall);
  const auto effects = at.give_effects(kBureau, {envelope});
  EXPECT_TRUE(at.inbox().empty());
  at.feed(kPrefecture, at.ack(kPrefecture, frames_to<EnvelopeBatch>(effects, kPrefecture).at(0)));
  EXPECT_EQ(at.state(key_of(envelope))->place, Place::kAway);
  EXPECT_FALSE(at.kept(key_of(envelope)));
  EXPECT_TRUE(at.rows(Table::kEnvelopes).empty());
  EXPECT_TRUE(at.rows(Table::kProofs).empty());
  EXPECT_EQ(at.broker().room().used(Quota::kDescending), 0U);
}

TEST_F(Custody, ACopyToPopulationPoliceLeavesNoPathCopy) {
  Header header = prison.header(kTownship, Kind::kAdHocReport, at.now.wall);
  header.copy_of = envelope_id(9);
  EXPECT_EQ(outcome(prison.seal(header)), AckOutcome::kTaken);
  EXPECT_TRUE(at.inbox().empty());
}

TEST(CustodyRoom, APathCopyWithoutRoomIsSaidAndCustodyGoesOn) {
  Writer prison(kPrison);
  BrokerOptions options;
  options.store_bytes = prison.write(kTownship, Kind::kAdHocReport, kNow).size() * 60;
  OneBroker at(kProvince, kNow, options);
  at.connect(kBureau);
  at.connect(kPrefecture);
  for (std::size_t copies = 0; copies < 20; ++copies) {
    const Envelope envelope = prison.write(kTownship, Kind::kAdHocReport, kNow);
    const auto effects = at.give_effects(kBureau, {envelope});
    EXPECT_EQ(frames_to<Ack>(effects, kBureau).at(0).outcomes.at(0), AckOutcome::kTaken);
    at.feed(kPrefecture, at.ack(kPrefecture, frames_to<EnvelopeBatch>(effects, kPrefecture).at(0)));
    if (at.inbox().size() == copies + 1) continue;
    EXPECT_EQ(at.inbox().size(), copies);
    EXPECT_GT(copies, 1U);
    EXPECT_NE(at.audit_text().find("copy_not_kept " + name_of(key_of(envelope))),
              std::string::npos);
    return;
  }
  FAIL() << "twenty copies in a store that is far too small";
}

TEST(CustodyRoom, AFullQueueDefersAndTakesAgainWhenThereIsRoom) {
  Writer prison(kPrison);
  BrokerOptions options;
  options.store_bytes = 60'000;
  OneBroker at(kProvince, kNow, options);
  at.connect(kBureau);
  std::vector<Envelope> taken;
  AckOutcome last = AckOutcome::kTaken;
  Ack ack;
  while (last == AckOutcome::kTaken && taken.size() < 100) {
    taken.push_back(prison.write(kTownship, Kind::kExchangeTest, kNow));
    ack = at.give(kBureau, {taken.back()});
    last = ack.outcomes.at(0);
  }
  EXPECT_EQ(last, AckOutcome::kDeferred);
  EXPECT_GT(ack.retry_after_ms, 0U);
  EXPECT_FALSE(at.state(key_of(taken.back())));
  const Envelope upwards = Writer(kTownship).write(kPrison, Kind::kCheckResult, kNow);
  at.connect(kPrefecture);
  at.step();
  EXPECT_EQ(at.give(kPrefecture, {upwards}).outcomes.at(0), AckOutcome::kTaken)
      << "the other direction has a quota of its own";
}

TEST_F(Custody, RefusesWhatIsOverTheHopLimit) {
  Envelope envelope = urgent();
  envelope.hops = kHopsMax - 1;
  EXPECT_EQ(outcome(envelope), AckOutcome::kTaken);
  envelope = urgent();
  envelope.hops = kHopsMax;
  EXPECT_EQ(outcome(envelope), AckOutcome::kRefused);
  EXPECT_FALSE(at.state(key_of(envelope)));
}

TEST_F(Custody, RefusesTheExpiredOnATrustedClockOnly) {
  Header header = prison.header(kTownship, Kind::kAdHocReport, at.now.wall - days(40));
  header.not_after = at.now.wall - kClockSkew;
  const Envelope just_in_time = prison.seal(header);
  EXPECT_EQ(outcome(just_in_time), AckOutcome::kTaken);
  header.id = envelope_id(1);
  header.not_after = at.now.wall - kClockSkew - Duration{1};
  const Envelope over = prison.seal(header);
  EXPECT_EQ(outcome(over), AckOutcome::kRefused);
  at.now.wall_trusted = false;
  EXPECT_EQ(outcome(over), AckOutcome::kTaken);
}

TEST_F(Custody, RefusesItsOwnEnvelopes) {
  Writer self(kProvince);
  EXPECT_EQ(outcome(self.write(kTownship, Kind::kExchangeTest, at.now.wall)), AckOutcome::kRefused);
  EXPECT_TRUE(at.rows(Table::kSeen).empty());
}

TEST_F(Custody, QuarantinesAConflictAndKeepsTheFirst) {
  const Header header = prison.header(kTownship, Kind::kAdHocReport, at.now.wall);
  const Envelope first = prison.seal(header, "one");
  const Envelope other = prison.seal(header, "two");
  EXPECT_EQ(outcome(first), AckOutcome::kTaken);
  const auto effects = at.give_effects(kBureau, {other});
  EXPECT_EQ(frames_to<Ack>(effects, kBureau).at(0).outcomes.at(0), AckOutcome::kConflict);
  ASSERT_EQ(effects.alarms.size(), 1U);
  EXPECT_TRUE(effects.alarms[0].starts_with("conflict")) << effects.alarms[0];
  EXPECT_EQ(at.rows(Table::kQuarantine).size(), 1U);
  EXPECT_EQ(at.kept(key_of(first))->sealed, first.sealed);
  EXPECT_EQ(at.rows(Table::kQueue).size(), 1U);
}

TEST_F(Custody, OneForgedEnvelopeDoesNotStopTheOthers) {
  Envelope forged = urgent();
  forged.sealed.back() ^= 1U;
  const Envelope good = urgent();
  const Ack ack = at.give(kBureau, {forged, good, forged});
  EXPECT_EQ(ack.outcomes,
            (std::vector{AckOutcome::kRefused, AckOutcome::kTaken, AckOutcome::kRefused}));
  EXPECT_EQ(at.rows(Table::kSeen).size(), 1U);
}

TEST_F(Custody, TwoRootsOfOneBatchNumberRaiseAnAlarm) {
  Writer clone(kPrison, nation().snapshot(), 2);  // begins with the same batch numbers
  EXPECT_EQ(outcome(urgent()), AckOutcome::kTaken);
  const auto effects =
      at.give_effects(kBureau, {clone.write(kTownship, Kind::kAdHocReport, at.now.wall)});
  EXPECT_EQ(frames_to<Ack>(effects, kBureau).at(0).outcomes.at(0), AckOutcome::kRefused);
  ASSERT_EQ(effects.alarms.size(), 1U);
  EXPECT_TRUE(effects.alarms[0].starts_with("two_roots")) << effects.alarms[0];
}

}  // namespace
}  // namespace xianjie::tests
