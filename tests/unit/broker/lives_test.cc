// Which process of a neighbour may speak: a second machine is refused, an older store told so; and
// no sealing number comes twice, whatever is restored.
#include "broker/lives.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;
using testing::HasSubstr;

constexpr std::uint64_t kEpochOfTests = 77;

Hello hello_of(std::uint64_t boot, std::uint64_t instance, std::uint64_t last_batch = 100,
               std::uint64_t epoch = kEpochOfTests) {
  Hello hello;
  hello.store_epoch = epoch;
  hello.boot = boot;
  hello.instance = instance;
  hello.last_batch = last_batch;
  return hello;
}

TEST(Lives, AreTheSameLaterOrOlder) {
  const PeerLife known{kEpochOfTests, 5, 50, 100, 0};
  EXPECT_EQ(meet({}, hello_of(1, 9)), Meeting::kNext) << "never met";
  EXPECT_EQ(meet(known, hello_of(0, 0)), Meeting::kNext) << "says nothing";
  EXPECT_EQ(meet(known, hello_of(5, 50, 3)), Meeting::kSame) << "a late hello of the same process";
  EXPECT_EQ(meet(known, hello_of(4, 50)), Meeting::kLate);
  EXPECT_EQ(meet(known, hello_of(6, 60)), Meeting::kNext);
  EXPECT_EQ(meet(known, hello_of(5, 60)), Meeting::kOlder) << "started once more from a copy";
  EXPECT_EQ(meet(known, hello_of(4, 60)), Meeting::kOlder);
  EXPECT_EQ(meet(known, hello_of(6, 60, 99)), Meeting::kOlder) << "its numbers fell back";
  EXPECT_EQ(meet(known, hello_of(6, 60, 0, 78)), Meeting::kNext) << "a new store's begin anew";
  EXPECT_EQ(meet(known, hello_of(5, 60, 0, 78)), Meeting::kOlder) << "of an epoch before";
}

TEST(Lives, RememberTheGreatestOfOneStore) {
  const PeerLife known{kEpochOfTests, 5, 50, 100, 7};
  EXPECT_EQ(life_after(known, hello_of(5, 50, 90)), known);
  EXPECT_EQ(life_after(known, hello_of(6, 60, 120)), (PeerLife{kEpochOfTests, 6, 60, 120, 7}));
  EXPECT_EQ(life_after(known, hello_of(6, 60, 3, 78)), (PeerLife{78, 6, 60, 3, 7}));
  EXPECT_EQ(life_after(known, hello_of(0, 0)), known);
}

struct Neighbour : testing::Test {
  OneBroker at{kCounty, kNow, with_lives()};

  static BrokerOptions with_lives() {
    BrokerOptions options;
    options.instance = 1000;
    return options;
  }
  Hello says(std::uint64_t boot, std::uint64_t instance, std::uint64_t last_batch = 100) const {
    Hello hello = at.hello_from(kTownship);
    hello.boot = boot;
    hello.instance = instance;
    hello.last_batch = last_batch;
    hello.reply_wanted = true;
    return hello;
  }
  Effects comes_up(const Hello& hello) {
    at.step({LinkUp{kTownship, ChannelClass::kVpn}});
    return at.feed(kTownship, hello);
  }
  // Beside the connection that is the link.
  Effects comes_beside(const Hello& hello, std::uint64_t connection = 4) {
    auto checked = check_frame(encode(Frame(hello)), nation().snapshot().operator*(), cache_);
    return at.step({FrameArrived{kTownship, std::move(*checked), ChannelClass::kVpn, connection}});
  }
  [[nodiscard]] bool let_in() const {
    const auto& links = at_broker().peers().at(kTownship).links;
    return links.at(ChannelClass::kVpn).greeted;
  }
  [[nodiscard]] const Broker& at_broker() const { return const_cast<OneBroker&>(at).broker(); }
  StatementCache cache_;
};

std::size_t told(const Effects& effects, std::string_view token) {
  return static_cast<std::size_t>(std::ranges::count_if(
      effects.alarms, [&](const std::string& text) { return text.starts_with(token); }));
}

TEST_F(Neighbour, LetsALaterStartIn) {
  comes_up(says(5, 50));
  at.disconnect(kTownship);
  const Effects effects = comes_up(says(6, 60, 120));
  EXPECT_TRUE(let_in());
  EXPECT_TRUE(effects.alarms.empty());
}

