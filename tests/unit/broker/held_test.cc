// What is stopped, with which reason, and what lets it go: routes that disagree, channels that may
// not be used, a next office that refuses.
#include <gtest/gtest.h>

#include "routing/route.h"
#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;

struct Held : testing::Test {
  OneBroker at{kProvince, kNow};
  Writer prison{kPrison};
  void SetUp() override { at.connect(kBureau); }
  Envelope urgent() { return prison.write(kTownship, Kind::kAdHocReport, kNow); }
  std::string reason(const Envelope& envelope) {
    const auto row = at.held(key_of(envelope));
    return row ? row->reason : "";
  }
};

TEST_F(Held, RouteDisagreesUntilTheDirectoryMoves) {
  at.connect(kPrefecture);
  const Envelope envelope = urgent();
  const auto effects = at.give_effects(kPrefecture, {envelope});
  EXPECT_EQ(frames_to<Ack>(effects, kPrefecture).at(0).outcomes.at(0), AckOutcome::kTaken);
  EXPECT_EQ(at.state(key_of(envelope))->place, Place::kHeld);
  EXPECT_TRUE(reason(envelope).starts_with("route_disagrees")) << reason(envelope);
  ASSERT_EQ(effects.alarms.size(), 1U);
  EXPECT_TRUE(effects.alarms[0].starts_with("held"));
  EXPECT_TRUE(at.rows(Table::kQueue).empty());

  const auto county_up = [](DirectoryContents& contents) {
    record_of(contents, kCounty).parent = kProvince;
  };
  at.set_directory(nation().changed(county_up));
  at.step();
  EXPECT_FALSE(at.held(key_of(envelope)));
  EXPECT_EQ(at.state(key_of(envelope))->next, kCounty);
  EXPECT_EQ(envelopes_to(at.connect(kCounty), kCounty).size(), 1U);
}

TEST_F(Held, ANextOfficeThatIsNoReaderIsNotGivenIt) {
  Header header = prison.header(kTownship, Kind::kAdHocReport, kNow);
  std::erase_if(header.readers, [](const Reader& reader) { return reader.office == kPrefecture; });
  const Envelope envelope = prison.seal(header);
  at.connect(kPrefecture);
  EXPECT_TRUE(envelopes_to(at.give_effects(kBureau, {envelope}), kPrefecture).empty());
  EXPECT_TRUE(reason(envelope).starts_with("route_disagrees")) << reason(envelope);
}

TEST_F(Held, AnUnknownDestinationWaitsForADirectoryThatKnowsIt) {
  auto lines = default_chain();
  lines.push_back({"township:610802003", "county:610802"});
  const Nation larger(lines);
  Writer prison_there(kPrison, larger.snapshot(), 7);
  const Envelope envelope =
      prison_there.write(office("township:610802003"), Kind::kAdHocReport, kNow);
  EXPECT_EQ(at.give(kBureau, {envelope}).outcomes.at(0), AckOutcome::kTaken);
  EXPECT_TRUE(reason(envelope).starts_with("no_route")) << reason(envelope);
  at.restart();
  at.step();
  EXPECT_TRUE(reason(envelope).starts_with("no_route")) << "the directory is the same";
  at.set_directory(larger.snapshot());
  at.step();
  EXPECT_EQ(at.state(key_of(envelope))->place, Place::kQueued);
  EXPECT_EQ(at.state(key_of(envelope))->next, kPrefecture);
}

TEST_F(Held, APersonsMailDoesNotLeaveOverAPublicNetwork) {
  at.connect(kPrefecture, ChannelClass::kPublic);
  const Envelope envelope = urgent();
  EXPECT_TRUE(envelopes_to(at.give_effects(kBureau, {envelope}), kPrefecture).empty());
  EXPECT_TRUE(reason(envelope).starts_with("channel")) << reason(envelope);
  EXPECT_NE(at.audit_text().find("held"), std::string::npos);
  at.disconnect(kPrefecture);
  EXPECT_TRUE(envelopes_to(at.connect(kPrefecture, ChannelClass::kPublic), kPrefecture).empty());
  EXPECT_EQ(envelopes_to(at.connect(kPrefecture, ChannelClass::kVpn), kPrefecture).size(), 1U);
  EXPECT_FALSE(at.held(key_of(envelope)));
}

TEST_F(Held, TheLowerClassOfBothEndsCounts) {
  const Envelope envelope = urgent();
  at.give(kBureau, {envelope});
  at.step({LinkUp{kPrefecture, ChannelClass::kVpn}});
  EXPECT_TRUE(envelopes_to(at.feed(kPrefecture, at.hello_from(kPrefecture, ChannelClass::kPublic)),
                           kPrefecture)
                  .empty());
  at.step({LinkUp{kPrefecture, ChannelClass::kPublic}});
  EXPECT_TRUE(envelopes_to(at.feed(kPrefecture, at.hello_from(kPrefecture, ChannelClass::kVpn)),
                           kPrefecture)
                  .empty());
  EXPECT_TRUE(reason(envelope).starts_with("channel")) << reason(envelope);
}

