// Thousands of short lives of one broker, a province between its neighbours, each from its own
// seed: links, frames, applications, clocks, crashes and failing commits at random, held after
// every turn against the naive twin. XIANJIE_MODEL_SEED repeats one life, XIANJIE_MODEL_LIVES says
// how many.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "crypto/seal.h"
#include "crypto/statement.h"
#include "tests/model/check.h"
#include "tests/model/pool.h"

namespace xianjie::tests {
namespace {

using namespace broker;

constexpr std::uint64_t kLives = 3000;
constexpr int kTurns = 40;
const std::array kNeighbours{kBureau, kPrefecture, kOtherProvince, kMinistry};

class Life {
  bool chance(std::uint64_t percent) { return random_.below(100) < percent; }
  template <class Range>
  auto& pick(const Range& range) {
    return range[random_.below(range.size())];
  }
  template <class Map>
  auto pick_of(const Map& map) {
    auto at = map.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(random_.below(map.size())));
    return *at;
  }

 public:
  explicit Life(std::uint64_t seed) : random_(seed) {
    for (int i = 0; i < 18; ++i) letters_.push_back(pick(pool().letters));
    // Twins of one id stand side by side in the pool: take both sometimes.
    const std::size_t at = random_.below(pool().letters.size() - 1);
    letters_.push_back(pool().letters[at]);
    letters_.push_back(pool().letters[at + 1]);
  }

  void live() {
    for (turn_ = 0; turn_ < kTurns; ++turn_) {
      pass_time();
      take_turn();
    }
  }
  [[nodiscard]] int turn() const { return turn_; }
  [[nodiscard]] std::string audit_text() { return real_.audit_text(); }

 private:
  void pass_time() {
    static const std::array kSteps{milliseconds(0), milliseconds(0), seconds(1), seconds(31),
                                   minutes(6),      minutes(11),     hours(3),   hours(12),
                                   days(1),         days(2)};
    Duration by = pick(kSteps);
    if (chance(3)) by = days(35);
    real_.now.instant = real_.now.instant + by;
    true_wall_ = true_wall_ + by;
    real_.now.wall_trusted = !chance(10);
    real_.now.wall = true_wall_;
    if (!real_.now.wall_trusted && chance(50)) real_.now.wall = real_.now.wall + days(20);
  }

  void take_turn() {
    if (chance(4)) spoil();
    const Twin before = twin_;
    twin_.expected = {};
    std::vector<Event> events;
    for (std::uint64_t n = random_.below(4); n > 0; --n) add_event(events);
    const bool fails = chance(4), applied = chance(50);
    if (fails) real_.store.fail_next_commit(applied);
    auto effects = real_.try_step(std::move(events));
    require(effects.has_value() != fails, "a turn fails exactly where its commit fails");
    if (effects) {
      check_effects(twin_, *effects, real_);
      twin_.end_turn(real_.now);
      check_store(twin_, real_, true);
    } else {
      if (applied)
        twin_.end_turn(real_.now);
      else
        twin_ = before;
      real_.restart();
      check_store(twin_, real_, false);
      twin_.restart();
    }
    if (effects && chance(5)) {
      real_.restart();
      check_store(twin_, real_, false);
      twin_.restart();
    }
  }

  void add_event(std::vector<Event>& events) {
    const std::uint64_t what = random_.below(100);
    const OfficeId neighbour = pick(kNeighbours);
    if (what < 15) {
      greet(events, neighbour);
    } else if (what < 20) {
      events.push_back(LinkDown{neighbour});
      twin_.link_down(neighbour);
    } else if (what < 55) {
      give(events, neighbour);
    } else if (what < 75) {
      acknowledge(events);
    } else if (what < 82) {
      submit(events);
    } else if (what < 90) {
      settle(events);
    } else {
      records(events, neighbour);
    }
  }

  void greet(std::vector<Event>& events, OfficeId neighbour) {
    const auto channel = chance(80) ? ChannelClass::kVpn : ChannelClass::kPublic;
    if (chance(90)) {
      events.push_back(LinkUp{neighbour, ChannelClass::kVpn});
      twin_.link_up(neighbour, ChannelClass::kVpn);
    }
    if (chance(10)) return;
    Hello hello = real_.hello_from(neighbour, channel);
    if (chance(10)) ++hello.directory_version;
    events.push_back(FrameArrived{neighbour, hello});
    events.push_back(FrameArrived{neighbour, Pong{0, real_.now.wall, real_.now.wall, true}});
    twin_.hello(neighbour, channel, hello.directory_version);
  }

  void give(std::vector<Event>& events, OfficeId from) {
    CheckedBatch batch;
    if (!given_.empty() && chance(20)) {
      std::tie(from, batch) = pick(given_);
    } else {
      batch.number = ++number_;
      if (chance(40)) batch.settled_below = number_;
      for (std::uint64_t n = 1 + random_.below(4); n > 0; --n)
        batch.envelopes.push_back(pick(letters_));
      given_.emplace_back(from, batch);
    }
    twin_.batch(from, batch, real_.now);
    events.push_back(FrameArrived{from, std::move(batch)});
  }

