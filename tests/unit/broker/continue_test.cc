// An inbox item that goes on as a new envelope: in custody until that one has its end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;
using testing::Contains;
using testing::HasSubstr;

struct Continued : testing::Test {
  OneBroker at{kCounty, kNow};
  Writer prison{kPrison}, county{kCounty}, township{kTownship};
  Envelope item = prison.write(kCounty, Kind::kAdHocReport, kNow);
  PreparedOrder next = county.order(kTownship, Kind::kAdHocReport, kNow);

  void SetUp() override {
    at.connect(kPrefecture);
    at.connect(kTownship);
    at.give(kPrefecture, {item});
  }
  Result<> go_on(const EnvelopeKey& key, const PreparedOrder& order) {
    return at.step({Continue{1, key, order}}).replies.at(0).result;
  }
  Result<> settle() { return at.step({Settle{2, key_of(item), {}}}).replies.at(0).result; }
  Effects outcome(const PreparedOrder& answer) {
    const Envelope result = township.write(kCounty, Kind::kCheckResult, kNow);
    at.give(kTownship, {result});
    return at.step({NoteOutcome{key_of(result), next.main.header.id, 1, answer}});
  }
};

TEST_F(Continued, StaysInTheInboxAndGoesOnOnce) {
  ASSERT_TRUE(go_on(key_of(item), next));
  EXPECT_EQ(at.state(key_of(item))->place, Place::kInbox);
  EXPECT_EQ(at.inbox().at(0).continued_by, next.main.header.id);
  EXPECT_EQ(at.ledger(next.main.header.id)->continues, key_of(item));
  const auto again = go_on(key_of(item), county.order(kTownship, Kind::kAdHocReport, kNow));
  ASSERT_FALSE(again);
  EXPECT_TRUE(again.error().text.starts_with("continued")) << again.error().text;
  EXPECT_EQ(at.rows(Table::kLedger).size(), 1U) << "nothing was accepted";
  ASSERT_FALSE(settle());
  EXPECT_EQ(at.state(key_of(item))->place, Place::kInbox);
}

TEST_F(Continued, IsSettledWithTheAnswerWhenItsContinuationWasChecked) {
  ASSERT_TRUE(go_on(key_of(item), next));
  const PreparedOrder answer = county.order(kPrison, Kind::kCheckResult, kNow);
  outcome(answer);
  EXPECT_EQ(at.state(key_of(item))->place, Place::kSettled);
  EXPECT_EQ(at.ledger(next.main.header.id)->outcome, 1);
  EXPECT_TRUE(at.ledger(answer.main.header.id)) << "the answer is on its way to the first origin";
}

// Somebody else had passed it on there too, or it came there by itself (repeats.cc).
TEST_F(Continued, IsSettledWhereItsContinuationIsARepeat) {
  ASSERT_TRUE(go_on(key_of(item), next));
  const Receipt receipt{next.main.header.id, next.main.leaf, ReceiptType::kReturned, kNow};
  const Effects effects = at.feed(kTownship, receipt_frame(kTownship, kCounty, receipt));
  EXPECT_EQ(at.state(key_of(item))->place, Place::kSettled);
  EXPECT_EQ(at.ledger(next.main.header.id)->receipt, ReceiptType::kReturned);
  EXPECT_THAT(effects.alarms, testing::IsEmpty());
}

// Rejected says nothing of the item: it was sealed to a key that is gone, and is sealed anew once
// the newer one is known here.
TEST_F(Continued, WaitsForAPersonWhereItsContinuationIsRejected) {
  ASSERT_TRUE(go_on(key_of(item), next));
  const Receipt receipt{next.main.header.id, next.main.leaf, ReceiptType::kRejected, kNow};
  const Effects effects = at.feed(kTownship, receipt_frame(kTownship, kCounty, receipt));
  EXPECT_EQ(at.state(key_of(item))->place, Place::kInbox);
  EXPECT_FALSE(at.inbox().at(0).continued_by.is_set());
  EXPECT_TRUE(at.kept({kCounty, next.main.header.id})) << "its bytes are needed for that";
  EXPECT_THAT(effects.alarms, Contains(HasSubstr("not_continued")));
}

TEST_F(Continued, ASecondResultSendsNoSecondAnswer) {
  ASSERT_TRUE(go_on(key_of(item), next));
  outcome(county.order(kPrison, Kind::kCheckResult, kNow));
  const PreparedOrder second = county.order(kPrison, Kind::kCheckResult, kNow);
  outcome(second);
  EXPECT_FALSE(at.ledger(second.main.header.id));
}

TEST_F(Continued, WaitsForAPersonAgainWhenItsContinuationCameToNothing) {
  ASSERT_TRUE(go_on(key_of(item), next));
  at.advance(days(40));  // nobody took it
  EXPECT_THAT(at.step().alarms, Contains(HasSubstr("waits for a person again")));
  EXPECT_FALSE(at.inbox().at(0).continued_by.is_set());
  EXPECT_TRUE(go_on(key_of(item), county.order(kTownship, Kind::kAdHocReport, at.now.wall)));
}

TEST_F(Continued, RefusesWhatIsNotItsOwnToPassOn) {
  const Envelope passing = prison.write(kTownship, Kind::kAdHocReport, kNow);
  at.give(kPrefecture, {passing});
  EXPECT_FALSE(go_on(key_of(passing), next)) << "a path copy";
  EXPECT_FALSE(go_on({kPrison, next.main.header.id}, next)) << "unknown";
  ASSERT_TRUE(settle());
  EXPECT_FALSE(go_on(key_of(item), next)) << "settled";
  EXPECT_TRUE(at.rows(Table::kLedger).empty());
}

}  // namespace
}  // namespace xianjie::tests
