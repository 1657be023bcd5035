// Envelopes by what they are, a page at a time: none twice, none left out.
#include "node/office/envelope_list.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;
using nlohmann::json;
using node::EnvelopeFilter;
using node::EnvelopePage;

EnvelopeFilter in_state(const std::string& state) {
  EnvelopeFilter filter;
  filter.state = state;
  return filter;
}

struct EnvelopeList : testing::Test {
  MemoryStore store;
  Now now{Instant{1}, kNow, true};
  std::uint32_t last = 0;

  // With its row in the queue, where it is queued and not on the wire.
  EnvelopeKey put(Place place, bool in_queue = true, OfficeId origin = kPrison,
                  Kind kind = Kind::kAdHocReport) {
    auto txn = store.write();
    const EnvelopeKey key = add(**txn, place, in_queue, origin, kind);
    EXPECT_TRUE((*txn)->commit());
    return key;
  }
  EnvelopeKey add(WriteTxn& txn, Place place, bool in_queue, OfficeId origin, Kind kind) {
    ++last;
    const auto n = [&](unsigned shift) { return static_cast<std::uint8_t>(last >> shift); };
    const std::array<std::uint8_t, 10> random{n(24), n(16), n(8), n(0), 1, 2, 3, 4, 5, 6};
    const EnvelopeKey key{origin, EnvelopeId::make(kNow, random)};
    StateRow row;
    row.place = place;
    row.kind = kind;
    row.next = kPrefecture;
    row.destination = kTownship;
    row.taken = row.changed = kNow;
    row.seq = last;
    EXPECT_TRUE(txn.put(Table::kSeen, seen_key(key), encode(row)));
    if (place == Place::kQueued && in_queue) {
      EXPECT_TRUE(txn.put(Table::kQueue, queue_key({row.next, row.lane, row.not_before, row.seq}),
                          seen_key(key)));
    }
    if (place == Place::kHeld) {
      EXPECT_TRUE(
          txn.put(Table::kHeld, seen_key(key), encode(HeldRow{"operator: 线路", {}, kNow})));
    }
    return key;
  }
  Result<EnvelopePage> page(const EnvelopeFilter& filter, const std::string& after = "",
                            std::size_t limit = node::kEnvelopesPerPage) {
    const auto txn = store.read();
    return node::find_envelopes(**txn, filter, after, limit, now);
  }
  // All pages; each found once.
  std::set<EnvelopeKey> all(const EnvelopeFilter& filter, std::size_t limit) {
    std::set<EnvelopeKey> out;
    std::string after;
    for (int pages = 0; pages < 10'000; ++pages) {
      const auto one = page(filter, after, limit);
      EXPECT_TRUE(one) << one.error().text;
      if (!one) return out;
      EXPECT_LE(one->found.size(), limit);
      for (const auto& found : one->found) EXPECT_TRUE(out.insert(found.key).second) << "twice";
      if (one->more.empty()) return out;
      EXPECT_NE(one->more, after);
      after = one->more;
    }
    ADD_FAILURE() << "it never ends";
    return out;
  }
};

TEST_F(EnvelopeList, PeeksAtWhatLeavesNext) {
  const EnvelopeKey first = put(Place::kQueued), second = put(Place::kQueued);
  put(Place::kHeld);
  put(Place::kQueued, false);
  const auto txn = store.read();
  const auto peek = [&](OfficeId neighbour, std::size_t limit) {
    std::vector<EnvelopeKey> out;
    const auto page = node::peek_queue(**txn, neighbour, limit, now);
    EXPECT_TRUE(page);
    if (page)
      for (const auto& found : page->found) out.push_back(found.key);
    return out;
  };
  EXPECT_EQ(peek(kPrefecture, 10), (std::vector{first, second}));
  EXPECT_EQ(peek(kPrefecture, 1), std::vector{first});
  EXPECT_TRUE(peek(kTownship, 10).empty());
}

TEST_F(EnvelopeList, OfAnEmptyOfficeIsEmpty) {
  const auto none = page({});
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->found.empty());
  EXPECT_EQ(none->more, "");
  EXPECT_EQ(node::envelopes_view(*none), (json{{"envelopes", json::array()}, {"more", nullptr}}));
}

TEST_F(EnvelopeList, WithoutAStateItIsWhatIsInCustody) {
  for (const Place place : {Place::kQueued, Place::kHeld, Place::kInbox, Place::kDead,
                            Place::kCorrupt, Place::kAway, Place::kSettled})
    put(place);
  EXPECT_EQ(page({})->found.size(), 5U);
  for (const char* state : {"ready", "held", "inbox", "dead", "corrupt", "passed_on", "settled"})
    EXPECT_EQ(page(in_state(state))->found.size(), 1U) << state;
  for (const char* state : {"Ready", "no-such", "ready ", "\xff"})
    EXPECT_FALSE(page(in_state(state)).value_or(EnvelopePage{}).found.size()) << state;
}