  void acknowledge(std::vector<Event>& events) {
    if (twin_.outstanding.empty()) return;
    const auto [number, keys] = pick_of(twin_.outstanding);
    Ack ack;
    ack.number = number.second;
    ack.sender_epoch = real_.broker().epoch();
    ack.time = real_.now.wall;
    ack.channel_class = ChannelClass::kVpn;
    std::vector<Hash> leaves;
    for (const EnvelopeKey& key : keys) {
      const auto item = twin_.items.find(key);
      leaves.push_back(item == twin_.items.end() ? Hash{} : item->second.leaf);
      const std::uint64_t luck = random_.below(100);
      ack.outcomes.push_back(luck < 65   ? AckOutcome::kTaken
                             : luck < 75 ? AckOutcome::kKnown
                             : luck < 90 ? AckOutcome::kDeferred
                             : luck < 95 ? AckOutcome::kRefused
                                         : AckOutcome::kConflict);
    }
    const bool valid = !chance(10);
    crypto::sign_ack(ack, kUnderTest, leaves, office_keys(valid ? number.first : kTownship));
    twin_.ack(number.first, ack, valid, real_.now);
    events.push_back(FrameArrived{number.first, std::move(ack)});
  }

  void submit(std::vector<Event>& events) {
    Submit out;
    for (std::uint64_t n = 1 + random_.below(2); n > 0; --n) {
      SubmitItem item;
      item.row = static_cast<std::uint32_t>(1 + random_.below(pool().orders.size()));
      item.order = pool().orders[item.row - 1];
      if (chance(50)) item.person = Hash{static_cast<std::uint8_t>(random_.below(6))};
      out.items.push_back(std::move(item));
    }
    twin_.submit(out, real_.now);
    events.push_back(std::move(out));
  }

  void settle(std::vector<Event>& events) {
    EnvelopeKey key{kPrison, envelope_id(200)};
    if (!twin_.inbox.empty() && chance(95)) key = pick_of(twin_.inbox).second.key;
    twin_.settle(key, real_.now);
    events.push_back(Settle{0, key, {}});
  }

  void records(std::vector<Event>& events, OfficeId via) {
    if (twin_.ledger.empty()) return;
    const auto [id, own] = pick_of(twin_.ledger);
    const OfficeId issuer = chance(85) ? own.destination : kCounty;
    Record record;
    record.target = kUnderTest;
    record.created = true_wall_;
    if (chance(15)) {
      record.type = RecordType::kEpoch;
      record.target = issuer;
      record.epoch = 1 + random_.below(3);
      twin_.epoch(via, issuer, record.epoch, record.created);
    } else {
      static const std::array kTypes{ReceiptType::kDelivered, ReceiptType::kDelivered,
                                     ReceiptType::kCollected, ReceiptType::kProcessed,
                                     ReceiptType::kReturned,  ReceiptType::kRejected,
                                     ReceiptType::kExpired,   ReceiptType::kAccepted};
      const Receipt receipt{id, chance(90) ? own.leaf : Hash{}, pick(kTypes), true_wall_};
      record.receipts = {receipt};
      twin_.receipt(via, issuer, receipt, real_.now);
    }
    CheckedRecords checked;
    checked.number = ++number_;
    record.issuer = issuer;
    checked.records = {{crypto::sign_record(record, office_keys(issuer)), record}};
    events.push_back(FrameArrived{via, std::move(checked)});
  }

  // The disk: bytes on their way that fail their checksum from now on.
  void spoil() {
    for (auto& [key, item] : twin_.items) {
      if (item.place != Place::kQueued || item.bad || !chance(30)) continue;
      real_.store.corrupt_row(chance(50) ? Table::kEnvelopes : Table::kProofs, seen_key(key));
      item.bad = true;
      return;
    }
  }

  SeededRandom random_;
  OneBroker real_{kUnderTest, kModelStart};
  Twin twin_;
  WallTime true_wall_ = kModelStart;
  std::vector<CheckedEnvelope> letters_;
  std::vector<std::pair<OfficeId, CheckedBatch>> given_;
  std::uint64_t number_ = 0;
  int turn_ = 0;
};

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(BrokerModel, AgreesWithItsNaiveTwin) {
  const std::uint64_t only = number_from("XIANJIE_MODEL_SEED", 0);
  const std::uint64_t lives = number_from("XIANJIE_MODEL_LIVES", kLives);
  for (std::uint64_t seed = only == 0 ? 1 : only; seed <= (only == 0 ? lives : only); ++seed) {
    Life life(seed);
    try {
      life.live();
    } catch (const std::exception& error) {
      if (only != 0) std::cerr << life.audit_text();
      FAIL() << "turn " << life.turn() << ": " << error.what()
             << "\nagain with XIANJIE_MODEL_SEED=" << seed;
    }
  }
}

}  // namespace
}  // namespace xianjie::tests
