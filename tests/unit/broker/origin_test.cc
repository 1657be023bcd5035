// The origin's ledger: submitting, resending, asking, giving up on a trusted clock only.
#include <gtest/gtest.h>

#include "crypto/statement.h"
#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;

struct Origin : testing::Test {
  OneBroker at{kPrison, kEarly};
  Writer self{kPrison};
  const Hash submission = [] {
    Hash h{};
    h[0] = 7;
    return h;
  }();

  PreparedOrder urgent() { return self.order(kTownship, Kind::kAdHocReport, at.now.wall); }
  static SubmitItem item(std::uint32_t row, PreparedOrder order, std::optional<Hash> person = {}) {
    SubmitItem out;
    out.row = row;
    out.person = person;
    out.order = std::move(order);
    return out;
  }
  std::vector<SubmitAnswer> submit(std::vector<SubmitItem> items) {
    const auto effects = at.step({Submit{3, submission, std::move(items)}});
    EXPECT_EQ(effects.replies.at(0).token, 3U);
    return effects.replies.at(0).answers;
  }
  // Submitted, sent to the bureau and taken there.
  PreparedOrder sent() {
    PreparedOrder order = urgent();
    at.connect(kBureau);
    const auto effects = at.step({Submit{1, submission, {item(1, order)}}});
    at.feed(kBureau, at.ack(kBureau, frames_to<EnvelopeBatch>(effects, kBureau).at(0)));
    return order;
  }
  Effects receive(const PreparedOrder& order, ReceiptType type) {
    Record record;
    record.type = RecordType::kReceipts;
    record.target = kPrison;
    record.created = at.now.wall;
    record.receipts = {{order.main.header.id, order.main.leaf, type, at.now.wall}};
    return at.feed(kBureau, Records{1, {crypto::sign_record(record, office_keys(kTownship))}});
  }
};

TEST_F(Origin, TheSameSubmissionAndRowGetTheFirstAnswer) {
  const PreparedOrder first = urgent();
  auto answers = submit({item(1, first)});
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].outcome.value(), first.main.header.id);
  EXPECT_FALSE(answers[0].repeated);
  at.restart();
  answers = submit({item(1, urgent()), item(2, urgent())});
  EXPECT_EQ(answers[0].outcome.value(), first.main.header.id);
  EXPECT_TRUE(answers[0].repeated);
  EXPECT_FALSE(answers[1].repeated);
  EXPECT_EQ(at.rows(Table::kLedger).size(), 2U);
  EXPECT_EQ(at.rows(Table::kQueue).size(), 2U);
}

TEST_F(Origin, OnePersonTwiceIsADuplicateAndStaysOne) {
  const Hash person = [] {
    Hash h{};
    h[5] = 1;
    return h;
  }();
  auto answers = submit({item(1, urgent(), person), item(2, urgent(), person), item(3, urgent())});
  EXPECT_TRUE(answers[0].outcome);
  ASSERT_FALSE(answers[1].outcome);
  EXPECT_EQ(answers[1].outcome.error().code, ErrorCode::kRefused);
  EXPECT_TRUE(answers[1].outcome.error().text.starts_with("duplicate"));
  EXPECT_TRUE(answers[2].outcome);
  answers = submit({item(2, urgent())});
  ASSERT_FALSE(answers[0].outcome) << "the first answer again, also where it was a refusal";
  EXPECT_TRUE(answers[0].outcome.error().text.starts_with("duplicate"));
}

TEST_F(Origin, AFullStoreRefusesForNowOnly) {
  BrokerOptions options;
  options.store_bytes = urgent().main.envelope.size() * 10;
  OneBroker small(kPrison, kEarly, options);
  const auto submit_to = [&](std::uint32_t row) {
    return small.step({Submit{1, submission, {item(row, urgent())}}}).replies.at(0).answers.at(0);
  };
  EXPECT_TRUE(submit_to(1).outcome);
  const auto full = submit_to(2);
  ASSERT_FALSE(full.outcome);
  EXPECT_EQ(full.outcome.error().code, ErrorCode::kFull);
  EXPECT_FALSE(submit_to(2).repeated) << "asked again it is tried again";
}

