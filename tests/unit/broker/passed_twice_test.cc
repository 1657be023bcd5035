// What two custodians pass on, or one passes on and arrives by itself too, comes to the inbox once.
#include <gmock/gmock.h>

#include "tests/support/one_broker.h"

namespace xianjie::broker {
namespace {

using namespace tests;  // the offices of the small nation
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

Envelope going_on(Writer& writer, const Envelope& first) {
  Header header = writer.header(kTownship, Kind::kAdHocReport, kNow + minutes(1));
  header.continues = header_of(first).id;
  return writer.seal(header);
}
Envelope going_on(OfficeId by, const Envelope& first) {
  Writer writer(by);
  return going_on(writer, first);
}

class PassedTwice : public testing::Test {
 protected:
  PassedTwice()
      : township_(kTownship, kNow),
        first_(Writer(kPrison).write(kTownship, Kind::kAdHocReport, kNow)) {
    township_.connect(kCounty);
  }
  // What the origin of an envelope that has just come is told, if anything.
  static std::vector<ReceiptType> told(const Effects& effects) {
    std::vector<ReceiptType> out;
    for (const Receipt& receipt : receipts_to(effects, kCounty)) out.push_back(receipt.type);
    return out;
  }

  OneBroker township_;
  Envelope first_;
};

TEST_F(PassedTwice, TheSecondCustodiansIsReturned) {
  EXPECT_THAT(township_.give_effects(kCounty, {going_on(kPrefecture, first_)}).delivered,
              SizeIs(1));
  const Envelope again = going_on(kProvince, first_);
  const Effects effects = township_.give_effects(kCounty, {again});
  EXPECT_THAT(effects.delivered, IsEmpty());
  EXPECT_THAT(told(effects), Contains(ReceiptType::kReturned));
  EXPECT_THAT(township_.inbox(), SizeIs(1));
  // Said again where the word was lost.
  EXPECT_THAT(told(township_.give_effects(kCounty, {again})), Contains(ReceiptType::kReturned));
  EXPECT_THAT(township_.inbox(), SizeIs(1));
}

TEST_F(PassedTwice, WhatGoesOnWithAnItemHereIsReturned) {
  EXPECT_THAT(township_.give_effects(kCounty, {first_}).delivered, SizeIs(1));
  const Effects effects = township_.give_effects(kCounty, {going_on(kPrefecture, first_)});
  EXPECT_THAT(effects.delivered, IsEmpty());
  EXPECT_THAT(told(effects), Contains(ReceiptType::kReturned));
  EXPECT_THAT(township_.inbox(), SizeIs(1));
}

TEST_F(PassedTwice, WhatWasPassedOnAlreadyEndsWithoutAWord) {
  township_.give(kCounty, {going_on(kPrefecture, first_)});
  EXPECT_THAT(township_.give(kCounty, {first_}).outcomes, testing::ElementsAre(AckOutcome::kKnown));
  EXPECT_THAT(township_.inbox(), SizeIs(1));
  EXPECT_EQ(township_.state(key_of(first_)), std::nullopt);
}

TEST_F(PassedTwice, AnOfficeThatLostItsStoreIsAnsweredAnew) {
  Writer prefecture(kPrefecture);
  township_.give(kCounty, {going_on(prefecture, first_)});
  const Effects effects = township_.give_effects(kCounty, {going_on(prefecture, first_)});
  EXPECT_THAT(effects.delivered, SizeIs(1));
}

TEST_F(PassedTwice, AreForgottenWhenNothingCanComeAnyMore) {
  township_.give(kCounty, {first_});
  EXPECT_THAT(township_.rows(Table::kItems), SizeIs(1));
  for (int day = 0; day < 200; ++day) {
    township_.advance(days(1));
    township_.step();
  }
  EXPECT_THAT(township_.rows(Table::kItems), IsEmpty());
}

}  // namespace
}  // namespace xianjie::broker
