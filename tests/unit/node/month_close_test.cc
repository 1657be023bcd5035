// When a month may be closed, who must act when it may not, and that it is closed once.
#include "node/office/month_close.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "node/office/month_status.h"
#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;
using nlohmann::json;

const WallTime kAfterTheChain = wall("2026-12-14T10:00:01+08:00");

class MonthClosing : public testing::Test {
 protected:
  Result<json> closing(OneBroker& office, const std::set<OfficeId>& without = {},
                       const std::string& reason = "", WallTime at = kAfterTheChain) {
    const auto txn = office.store.read();
    const node::MonthContext context{nation().snapshot()->directory, office.self(), at, {}};
    return node::month_closing(**txn, context, {kDecember, without, reason});
  }
  // "what office" of everything that stands against it.
  std::vector<std::string> acts(const json& answer) {
    std::vector<std::string> out;
    for (const json& act : answer.value("must_act", json::array()))
      out.push_back(act["what"].get<std::string>() + " " + act["office"].get<std::string>());
    return out;
  }
  // In the prison's ledger and `seen`, as its broker would write it.
  void hand_in(OneBroker& office, ReceiptType receipt, Place place) {
    const EnvelopeId id = envelope_id(++last_);
    LedgerRow ledger;
    ledger.kind = Kind::kPreReleaseNotice;
    ledger.period = kDecember;
    ledger.receipt = receipt;
    StateRow state;
    state.place = place;
    state.kind = ledger.kind;
    state.period = kDecember;
    state.destination = kTownship;
    auto txn = office.store.write();
    ASSERT_TRUE((*txn)->put(Table::kLedger, ledger_key(id), encode(ledger)));
    ASSERT_TRUE((*txn)->put(Table::kSeen, seen_key({office.self(), id}), encode(state)));
    ASSERT_TRUE((*txn)->commit());
  }

  OneBroker prison_{kPrison, kEarly}, township_{kTownship, kEarly};
  std::uint8_t last_ = 0;
};

TEST_F(MonthClosing, NotBeforeTheChainsEndAndAnHour) {
  const json early = closing(township_, {}, "", wall("2026-12-14T09:59:59+08:00")).value();
  EXPECT_EQ(early["closed"], false);
  EXPECT_EQ(acts(early), (std::vector<std::string>{"not_over township:610802001"}));
  const json late = closing(township_).value();
  EXPECT_EQ(late["closed"], true) << late.dump();
  EXPECT_EQ(late["accepted"], 0);
}

TEST_F(MonthClosing, WhatIsHeldOrOnItsWayIsNeverClosedOver) {
  hand_in(prison_, ReceiptType::kProcessed, Place::kSettled);
  hand_in(prison_, ReceiptType::kAccepted, Place::kAway);
  hand_in(prison_, ReceiptType::kAccepted, Place::kHeld);
  for (const auto& without : {std::set<OfficeId>{}, std::set<OfficeId>{kPrison}}) {
    const json answer = closing(prison_, without, "演练").value();
    EXPECT_EQ(answer["closed"], false);
    const auto against = acts(answer);
    for (const char* what : {"held", "in_transit"})
      EXPECT_NE(std::ranges::find(against, std::string(what) + " " + to_text(kPrison)),
                against.end())
          << answer.dump();
  }
}

TEST_F(MonthClosing, AManifestThatDidNotComeIsClosedOverOnlyByNameAndWithAReason) {
  township_.connect(kCounty);
  const json open = closing(township_).value();
  EXPECT_EQ(open["closed"], false);
  EXPECT_EQ(acts(open), (std::vector{"manifest_missing " + to_text(kCounty)})) << open.dump();
  const auto without_reason = closing(township_, {kCounty});
  ASSERT_FALSE(without_reason);
  EXPECT_TRUE(without_reason.error().text.starts_with("reason:"));
  const json closed = closing(township_, {kCounty}, "停电").value();
  EXPECT_EQ(closed["closed"], true) << closed.dump();
  EXPECT_EQ(closed["without"], json::array({to_text(kCounty)}));
  EXPECT_EQ(closed["reason"], "停电");
  EXPECT_FALSE(closing(township_, {*OfficeId::parse("township:999999001")}, "停电"));
  EXPECT_FALSE(closing(township_, {kCounty}, std::string(513, 'x')));
  EXPECT_FALSE(closing(township_, {kCounty}, "\xff"));
}

TEST_F(MonthClosing, ItIsClosedOnceWithTheAccountOfThen) {
  const json account = closing(township_).value();
  township_.advance(days(6));
  std::vector<Event> events;
  events.emplace_back(CloseMonth{1, kDecember, account.dump()});
  township_.step(std::move(events));
  hand_in(township_, ReceiptType::kAccepted, Place::kQueued);
  const json again = closing(township_).value();
  EXPECT_EQ(again["closed"], true) << "what comes later changes no closed account";
  EXPECT_EQ(again["accepted"], 0);
  EXPECT_TRUE(again.contains("time")) << again.dump();
}

}  // namespace
}  // namespace xianjie::tests