TEST_F(Origin, ACopyHasALedgerRowOfItsOwnAndAMissingOneIsSaid) {
  const PreparedOrder order = self.order(kTownship, Kind::kAdHocReport, kEarly, {}, 610802001);
  ASSERT_TRUE(order.copy);
  submit({item(1, order)});
  EXPECT_EQ(at.ledger(order.main.header.id)->copy, order.copy->header.id);
  EXPECT_EQ(at.ledger(order.copy->header.id)->copy_of, order.main.header.id);
  EXPECT_EQ(at.ledger(order.copy->header.id)->destination, kPopulationPolice);
  EXPECT_EQ(at.audit_text().find("no_copy"), std::string::npos);
  const PreparedOrder without =
      self.order(kOtherTownship, Kind::kAdHocReport, kEarly, {}, 429004001);
  EXPECT_FALSE(without.copy);
  submit({item(2, without)});
  EXPECT_NE(at.audit_text().find("no_copy"), std::string::npos);
}

TEST_F(Origin, ANoticeWaitsForItsGate) {
  at.connect(kBureau);
  submit({item(1, self.order(kTownship, Kind::kPreReleaseNotice, kEarly, kDecember))});
  EXPECT_TRUE(envelopes_to(at.step(), kBureau).empty());
  at.now.wall = kPrisonGate;
  EXPECT_EQ(envelopes_to(at.step(), kBureau).size(), 1U);
}

// Sealed by a clock that was wrong: what prepare() thought of the gate does not count.
TEST_F(Origin, AnUntrustedClockKeepsTheGateShut) {
  at.connect(kBureau);
  at.now.wall_trusted = false;
  at.now.wall = kPrisonGate + hours(1);
  const PreparedOrder order =
      self.order(kTownship, Kind::kPreReleaseNotice, at.now.wall, kDecember);
  EXPECT_TRUE(envelopes_to(at.step({Submit{3, submission, {item(1, order)}}}), kBureau).empty());
  at.now.wall = kEarly;
  at.now.wall_trusted = true;
  EXPECT_TRUE(envelopes_to(at.step(), kBureau).empty());
  at.now.wall = kPrisonGate;
  EXPECT_EQ(envelopes_to(at.step(), kBureau).size(), 1U);
}

TEST_F(Origin, UndeliveredIsSentAgainDailyWithTheSameBytes) {
  const PreparedOrder order = sent();
  EXPECT_EQ(at.ledger(order.main.header.id)->resends, 0U);
  for (int day = 1; day <= 3; ++day) {
    at.advance(days(1) + hours(1));
    const auto effects = at.step();
    const auto batches = frames_to<EnvelopeBatch>(effects, kBureau);
    ASSERT_EQ(batches.size(), 1U) << day;
    Envelope expected = order.main.envelope;
    EXPECT_EQ(batches[0].envelopes.at(0), expected);
    at.feed(kBureau, at.ack(kBureau, batches[0], {AckOutcome::kKnown}));
    EXPECT_TRUE(frames_to<EnvelopeBatch>(at.step(), kBureau).empty());
  }
  EXPECT_EQ(at.ledger(order.main.header.id)->resends, 3U);
}

std::vector<Record> inquiries_to(const Effects& effects, OfficeId neighbour) {
  auto records = records_to(effects, neighbour);
  std::erase_if(records, [](const Record& each) { return each.type != RecordType::kInquiry; });
  return records;
}