TEST_F(Neighbour, TellsAnOlderStoreWhatItKnowsAndTakesNothing) {
  comes_up(says(5, 50));
  at.disconnect(kTownship);
  at.restart();  // durable
  const Effects effects = comes_up(says(5, 60));
  EXPECT_FALSE(let_in());
  EXPECT_EQ(told(effects, "restored: township:610802001"), 1U);
  const auto answers = frames_to<Hello>(effects, kTownship);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_TRUE(answers[0].behind);
  EXPECT_EQ(answers[0].known_boot, 5U);
  EXPECT_EQ(answers[0].known_instance, 50U);
  EXPECT_EQ(answers[0].known_batch, 100U);
  Writer township(kTownship);
  const Envelope envelope = township.write(kPrison, Kind::kCheckResult, kNow);
  EXPECT_TRUE(at.give_effects(kTownship, {envelope}).sends.empty()) << "not let in: not taken";
  EXPECT_EQ(told(at.feed(kTownship, says(5, 60)), "restored:"), 0U) << "told once";
  Hello renewed = says(6, 60, 0);
  renewed.store_epoch = 78;
  const Effects renewal = at.feed(kTownship, renewed);
  EXPECT_TRUE(let_in());
  EXPECT_EQ(told(renewal, "store_lost"), 0U) << "known already";
}

// A copy of a running store is started: its start is counted on, only its numbers are too small.
TEST_F(Neighbour, NoticesAnOlderStoreByTheNumbersItHasTaken) {
  comes_up(says(5, 50, 0));
  Writer township(kTownship);
  at.give(kTownship, {township.write(kPrison, Kind::kCheckResult, kNow)});
  at.disconnect(kTownship);
  const Effects effects = comes_up(says(6, 60, 0));
  EXPECT_FALSE(let_in());
  EXPECT_EQ(frames_to<Hello>(effects, kTownship).at(0).known_batch, 1U);
  EXPECT_EQ(frames_to<Hello>(effects, kTownship).at(0).known_sealed, 1U) << "its own mail";
}

TEST_F(Neighbour, TellsTheRoundTripOnlyOfAnInstantThatWas) {
  comes_up(says(5, 50));
  const auto trip = [&] {
    return at.broker().peers().at(kTownship).links.begin()->second.round_trip.ms;
  };
  const auto now = static_cast<std::uint64_t>(at.now.instant.ms);
  for (const std::uint64_t no_instant :
       {now + 1, std::uint64_t{1} << 63, (std::uint64_t{1} << 63) + 1, ~std::uint64_t{0}}) {
    at.feed(kTownship, Pong{no_instant});
    EXPECT_LT(trip(), 0) << no_instant;
  }
  at.feed(kTownship, Pong{now});
  EXPECT_EQ(trip(), 0);
}

TEST_F(Neighbour, RefusesASecondMachineWhileTheFirstLives) {
  comes_up(says(5, 50));
  Effects effects = comes_beside(says(6, 60));
  const auto pings = frames_to<Ping>(effects, kTownship);
  ASSERT_EQ(pings.size(), 1U) << "the first one is asked";
  EXPECT_EQ(effects.sends.at(0).connection, 0U);
  EXPECT_TRUE(effects.alarms.empty()) << "nothing is decided yet";
  effects = at.feed(kTownship, Pong{pings[0].nonce});
  EXPECT_EQ(told(effects, "clone: two machines run as township:610802001"), 1U);
  std::map<std::uint64_t, std::string> refusals;
  for (const Send& send : effects.sends)
    if (const auto frame = decode_frame(send.frame))
      if (const auto* refusal = std::get_if<Refusal>(&*frame))
        refusals[send.connection] = refusal->limit;
  EXPECT_EQ(refusals, (std::map<std::uint64_t, std::string>{{4, "clone"}, {0, "cloned"}}));
  EXPECT_TRUE(effects.prefers.empty());
  EXPECT_TRUE(let_in());
  // It tries again: refused again, told no more.
  const auto again = frames_to<Ping>(comes_beside(says(6, 60)), kTownship);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_NE(again[0].nonce, pings[0].nonce);
  EXPECT_EQ(told(at.feed(kTownship, Pong{again[0].nonce}), "clone:"), 0U);
}

TEST_F(Neighbour, LetsTheSecondInWhenTheFirstIsSilent) {
  comes_up(says(5, 50));
  EXPECT_TRUE(comes_beside(says(6, 60)).prefers.empty());
  const Duration patience = at.broker().options().rival_patience;
  EXPECT_EQ(at.broker().next_wakeup(), at.now.instant + Duration{patience.ms / 4});
  at.advance(Duration{patience.ms / 4});
  EXPECT_EQ(frames_to<Ping>(at.step(), kTownship).size(), 1U) << "asked again: it may be lost";
  at.advance(patience);
  const Effects effects = at.step();
  ASSERT_EQ(effects.prefers.size(), 1U);
  EXPECT_EQ(effects.prefers[0].connection, 4U);
  EXPECT_EQ(told(effects, "clone:"), 0U);
  EXPECT_FALSE(let_in()) << "the silent one is the link no longer";
  comes_up(says(6, 60));
  EXPECT_TRUE(let_in());
}

