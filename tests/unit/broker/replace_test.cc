// What the directory overtakes before its gate is named, made anew, and takes the old one's place.
#include <gtest/gtest.h>

#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;

constexpr std::uint32_t kCode = 610802001;

struct Replacing : testing::Test {
  OneBroker at{kPrison, kEarly};
  Writer writer{kPrison};
  // The county has a new key.
  const Snapshot later = nation().changed([](DirectoryContents& contents) {
    ++contents.header.version;
    record_of(contents, kCounty)
        .keys.push_back(
            office_keys(kCounty, {2}).public_set(wall("2020-01-01T00:00:00+08:00"), {}));
  });

  EnvelopeId submit(Kind kind = Kind::kPreReleaseNotice) {
    Submit submit;
    submit.submission[0] = static_cast<std::uint8_t>(kind);
    SubmitItem item;
    item.row = 1;
    item.code = kCode;
    item.order = writer.order(kTownship, kind, kEarly, kDecember, kCode);
    submit.items.push_back(std::move(item));
    const Effects effects = at.step({std::move(submit)});
    return *effects.replies.at(0).answers.at(0).outcome;
  }
};

TEST_F(Replacing, AGatedEnvelopeWithAnOvertakenKeyIsNamedOnce) {
  const EnvelopeId id = submit();
  EXPECT_TRUE(at.step().stale.empty());
  at.set_directory(later);
  const auto stale = at.step().stale;
  ASSERT_EQ(stale.size(), 1U);  // not its copy: it goes along
  EXPECT_EQ(stale[0].id, id);
  EXPECT_EQ(stale[0].destination, kTownship);
  EXPECT_TRUE(at.step().stale.empty());
}

TEST_F(Replacing, WhatHasLeftOrWaitsForNoGateStays) {
  submit(Kind::kAdHocReport);
  at.set_directory(later);
  EXPECT_TRUE(at.step().stale.empty());
}

TEST_F(Replacing, ADirectoryThatChangesNothingForItChangesNothing) {
  submit();
  at.set_directory(nation().changed([](DirectoryContents& contents) {
    ++contents.header.version;
    record_of(contents, kOtherTownship).name = "renamed";
  }));
  EXPECT_TRUE(at.step().stale.empty());
}

TEST_F(Replacing, TheNewOneTakesTheOldOnesPlace) {
  const EnvelopeId old = submit();
  const auto before = at.ledger(old);
  at.set_directory(later);
  const auto stale = at.step().stale;
  Writer anew(kPrison, later, 2);
  PreparedOrder order = anew.order(kTownship, Kind::kPreReleaseNotice, kEarly, kDecember, kCode);
  const EnvelopeId fresh = order.main.header.id;
  at.step({Replace{old, order}});
  EXPECT_FALSE(at.ledger(old));
  ASSERT_TRUE(at.ledger(fresh));
  EXPECT_EQ(at.ledger(fresh)->row, before->row);
  EXPECT_EQ(at.ledger(fresh)->submission, before->submission);
  EXPECT_EQ(at.state({kPrison, old})->place, Place::kSettled);
  EXPECT_FALSE(at.kept({kPrison, old}));
  EXPECT_EQ(at.rows(Table::kQueue).size(), 2U);  // the new one and its copy
  EXPECT_EQ(at.rows(Table::kLedger).size(), 2U);
  EXPECT_EQ(at.broker().room().used(Quota::kOrigin),
            order.main.envelope.size() + order.copy->envelope.size());
  // Twice does nothing.
  at.step({Replace{old, order}});
  EXPECT_EQ(at.rows(Table::kQueue).size(), 2U);
}

TEST_F(Replacing, AnEnvelopeOnTheWireIsNotReplaced) {
  const EnvelopeId old = submit();
  at.set_directory(later);
  at.step();
  at.now.wall = wall("2026-12-10T09:00:01+08:00");
  ASSERT_FALSE(envelopes_to(at.connect(kBureau), kBureau).empty());
  Writer anew(kPrison, later, 2);
  at.step({Replace{old, anew.order(kTownship, Kind::kPreReleaseNotice, kEarly, kDecember, kCode)}});
  EXPECT_TRUE(at.ledger(old));
  EXPECT_EQ(at.rows(Table::kLedger).size(), 2U);
}

}  // namespace
}  // namespace xianjie::tests
