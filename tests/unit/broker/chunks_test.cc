// Large payloads: their chunks are asked for, resume, and are never taken for others.
#include <gtest/gtest.h>

#include "crypto/seal.h"
#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;

constexpr std::size_t kMany = 40;  // chunks: three askings

class Chunks : public testing::Test {
 protected:
  void SetUp() override {
    for (std::size_t at = 0; at < picture_.size(); ++at)
      picture_[at] = static_cast<std::uint8_t>(at * 31 + at / 65536);
  }
  EnvelopeKey submit(OneBroker& office, OfficeId to, WallTime not_before = {}) {
    Order order;
    order.kind = Kind::kAttachment;
    order.destination = to;
    order.payload = picture_;
    order.not_after = office.now.wall + days(30);
    order.refers_to = envelope_id(7);
    order.not_before = not_before;
    SubmitItem item;
    item.row = ++row_;
    item.order = writer_.prepare(order, office.now.wall);
    const EnvelopeKey key{office.self(), item.order.main.header.id};
    std::vector<Event> events;
    events.emplace_back(Submit{7, Hash{9}, {std::move(item)}});
    note(office, office.step(std::move(events)));
    return key;
  }
  void note(OneBroker& from, Effects effects) {
    for (Send& send : effects.sends) wire_.push_back({from.self(), std::move(send)});
    delivered_ += effects.delivered.size();
    for (std::string& alarm : effects.alarms) alarms_.push_back(std::move(alarm));
  }
  void connect(OneBroker& a, OneBroker& b) {
    note(a, a.step({LinkUp{b.self(), ChannelClass::kVpn}}));
    note(b, b.step({LinkUp{a.self(), ChannelClass::kVpn}}));
  }
  void disconnect(OneBroker& a, OneBroker& b) {
    wire_.clear();
    note(a, a.step({LinkDown{b.self()}}));
    note(b, b.step({LinkDown{a.self()}}));
  }
  // Carries frames until the wire is quiet, or so many chunks have come over. How many have.
  std::size_t carry(std::size_t chunks_max = 10'000) {
    std::size_t chunks = 0;
    while (!wire_.empty() && chunks < chunks_max) {
      const auto [from, send] = std::move(wire_.front());
      wire_.erase(wire_.begin());
      OneBroker* to = send.neighbour == kTownship ? &township
                      : send.neighbour == kCounty ? &county
                                                  : &prefecture;
      auto frame = decode_frame(send.frame);
      XJ_CHECK(frame.has_value());
      chunks += std::holds_alternative<Chunk>(*frame) ? 1U : 0U;
      largest_ = std::max(largest_, send.frame.size());
      note(*to, to->feed(from, *frame));
    }
    return chunks;
  }
  Result<Bytes> open(OneBroker& office, const EnvelopeKey& key) {
    auto kept = office.kept(key);
    if (!kept) return corrupt("nothing");
    for (const auto& [row_key, value] : office.rows(Table::kChunks))
      if (parse_seen_key(row_key) == key) kept->chunks.push_back(value);
    const Header header = header_of(*kept);
    return crypto::open_envelope(*kept, header, office.self(), {1},
                                 office_keys(office.self()).sealing_secret());
  }

  struct Way {
    OfficeId from;
    Send send;
  };
  Bytes picture_ = Bytes(kMany * kChunkBytes - 1000);
  Writer writer_{kTownship};
  OneBroker township{kTownship, kNow}, county{kCounty, kNow}, prefecture{kPrefecture, kNow};
  std::vector<Way> wire_;
  std::vector<std::string> alarms_;
  std::size_t delivered_ = 0, largest_ = 0;
  std::uint32_t row_ = 0;
};

TEST_F(Chunks, ALargePayloadComesWholeOverTwoHops) {
  connect(township, county);
  connect(county, prefecture);
  const EnvelopeKey key = submit(township, kPrefecture);
  EXPECT_EQ(carry(), 2 * kMany);
  EXPECT_EQ(prefecture.state(key)->place, Place::kInbox);
  EXPECT_EQ(delivered_, 1U);
  const auto opened = open(prefecture, key);
  ASSERT_TRUE(opened) << opened.error().text;
  EXPECT_TRUE(*opened == picture_);
  EXPECT_EQ(township.state(key)->place, Place::kAway);
  EXPECT_TRUE(township.ledger(key.id)->delivered.is_set());
  EXPECT_TRUE(county.rows(Table::kArriving).empty());
  EXPECT_TRUE(prefecture.rows(Table::kArriving).empty());
  EXPECT_LT(largest_, kBatchBytesMax / 4) << "chunks leave room for urgent mail";
  EXPECT_TRUE(alarms_.empty());
}