TEST_F(Neighbour, TakesTheSameProcessOverAnotherConnectionAtOnce) {
  comes_up(says(5, 50));
  const Effects effects = comes_beside(says(5, 50));
  ASSERT_EQ(effects.prefers.size(), 1U);
  EXPECT_TRUE(frames_to<Ping>(effects, kTownship).empty());
}

TEST_F(Neighbour, RefusesASecondMachineOverAnotherChannel) {
  comes_up(says(5, 50));
  Hello other = says(6, 60);
  at.step({LinkUp{kTownship, ChannelClass::kDedicated, ChannelClass::kDedicated}});
  const auto pings = frames_over<Ping>(at.feed_over(kTownship, ChannelClass::kDedicated, other),
                                       kTownship, ChannelClass::kVpn);
  ASSERT_EQ(pings.size(), 1U);
  const Effects effects = at.feed(kTownship, Pong{pings[0].nonce});
  EXPECT_EQ(told(effects, "clone:"), 1U);
  const auto refused = frames_over<Refusal>(effects, kTownship, ChannelClass::kDedicated);
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].limit, "clone");
  // The first one is stopped: then the other may speak.
  at.disconnect(kTownship);
  at.feed_over(kTownship, ChannelClass::kDedicated, other);
  EXPECT_TRUE(at.broker().peers().at(kTownship).links.at(ChannelClass::kDedicated).greeted);
}

// The machine itself is told, whichever of the two it is.
TEST_F(Neighbour, IsToldOnceThatItIsOneTooMany) {
  at.connect(kTownship);
  Effects effects = at.feed(kTownship, Refusal{0, "cloned", 0});
  EXPECT_EQ(told(effects, "clone: a second machine runs as county:610802"), 1U);
  EXPECT_TRUE(let_in()) << "the first one stays";
  effects = at.feed(kTownship, Refusal{0, "clone", 60'000});
  EXPECT_EQ(told(effects, "clone: township:610802001 refuses this machine"), 1U);
  EXPECT_FALSE(let_in());
  EXPECT_EQ(told(at.feed(kTownship, Refusal{0, "clone", 60'000}), "clone:"), 0U);
  EXPECT_EQ(at.broker().peers().at(kTownship).identity, "clone");
  at.feed(kTownship, at.hello_from(kTownship));
  EXPECT_EQ(at.broker().peers().at(kTownship).identity, "") << "taken after all";
}

struct Range {
  std::uint64_t first, end;
};

// Processes begin, lease and die; copies of the store are taken and put back at any time, whole
// images too; the clock is right, or untrusted and anywhere.
TEST(SealNumbers, NeverComeTwiceWhateverIsRestored) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SeededRandom random(seed);
    BrokerOptions options;
    options.instance = random.u64() | 1U;
    OneBroker at(kPrison, kNow, options);
    std::vector<Range> leased;
    std::vector<std::unique_ptr<MemoryStore>> copies;
    WallTime truth = kNow;
    for (int process = 0; process < 25; ++process) {
      truth = truth + milliseconds(5 + static_cast<std::int64_t>(random.below(3'600'000)));
      at.now.wall_trusted = random.below(2) == 0;
      at.now.wall = at.now.wall_trusted
                        ? truth
                        : WallTime{static_cast<std::int64_t>(random.below(4'000'000'000'000ULL))};
      for (std::uint64_t leases = random.below(4); leases > 0; --leases) {
        Lease lease;
        lease.count = 4096;
        const std::uint64_t first = at.step({lease}).replies.at(0).first;
        leased.push_back({first, first + lease.count});
        if (random.below(3) == 0) copies.push_back(std::make_unique<MemoryStore>(at.store));
      }
      if (!copies.empty() && random.below(2) == 0)
        at.store.put_back(*copies[static_cast<std::size_t>(random.below(copies.size()))]);
      at.options().instance = random.u64() | 1U;
      at.options().fresh_epoch = random.u64() | 1U;
      at.restart();
    }
    std::ranges::sort(leased, {}, &Range::first);
    for (std::size_t k = 1; k < leased.size(); ++k)
      ASSERT_LE(leased[k - 1].end, leased[k].first) << "seed " << seed;
  }
}

}  // namespace
}  // namespace xianjie::tests