// Sent over a vpn, not acknowledged, and the link comes back as a public one.
TEST_F(Held, AResendAsksTheChannelAgain) {
  const Envelope envelope = urgent();
  at.give(kBureau, {envelope});
  ASSERT_EQ(envelopes_to(at.connect(kPrefecture), kPrefecture).size(), 1U);
  at.disconnect(kPrefecture);
  EXPECT_TRUE(envelopes_to(at.connect(kPrefecture, ChannelClass::kPublic), kPrefecture).empty());
  at.advance(minutes(30));
  EXPECT_TRUE(envelopes_to(at.step(), kPrefecture).empty());
  at.disconnect(kPrefecture);
  const auto effects = at.connect(kPrefecture, ChannelClass::kVpn);
  ASSERT_EQ(envelopes_to(effects, kPrefecture).size(), 1U);
  at.feed(kPrefecture, at.ack(kPrefecture, frames_to<EnvelopeBatch>(effects, kPrefecture).at(0)));
  EXPECT_EQ(at.state(key_of(envelope))->place, Place::kAway);
}

TEST_F(Held, WhatTheNextOfficeRefusesIsHeldWithItsName) {
  at.connect(kPrefecture);
  const Envelope refused = urgent(), conflict = urgent(), fine = urgent();
  const auto batches =
      frames_to<EnvelopeBatch>(at.give_effects(kBureau, {refused, conflict, fine}), kPrefecture);
  ASSERT_EQ(batches.size(), 1U);
  const auto effects = at.feed(
      kPrefecture, at.ack(kPrefecture, batches[0],
                          {AckOutcome::kRefused, AckOutcome::kConflict, AckOutcome::kTaken}));
  EXPECT_EQ(effects.alarms.size(), 2U);
  EXPECT_TRUE(reason(refused).starts_with("refused_by_next")) << reason(refused);
  EXPECT_NE(reason(refused).find("prefecture:610800"), std::string::npos);
  EXPECT_TRUE(reason(conflict).starts_with("conflict")) << reason(conflict);
  EXPECT_EQ(at.state(key_of(fine))->place, Place::kAway);
  EXPECT_EQ(at.broker().room().used(Quota::kDescending), refused.size() + conflict.size());
}

TEST_F(Held, ARefusalIsForgottenWhenTheNextOfficeHasAnotherDirectory) {
  at.connect(kPrefecture);
  const Envelope envelope = urgent();
  const auto batch =
      frames_to<EnvelopeBatch>(at.give_effects(kBureau, {envelope}), kPrefecture).at(0);
  at.feed(kPrefecture, at.ack(kPrefecture, batch, {AckOutcome::kRefused}));
  EXPECT_TRUE(envelopes_to(at.connect(kPrefecture), kPrefecture).empty()) << "nothing moved there";
  Hello hello = at.hello_from(kPrefecture);
  ++hello.directory_version;
  EXPECT_EQ(envelopes_to(at.feed(kPrefecture, hello), kPrefecture).size(), 1U);
  EXPECT_EQ(reason(envelope), "");
}

// What went out under an older directory may lack what the next office asks for by a newer one.
TEST_F(Held, ARefusalOfWhatWentOutUnderAnOlderDirectoryIsAskedOnceMore) {
  at.connect(kPrefecture);
  const Envelope envelope = urgent();
  const auto batch =
      frames_to<EnvelopeBatch>(at.give_effects(kBureau, {envelope}), kPrefecture).at(0);
  at.advance(milliseconds(5));
  at.set_directory(nation().changed([](DirectoryContents&) {}));
  at.step();
  at.feed(kPrefecture, at.ack(kPrefecture, batch, {AckOutcome::kRefused}));
  EXPECT_EQ(reason(envelope), "");
  at.advance(minutes(5));
  const auto again = frames_to<EnvelopeBatch>(at.step(), kPrefecture);
  ASSERT_EQ(again.size(), 1U);
  at.feed(kPrefecture, at.ack(kPrefecture, again[0], {AckOutcome::kRefused}));
  EXPECT_TRUE(reason(envelope).starts_with("refused_by_next")) << reason(envelope);
}

TEST_F(Held, MoreThanATurnHoldsIsLetGoTurnByTurn) {
  constexpr std::size_t kCount = kTurnEnvelopesMax + 10;
  at.connect(kPrefecture, ChannelClass::kPublic);
  for (std::size_t given = 0; given < kCount;) {
    const std::size_t size = std::min<std::size_t>(256, kCount - given);
    std::vector<Header> headers(size);
    for (Header& header : headers) header = prison.header(kTownship, Kind::kAdHocReport, kNow);
    at.give(kBureau, prison.seal_all(headers));
    given += size;
  }
  EXPECT_EQ(at.rows(Table::kHeld).size(), kCount);
  at.connect(kPrefecture, ChannelClass::kVpn);
  EXPECT_GE(at.rows(Table::kHeld).size(), kCount - kTurnEnvelopesMax) << "one turn's budget";
  EXPECT_FALSE(at.rows(Table::kHeld).empty());
  for (int turns = 0; turns < 5 && at.broker().next_wakeup() == at.now.instant; ++turns) at.step();
  EXPECT_TRUE(at.rows(Table::kHeld).empty());
}

}  // namespace
}  // namespace xianjie::tests
