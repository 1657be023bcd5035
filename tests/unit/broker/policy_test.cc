// Every kind over every class of channel, wherever a kind could slip through: accepted, relayed,
// sent again, after a restart, as a receipt, as a dead letter; and at the end that receives.
#include <gtest/gtest.h>

#include "routing/kinds.h"
#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;

struct Case {
  Kind kind;
  ChannelClass channel;
};
void PrintTo(const Case& one, std::ostream* out) {
  *out << to_word(one.kind) << " over " << to_word(one.channel);
}

std::vector<Case> wire_cases() {
  std::vector<Case> out;
  for (const routing::KindRow& row : routing::kinds())
    for (const ChannelClass channel :
         {ChannelClass::kPublic, ChannelClass::kVpn, ChannelClass::kDedicated})
      if (row.kind != Kind::kReceipt) out.push_back({row.kind, channel});  // never an envelope
  return out;
}

class Policy : public testing::TestWithParam<Case> {
 protected:
  [[nodiscard]] Kind kind() const { return GetParam().kind; }
  [[nodiscard]] ChannelClass worth() const { return GetParam().channel; }
  [[nodiscard]] bool allowed() const {
    return routing::channel_allowed(kind(), worth(), kProvince.type(), kPrefecture.type());
  }
  Envelope one() { return prison.write(kTownship, kind(), kNow); }
  std::size_t sent(const Effects& effects) { return envelopes_to(effects, kPrefecture).size(); }
  // Where it may not leave it is held, says why, and leaves a line in the audit log.
  void expect_policy(OneBroker& office, const EnvelopeKey& key, std::size_t left) {
    EXPECT_EQ(left, allowed() ? 1U : 0U);
    const auto held = office.held(key);
    EXPECT_EQ(held.has_value(), !allowed());
    if (held) {
      EXPECT_TRUE(held->reason.starts_with("channel: ")) << held->reason;
      EXPECT_NE(office.audit_text().find("held " + name_of(key)), std::string::npos);
    }
  }
  Writer prison{kPrison};
  OneBroker at{kProvince, kNow};
};
INSTANTIATE_TEST_SUITE_P(EveryKindOverEveryWire, Policy, testing::ValuesIn(wire_cases()));

TEST_P(Policy, AtTheOrigin) {
  OneBroker origin(kPrison, kNow);
  Writer writer{kPrison};
  origin.connect(kBureau, worth());
  SubmitItem item;
  item.row = 1;
  item.order = writer.order(kTownship, kind(), kNow, kDecember);
  const EnvelopeKey key{kPrison, item.order.main.header.id};
  std::vector<Event> events;
  events.emplace_back(Submit{7, Hash{1}, {std::move(item)}});
  const auto effects = origin.step(std::move(events));
  if (origin.state(key)->not_before.is_set()) return;  // its gate is shut: nothing leaves at all
  expect_policy(origin, key, envelopes_to(effects, kBureau).size());
}

TEST_P(Policy, AtARelay) {
  at.connect(kBureau);
  at.connect(kPrefecture, worth());
  const Envelope envelope = one();
  expect_policy(at, key_of(envelope), sent(at.give_effects(kBureau, {envelope})));
}

TEST_P(Policy, OnARetry) {
  at.connect(kBureau);
  at.connect(kPrefecture, ChannelClass::kDedicated);
  const Envelope envelope = one();
  ASSERT_EQ(sent(at.give_effects(kBureau, {envelope})), 1U);
  at.disconnect(kPrefecture);
  const std::size_t again = sent(at.connect(kPrefecture, worth()));
  expect_policy(at, key_of(envelope), again);
  at.advance(minutes(30));
  EXPECT_EQ(sent(at.step()), allowed() ? 1U : 0U);
}

TEST_P(Policy, AfterARestart) {
  at.connect(kBureau);
  at.connect(kPrefecture, ChannelClass::kDedicated);
  const Envelope on_the_wire = one(), waiting = one();
  ASSERT_EQ(sent(at.give_effects(kBureau, {on_the_wire})), 1U);
  at.disconnect(kPrefecture);
  at.give(kBureau, {waiting});
  at.restart();
  EXPECT_EQ(sent(at.connect(kPrefecture, worth())), allowed() ? 2U : 0U);
  for (const Envelope& envelope : {on_the_wire, waiting})
    EXPECT_EQ(at.held(key_of(envelope)).has_value(), !allowed());
  at.restart();
  EXPECT_EQ(sent(at.connect(kPrefecture, worth())), allowed() ? 2U : 0U) << "and again";
}