TEST_F(Origin, DeliveredIsAskedAfterDailyAndNotSentAgain) {
  const PreparedOrder order = sent();
  receive(order, ReceiptType::kDelivered);
  at.advance(days(1) + minutes(1));
  auto effects = at.step();
  EXPECT_TRUE(envelopes_to(effects, kBureau).empty());
  auto records = inquiries_to(effects, kBureau);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].target, kTownship);
  ASSERT_EQ(records[0].inquiries.size(), 1U);
  EXPECT_EQ(records[0].inquiries[0], (InquiryEntry{order.main.header.id, order.main.leaf}));
  at.ack_records(kBureau, effects);
  at.advance(days(1));
  effects = at.step();
  EXPECT_EQ(inquiries_to(effects, kBureau).size(), 1U);
  at.ack_records(kBureau, effects);
  receive(order, ReceiptType::kProcessed);
  at.advance(days(2));
  EXPECT_TRUE(inquiries_to(at.step(), kBureau).empty());
}

// A clock years ahead must not put off the next question to when it would be right.
TEST_F(Origin, NoMomentIsDerivedFromAnUntrustedClock) {
  const PreparedOrder order = sent();
  const WallTime right = at.now.wall;
  at.now.wall_trusted = false;
  at.now.wall = right + days(3000);
  receive(order, ReceiptType::kDelivered);
  at.now.wall_trusted = true;
  at.now.wall = right + days(1) + hours(2);
  EXPECT_EQ(inquiries_to(at.step(), kBureau).size(), 1U);
}

TEST_F(Origin, ExpiresOnATrustedClockOnlyAndALaterReceiptOverrides) {
  const PreparedOrder order = sent();
  const EnvelopeId id = order.main.header.id;
  at.now.wall = order.main.header.not_after + kClockSkew + Duration{1};
  at.now.wall_trusted = false;
  at.step();
  EXPECT_EQ(at.ledger(id)->receipt, ReceiptType::kAccepted);
  at.now.wall_trusted = true;
  const auto effects = at.step();
  ASSERT_FALSE(effects.alarms.empty());
  EXPECT_TRUE(effects.alarms[0].starts_with("expired"));
  EXPECT_EQ(at.ledger(id)->receipt, ReceiptType::kExpired);
  EXPECT_EQ(at.state({kPrison, id})->place, Place::kDead);
  EXPECT_TRUE(at.kept({kPrison, id})) << "kept for a person";
  receive(order, ReceiptType::kDelivered);
  EXPECT_EQ(at.ledger(id)->receipt, ReceiptType::kDelivered);
  EXPECT_FALSE(at.ledger(id)->finished.is_set()) << "not over any more";
  receive(order, ReceiptType::kProcessed);
  EXPECT_EQ(at.ledger(id)->receipt, ReceiptType::kProcessed);
  EXPECT_EQ(at.state({kPrison, id})->place, Place::kSettled);
}

TEST_F(Origin, ExpiringTakesItOutOfTheQueue) {
  const PreparedOrder order = urgent();
  submit({item(1, order)});
  at.now.wall = order.main.header.not_after + kClockSkew + Duration{1};
  at.step();
  EXPECT_EQ(at.ledger(order.main.header.id)->receipt, ReceiptType::kExpired);
  EXPECT_TRUE(at.rows(Table::kQueue).empty());
  EXPECT_TRUE(envelopes_to(at.connect(kBureau), kBureau).empty());
}

TEST_F(Origin, WhatStillWaitsHereIsNotSentTwice) {
  const PreparedOrder order = urgent();
  submit({item(1, order)});
  at.advance(days(1) + hours(2));
  at.step();
  EXPECT_EQ(at.rows(Table::kQueue).size(), 1U);
  EXPECT_EQ(at.ledger(order.main.header.id)->resends, 0U);
}

TEST_F(Origin, BatchNumbersAreLeasedOnceAndForEver) {
  const auto lease = [&] { return at.step({Lease{1, 10}}).replies.at(0).first; };
  const auto first = lease();
  EXPECT_GT(first, 0U);
  EXPECT_EQ(lease(), first + 10);
  at.restart();
  EXPECT_GE(lease(), first + 20);
}

}  // namespace
}  // namespace xianjie::tests