TEST_F(Chunks, ALostLinkAndARestartAskOnlyForWhatIsMissing) {
  connect(township, county);
  const EnvelopeKey key = submit(township, kCounty);
  EXPECT_EQ(carry(20), 20U);
  EXPECT_FALSE(county.state(key)) << "no custody before the last chunk";
  EXPECT_GT(county.broker().room().used(Quota::kInbox), picture_.size()) << "but room is kept";
  disconnect(township, county);
  county.restart();
  township.restart();
  connect(township, county);
  EXPECT_EQ(carry(10), 10U);
  disconnect(township, county);
  connect(township, county);
  EXPECT_EQ(carry(), kMany - 30);
  EXPECT_EQ(county.state(key)->place, Place::kInbox);
  EXPECT_TRUE(*open(county, key) == picture_);
  EXPECT_EQ(county.broker().room().used(Quota::kInbox), county.state(key)->bytes);
}

TEST_F(Chunks, ALostAnswerIsAskedForAgain) {
  connect(township, county);
  const EnvelopeKey key = submit(township, kCounty);
  carry(3);
  wire_.clear();  // thirteen chunks are lost, the link stays
  ASSERT_TRUE(county.broker().next_wakeup());
  county.advance(seconds(31));
  note(county, county.step());
  EXPECT_EQ(carry(), kMany - 3);
  EXPECT_EQ(county.state(key)->place, Place::kInbox);
}

TEST_F(Chunks, UrgentMailPassesBetweenChunks) {
  connect(township, county);
  submit(township, kCounty);
  carry(5);
  SubmitItem urgent;
  urgent.row = 99;
  urgent.order = writer_.order(kCounty, Kind::kAlert, kNow);
  const EnvelopeKey alert{kTownship, urgent.order.main.header.id};
  std::vector<Event> events;
  events.emplace_back(Submit{8, Hash{8}, {std::move(urgent)}});
  note(township, township.step(std::move(events)));
  EXPECT_LE(carry(12), 12U);
  ASSERT_TRUE(county.state(alert)) << "while most of the picture is still on its way";
  carry();
}

TEST_F(Chunks, AnAlteredChunkIsRefusedAndAnotherOneTaken) {
  connect(township, county);
  const EnvelopeKey key = submit(township, kCounty);
  carry(1);
  for (Way& way : wire_) {
    auto frame = decode_frame(way.send.frame);
    if (auto* chunk = std::get_if<Chunk>(&*frame)) {
      chunk->bytes[17] ^= 1;
      way.send.frame = encode(*frame);
    }
  }
  carry();
  EXPECT_NE(county.audit_text().find("chunk_refused"), std::string::npos);
  EXPECT_FALSE(county.state(key));
  county.advance(seconds(31));
  note(county, county.step());
  carry();
  EXPECT_TRUE(*open(county, key) == picture_);
}

TEST_F(Chunks, ABadChunkInTheStoreOfARelayComesAgainFromTheOrigin) {
  connect(township, county);
  const EnvelopeKey key = submit(township, kPrefecture);
  carry();
  ASSERT_EQ(county.state(key)->place, Place::kQueued);
  county.store.corrupt_row(Table::kChunks, chunk_key(key, 5));
  connect(county, prefecture);
  carry();
  EXPECT_EQ(county.state(key)->place, Place::kCorrupt);
  EXPECT_TRUE(prefecture.rows(Table::kArriving).empty());
  EXPECT_TRUE(prefecture.rows(Table::kChunks).empty());
  ASSERT_EQ(alarms_.size(), 1U);
  disconnect(county, prefecture);
  for (OneBroker* office : {&township, &county, &prefecture}) office->advance(days(3));
  note(township, township.step());
  connect(county, prefecture);
  EXPECT_EQ(carry(), 1 + kMany) << "the county lacks one chunk only";
  EXPECT_EQ(prefecture.state(key)->place, Place::kInbox);
  EXPECT_TRUE(*open(prefecture, key) == picture_);
}

