// What is inside a continuation is proved before anybody reads it.
#include "node/office/continuation.h"

#include <gtest/gtest.h>

#include "crypto/seal.h"
#include "tests/support/one_broker.h"

namespace xianjie::node {
namespace {

using namespace tests;

struct OpenContinued : testing::Test {
  NoticePayload notice;
  Writer prison{kPrison}, county{kCounty};
  ContinuationPayload inside;

  void SetUp() override {
    notice.name = "测试丁";
    const Header header = prison.header(kCounty, Kind::kAdHocReport, kNow);
    inside.first = prison.seal(header, as_text(encode(Payload(notice))));
    const Header sealed = header_of(inside.first);
    inside.key = crypto::payload_key(inside.first, sealed, kPrison, sealed.origin_key,
                                     office_keys(kPrison).sealing_secret())
                     .value();
    Step step;
    step.office = kCounty;
    step.id = sealed.id;
    step.to = kTownship;
    step.time = kNow;
    inside.steps = {step};
  }
  Result<OpenedNotice> open() {
    Item item;
    const Header header = county.header(kTownship, Kind::kAdHocReport, kNow);
    item.envelope = county.seal(header, as_text(encode(Payload(inside))));
    item.header = header_of(item.envelope);
    item.key = key_of(item.envelope);
    return open_notice(item, office_keys(kTownship), *nation().snapshot());
  }
};

TEST_F(OpenContinued, TheFirstOriginsNoticeIsRead) {
  const auto opened = open();
  ASSERT_TRUE(opened) << opened.error().text;
  EXPECT_EQ(opened->notice, notice);
  EXPECT_EQ(opened->first_header.origin, kPrison);
  EXPECT_EQ(opened->steps, inside.steps);
}

TEST_F(OpenContinued, WhatTheFirstOriginDidNotSignIsRefused) {
  const ContinuationPayload good = inside;
  inside.first.sealed[20] ^= 1;
  EXPECT_FALSE(open()) << "other content";
  inside = good;
  inside.first.proof = prison.write(kCounty, Kind::kAdHocReport, kNow).proof;
  EXPECT_FALSE(open()) << "another envelope's signature";
  inside = good;
  inside.key[0] ^= 1;
  EXPECT_FALSE(open()) << "another key";
}

TEST(Checks, ATownshipChecksAndASearchEndsAbove) {
  using enum OfficeType;
  const Kind notice = Kind::kPreReleaseNotice, back = Kind::kUnlinkedReturn;
  EXPECT_TRUE(may_check(kTownship, notice, CheckOutcome::kOwnArea));
  EXPECT_FALSE(may_check(kTownship, notice, std::nullopt));
  EXPECT_TRUE(may_check(kPopulationPolice, back, CheckOutcome::kUnlinked));
  EXPECT_FALSE(may_check(kPopulationPolice, back, CheckOutcome::kOwnArea));
  EXPECT_FALSE(may_check(kCounty, notice, CheckOutcome::kUnlinked));
  EXPECT_TRUE(may_check(kProvince, notice, CheckOutcome::kUnlinked))
      << "where there is no population-police, return_order says: settle it as unlinked";
  EXPECT_FALSE(may_check(kProvince, notice, CheckOutcome::kOwnArea));
}

}  // namespace
}  // namespace xianjie::node