TEST_F(EnvelopeList, AQueuedOneIsGatedReadyDeferredOrSent) {
  put(Place::kQueued);
  const EnvelopeKey wire = put(Place::kQueued, false);
  const auto sent = page(in_state("sent"));
  ASSERT_EQ(sent->found.size(), 1U);
  EXPECT_EQ(sent->found[0].key, wire);
  EXPECT_EQ(sent->found[0].state, "sent");
  EXPECT_EQ(page(in_state("ready"))->found.size(), 1U);
  EXPECT_TRUE(page(in_state("gated"))->found.empty());
}

TEST_F(EnvelopeList, EveryConditionCounts) {
  put(Place::kQueued);
  put(Place::kQueued, true, kSecondTownship);
  put(Place::kQueued, true, kPrison, Kind::kWorkOrder);
  const auto count = [&](const std::function<void(EnvelopeFilter&)>& edit) {
    EnvelopeFilter filter;
    edit(filter);
    return page(filter)->found.size();
  };
  EXPECT_EQ(count([](auto& filter) { filter.kind = Kind::kWorkOrder; }), 1U);
  EXPECT_EQ(count([](auto& filter) { filter.origin = kPrison; }), 2U);
  EXPECT_EQ(count([](auto& filter) { filter.origin = kSecondTownship; }), 1U);
  EXPECT_EQ(count([](auto& filter) {
              filter.kind = Kind::kAdHocReport;
              filter.origin = kPrison;
            }),
            1U);
  EXPECT_EQ(count([](auto& filter) { filter.neighbour = kPrefecture; }), 3U);
  EXPECT_EQ(count([](auto& filter) { filter.neighbour = kCounty; }), 0U);
  EXPECT_EQ(count([](auto& filter) { filter.destination = kTownship; }), 3U);
  EXPECT_EQ(count([](auto& filter) { filter.destination = kCounty; }), 0U);
}

TEST_F(EnvelopeList, TheReasonStandsBesideWhatIsHeld) {
  put(Place::kHeld);
  const json view = node::envelopes_view(*page(in_state("held")));
  ASSERT_EQ(view["envelopes"].size(), 1U);
  EXPECT_EQ(view["envelopes"][0]["reason"], "operator: 线路");
  EXPECT_EQ(view["envelopes"][0]["state"], "held");
  EXPECT_EQ(view["envelopes"][0]["origin"], "prison:610000-01");
  EXPECT_EQ(view["envelopes"][0]["class"], "personal");
}

TEST_F(EnvelopeList, PagesHoldEachOnceWhateverTheirSize) {
  std::set<EnvelopeKey> ready, held;
  for (int i = 0; i < 40; ++i) {
    ready.insert(put(Place::kQueued));
    if (i % 3 == 0) held.insert(put(Place::kHeld));
    if (i % 2 == 0) put(Place::kQueued, false);
    put(Place::kSettled);
  }
  for (const std::size_t limit : {1U, 2U, 3U, 7U, 39U, 40U, 41U, 1000U}) {
    EXPECT_EQ(all(in_state("ready"), limit), ready) << limit;
    EXPECT_EQ(all(in_state("held"), limit), held) << limit;
    EXPECT_EQ(all({}, limit).size(), 40U + 14U + 20U) << limit;
  }
}

TEST_F(EnvelopeList, APageGoesOnWhereMailHasLeftMeanwhile) {
  for (int i = 0; i < 5; ++i) put(Place::kQueued);
  const auto first = page({}, "", 2);
  const Bytes next = *from_hex(first->more);
  auto txn = store.write();
  ASSERT_TRUE((*txn)->erase(Table::kSeen, next));
  ASSERT_TRUE((*txn)->commit());
  EXPECT_EQ(page({}, first->more)->found.size(), 2U);
}

TEST_F(EnvelopeList, AfterIsWhatAnEarlierAnswerSaid) {
  put(Place::kQueued);
  for (const std::string& after : {std::string("x"), std::string("0"), std::string("00"),
                                   std::string("'; drop"), std::string("zz") + std::string(46, '0'),
                                   std::string(1'000'000, 'f'), std::string("\xff\xff")})
    EXPECT_EQ(page({}, after).error().code, ErrorCode::kRefused) << after.substr(0, 20);
  EXPECT_TRUE(page({}, std::string(48, 'f')).value().found.empty()) << "behind the last";
  EXPECT_EQ(page({}, std::string(48, '0')).value().found.size(), 1U);
}

TEST_F(EnvelopeList, AmongTwoHundredThousandThePageMayBeEmpty) {
  auto txn = store.write();
  for (int i = 0; i < 200'000; ++i) add(**txn, Place::kSettled, false, kPrison, Kind::kAdHocReport);
  ASSERT_TRUE((*txn)->commit());
  const EnvelopeKey last_one = put(Place::kHeld);
  const auto start = std::chrono::steady_clock::now();
  const auto first = page(in_state("held"));
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->found.empty());
  EXPECT_NE(first->more, "") << "and yet not the last";
  EXPECT_EQ(all(in_state("held"), 10), std::set<EnvelopeKey>{last_one});
  EXPECT_EQ(page(in_state("settled"))->found.size(), node::kEnvelopesPerPage);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

}  // namespace
}  // namespace xianjie::tests