// Only the next office in custody gets chunks, and not before the gate.
TEST_F(Chunks, NobodyElseGetsChunks) {
  connect(township, county);
  connect(county, prefecture);
  carry();
  const EnvelopeKey key = submit(township, kCounty);
  wire_.clear();
  const ChunksWanted wanted{key.origin, key.id, 0, 5};
  EXPECT_EQ(frames_to<Chunk>(township.feed(kCounty, wanted), kCounty).size(), 5U);
  carry();
  const auto refused = frames_to<Chunk>(county.feed(kPrefecture, wanted), kPrefecture);
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_TRUE(refused[0].bytes.empty());
  disconnect(township, county);
  note(township, township.step({LinkUp{kCounty, ChannelClass::kPublic}}));
  note(county, county.step({LinkUp{kTownship, ChannelClass::kPublic}}));
  carry();
  const auto public_net = frames_to<Chunk>(township.feed(kCounty, wanted), kCounty);
  ASSERT_EQ(public_net.size(), 1U);
  EXPECT_TRUE(public_net[0].bytes.empty());
}

TEST_F(Chunks, WhoIsNotTheNextInCustodyGetsNone) {
  connect(township, county);
  const EnvelopeKey key = submit(township, kPrefecture);
  carry();
  ASSERT_EQ(county.state(key)->next, kPrefecture);
  const auto back = county.feed(kTownship, ChunksWanted{key.origin, key.id, 0, 5});
  const auto given = frames_to<Chunk>(back, kTownship);
  ASSERT_EQ(given.size(), 1U);
  EXPECT_TRUE(given[0].bytes.empty());
}

TEST_F(Chunks, NoneBeforeTheGate) {
  connect(township, county);
  const EnvelopeKey key = submit(township, kCounty, kNow + hours(2));
  carry();
  const ChunksWanted wanted{key.origin, key.id, 0, 5};
  const auto early = frames_to<Chunk>(township.feed(kCounty, wanted), kCounty);
  ASSERT_EQ(early.size(), 1U);
  EXPECT_TRUE(early[0].bytes.empty());
  township.advance(hours(2));
  county.advance(hours(2));
  note(township, township.step());
  EXPECT_EQ(carry(), kMany);
  EXPECT_EQ(county.state(key)->place, Place::kInbox);
}

TEST_F(Chunks, ADiskCarriesThemAfterTheirEnvelope) {
  const EnvelopeKey key = submit(township, kCounty);
  Export event;
  event.neighbour = kCounty;
  event.expires = kNow + days(14);
  const Effects given = township.step({event});
  const Consigned& disk = given.replies.at(0).consigned;
  EXPECT_EQ(disk.frames.size(), 2 + kMany);
  township.step({Exported{kCounty, disk.number, true}});
  county.step({LinkUp{kTownship, ChannelClass::kMedia, ChannelClass::kMedia}});
  for (const Bytes& frame : disk.frames)
    note(county, county.feed_over(kTownship, ChannelClass::kMedia, *decode_frame(frame)));
  EXPECT_EQ(county.state(key)->place, Place::kInbox);
  EXPECT_TRUE(*open(county, key) == picture_);
  event.neighbour = kTownship;
  event.answers_only = true;
  const Effects back = county.step({event});
  for (const Bytes& frame : back.replies.at(0).consigned.frames)
    township.feed_over(kCounty, ChannelClass::kMedia, *decode_frame(frame));
  EXPECT_EQ(township.state(key)->place, Place::kAway);
}

TEST_F(Chunks, WhatIsOverIsSweptWithItsChunks) {
  connect(township, county);
  submit(township, kCounty);
  carry(20);
  disconnect(township, county);
  county.step();
  county.advance(days(40));
  for (int turn = 0; turn < 3; ++turn) county.step();
  EXPECT_TRUE(county.rows(Table::kArriving).empty());
  EXPECT_TRUE(county.rows(Table::kChunks).empty());
  EXPECT_EQ(county.broker().room().used(Quota::kInbox), 0U);
}

TEST_F(Chunks, AnEnvelopeOfChunksAmongOthersIsRefused) {
  Order order;
  order.kind = Kind::kAttachment;
  order.destination = kCounty;
  order.payload = picture_;
  order.not_after = kNow + days(30);
  const PreparedOrder large = writer_.prepare(order, kNow);
  const Envelope small = writer_.write(kCounty, Kind::kAlert, kNow);
  county.connect(kTownship);
  const Ack ack = county.give(kTownship, {large.main.envelope, small});
  EXPECT_EQ(ack.outcomes, (std::vector{AckOutcome::kRefused, AckOutcome::kTaken}));
  EXPECT_TRUE(county.rows(Table::kArriving).empty());
}

}  // namespace
}  // namespace xianjie::tests