TEST_P(Policy, LeavesWhenAnAllowedChannelComes) {
  at.connect(kBureau);
  at.connect(kPrefecture, worth());
  const Envelope envelope = one();
  const std::size_t first = sent(at.give_effects(kBureau, {envelope}));
  const auto effects =
      at.connect_over(kPrefecture, ChannelClass::kDedicated, ChannelClass::kDedicated);
  EXPECT_EQ(first + sent(effects), 1U);
  EXPECT_FALSE(at.held(key_of(envelope)));
}

// Whoever sends what the channel may not carry lies about it, or does not know: nothing is taken.
TEST_P(Policy, WhenReceived) {
  at.connect(kBureau, worth());
  const bool may = routing::channel_allowed(kind(), worth(), kBureau.type(), kProvince.type());
  const Envelope envelope = one();
  const auto effects = at.give_effects(kBureau, {envelope});
  const auto acks = frames_to<Ack>(effects, kBureau);
  ASSERT_EQ(acks.size(), 1U);
  EXPECT_EQ(acks[0].outcomes.at(0), may ? AckOutcome::kTaken : AckOutcome::kRefused);
  EXPECT_EQ(at.state(key_of(envelope)).has_value(), may);
  const bool alarmed =
      std::any_of(effects.alarms.begin(), effects.alarms.end(),
                  [](const std::string& text) { return text.starts_with("channel_refused: "); });
  EXPECT_EQ(alarmed, !may);
  EXPECT_EQ(at.audit_text().find("channel_refused") == std::string::npos, may);
}

// The county delivers to itself and owes the origin a receipt by way of the prefecture.
TEST_P(Policy, AsAReceipt) {
  OneBroker county(kCounty, kNow);
  county.connect(kPrefecture, ChannelClass::kDedicated);
  const Envelope envelope = prison.write(kCounty, kind(), kNow);
  auto effects = county.give_effects(kPrefecture, {envelope});
  ASSERT_EQ(records_to(effects, kPrefecture).size(), 1U);
  EXPECT_EQ(records_to(effects, kPrefecture)[0].subject, kind());
  county.disconnect(kPrefecture);  // not acknowledged: it goes out again
  const bool may = routing::record_allowed(kind(), worth(), kCounty.type(), kPrefecture.type());
  effects = county.connect(kPrefecture, worth());
  EXPECT_EQ(records_to(effects, kPrefecture).size(), may ? 1U : 0U);
  EXPECT_EQ(county.audit_text().find("records_held") == std::string::npos, may);
  county.restart();
  effects = county.connect(kPrefecture, worth());
  EXPECT_EQ(records_to(effects, kPrefecture).size(), may ? 1U : 0U) << "after a restart";
  effects = county.connect_over(kPrefecture, ChannelClass::kDedicated, ChannelClass::kDedicated);
  EXPECT_EQ(records_to(effects, kPrefecture).size(), 1U) << "it waited for an allowed one";
  county.ack_records(kPrefecture, effects);
}

TEST_P(Policy, AReceiptIsNotTakenOverAForbiddenChannel) {
  OneBroker county(kCounty, kNow);
  county.connect(kPrefecture, ChannelClass::kDedicated);
  const Envelope envelope = prison.write(kCounty, kind(), kNow);
  const auto effects = county.give_effects(kPrefecture, {envelope});
  const auto frames = frames_to<Records>(effects, kPrefecture);
  ASSERT_EQ(frames.size(), 1U);
  OneBroker prefecture(kPrefecture, kNow);
  prefecture.connect(kProvince);
  prefecture.connect(kCounty, worth());
  const auto after = prefecture.feed(kCounty, frames[0]);
  const bool may = routing::record_allowed(kind(), worth(), kPrefecture.type(), kCounty.type());
  EXPECT_EQ(records_to(after, kProvince).size(), may ? 1U : 0U);
  EXPECT_EQ(frames_to<RecordsAck>(after, kCounty).size(), 1U) << "it need not come again";
}

TEST_P(Policy, ADeadLetterStaysWhereItIs) {
  OneBroker origin(kPrison, kNow);
  Writer writer{kPrison};
  SubmitItem item;
  item.row = 1;
  item.order = writer.order(kTownship, kind(), kNow, kDecember);
  const EnvelopeKey key{kPrison, item.order.main.header.id};
  const WallTime end = item.order.main.header.not_after;
  std::vector<Event> events;
  events.emplace_back(Submit{7, Hash{1}, {std::move(item)}});
  origin.step(std::move(events));
  origin.now.wall = end + hours(1);
  for (int turns = 0; turns < 4; ++turns) origin.step();
  ASSERT_EQ(origin.state(key)->place, Place::kDead);
  for (const ChannelClass channel : {worth(), ChannelClass::kDedicated}) {
    EXPECT_TRUE(envelopes_to(origin.connect(kBureau, channel), kBureau).empty());
    origin.disconnect(kBureau);
  }
}

// Mixed on one public link: the receipts of a statistical report go, a person's wait.
TEST(PolicyRecords, EachSubjectGoesItsOwnWay) {
  Writer prison{kPrison};
  OneBroker county(kCounty, kNow);
  county.connect(kPrefecture);
  county.disconnect(kPrefecture);
  county.step({LinkUp{kPrefecture, ChannelClass::kVpn}});
  county.feed(kPrefecture, county.hello_from(kPrefecture));
  const auto first =
      county.give_effects(kPrefecture, {prison.write(kCounty, Kind::kStatisticalReport, kNow),
                                        prison.write(kCounty, Kind::kAdHocReport, kNow),
                                        prison.write(kCounty, Kind::kStatisticalReport, kNow)});
  ASSERT_EQ(records_to(first, kPrefecture).size(), 2U) << "a record a subject";
  county.disconnect(kPrefecture);
  const auto open = county.connect(kPrefecture, ChannelClass::kPublic);
  ASSERT_EQ(receipts_to(open, kPrefecture).size(), 2U);
  EXPECT_EQ(records_to(open, kPrefecture)[0].subject, Kind::kStatisticalReport);
  county.ack_records(kPrefecture, open);
  EXPECT_EQ(county.rows(Table::kRecords).size(), 1U);
  const auto closed = county.connect(kPrefecture, ChannelClass::kVpn);
  ASSERT_EQ(records_to(closed, kPrefecture).size(), 1U);
  EXPECT_EQ(records_to(closed, kPrefecture)[0].subject, Kind::kAdHocReport);
  county.ack_records(kPrefecture, closed);
  EXPECT_TRUE(county.rows(Table::kRecords).empty());
}

// The turn between a link and its greeting must not forget what only the new link may carry.
TEST(PolicyRecords, WhatWasKeptBackLeavesWithTheGreetingOfABetterLink) {
  Writer prison{kPrison};
  OneBroker county(kCounty, kNow);
  county.connect(kPrefecture);
  county.give(kPrefecture, {prison.write(kCounty, Kind::kAdHocReport, kNow)});
  county.disconnect(kPrefecture);
  county.connect_over(kPrefecture, ChannelClass::kPublic, ChannelClass::kPublic);
  county.step({LinkUp{kPrefecture, ChannelClass::kVpn}});
  county.step();
  EXPECT_EQ(
      records_to(county.feed(kPrefecture, county.hello_from(kPrefecture)), kPrefecture).size(), 1U);
}

// What the directory does not even promise is said at once, with no link up.
TEST(PolicyDirectory, NoChannelThatCouldEverCarryIt) {
  const auto only_public = nation().changed([](DirectoryContents& contents) {
    for (const OfficeId office : {kCounty, kPrefecture, kTownship})
      record_of(contents, office).channels = {{.klass = ChannelClass::kPublic,
                                               .endpoint = "",
                                               .networks = {},
                                               .interface = "",
                                               .attested = ""}};
  });
  const auto submit = [&](OfficeId from, OfficeId to, Kind kind) {
    OneBroker origin(from, kNow);
    origin.set_directory(only_public);
    Writer writer(from, only_public);
    SubmitItem item;
    item.row = 1;
    item.order = writer.order(to, kind, kNow);
    const EnvelopeKey key{from, item.order.main.header.id};
    std::vector<Event> events;
    events.emplace_back(Submit{7, Hash{1}, {std::move(item)}});
    const auto effects = origin.step(std::move(events));
    EXPECT_TRUE(effects.replies.at(0).answers.at(0).outcome) << "accepted all the same";
    const auto held = origin.held(key);
    return held ? held->reason : "";
  };
  EXPECT_TRUE(submit(kCounty, kPrefecture, Kind::kDetailedReport)
                  .starts_with("channel: detailed_report may use dedicated, vpn"));
  EXPECT_EQ(submit(kTownship, kCounty, Kind::kDetailedReport), "") << "a disk may carry it";
  EXPECT_EQ(submit(kCounty, kPrefecture, Kind::kStatisticalReport), "");
  EXPECT_EQ(submit(kCounty, kPrefecture, Kind::kAlert), "") << "a disk may carry it";
}

}  // namespace
}  // namespace xianjie::tests
