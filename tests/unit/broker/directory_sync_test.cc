// A line of offices that know the directory from each other, and what a liar among them achieves.
#include "broker/directory_sync.h"

#include <gmock/gmock.h>

#include <deque>

#include "crypto/hash.h"
#include "tests/support/holders.h"
#include "tests/support/nation_fixture.h"
#include "tests/support/one_broker.h"

namespace xianjie::broker {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::Holders;
using namespace tests;  // the offices of the small nation

constexpr ChannelClass kWire = ChannelClass::kVpn;

// Offices in a row, each knowing the next; frames are carried in order, and can be counted and cut.
struct SyncLine {
  Holders holders{5};
  DirectoryContents contents = nation().contents();
  DirectoryBundle first;
  std::vector<OfficeId> row{kMinistry, kProvince, kPrefecture, kCounty, kTownship};
  std::map<OfficeId, DirectorySync> at;
  std::set<OfficeId> cut;  // what they say is lost
  std::deque<std::pair<OfficeId, Send>> wire;
  std::vector<std::string> refused, alarms;
  std::size_t frames = 0, bytes = 0;
  Now now{{}, kEarly, true};

  SyncLine() {
    contents.header.rehearsal = true;
    first.roots = {holders.next_root(kEarly - days(3))};
    first.snapshot = holders.sign_snapshot(encode_directory_body(contents));
    first.timestamp = holders.next_timestamp(*first.snapshot, kEarly);
    for (const OfficeId office : row) at.emplace(office, sync_of(first));
    for (std::size_t i = 0; i + 1 < row.size(); ++i) join(row[i], row[i + 1]);
    run();
  }
  [[nodiscard]] DirectorySync sync_of(const DirectoryBundle& bundle) const {
    auto trust = crypto::Trust::open(bundle, crypto::fingerprint(first.roots[0]));
    if (!trust) throw std::runtime_error(trust.error().text);
    auto sync = DirectorySync::open(*trust);
    if (!sync) throw std::runtime_error(sync.error().text);
    return *sync;
  }
  void join(OfficeId a, OfficeId b) {
    push(a, at.at(a).on_up({b, kWire}));
    push(b, at.at(b).on_up({a, kWire}));
  }
  void push(OfficeId from, SyncEffects effects) {
    for (Send& send : effects.sends) wire.emplace_back(from, std::move(send));
    for (std::string& text : effects.refused) refused.push_back(std::move(text));
    for (std::string& text : effects.alarms) alarms.push_back(std::move(text));
  }
  void run() {
    while (!wire.empty()) {
      const auto [from, send] = std::move(wire.front());
      wire.pop_front();
      if (cut.contains(from)) continue;
      ++frames;
      bytes += send.frame.size();
      ASSERT_LT(frames, 10'000U) << "they never stop talking";
      const auto frame = decode_frame(send.frame);
      ASSERT_TRUE(frame);
      std::visit(
          [&, office = from, to = send.neighbour](const auto& body) {
            using Body = std::decay_t<decltype(body)>;
            if constexpr (requires(DirectorySync s) { s.on_frame(LinkId{}, body, now); })
              push(to, at.at(to).on_frame({office, kWire}, body, now));
            else
              ADD_FAILURE() << "another frame: " << sizeof(Body);
          },
          *frame);
    }
  }
  // A later directory, brought to the ministry by hand with its timestamp.
  DirectoryBundle publish(const std::function<void(DirectoryContents&)>& edit) {
    ++contents.header.version;
    edit(contents);
    DirectoryBundle news;
    news.snapshot = holders.sign_snapshot(encode_directory_body(contents));
    news.timestamp = holders.next_timestamp(*news.snapshot, kEarly + minutes(60));
    push(kMinistry, at.at(kMinistry).import(news, now));
    return news;
  }
  [[nodiscard]] std::uint64_t version(OfficeId office) const {
    return at.at(office).trust().snapshot_version();
  }
};

void rename_township(DirectoryContents& contents) {
  record_of(contents, kTownship).name = "新名字司法所";
}

TEST(DirectorySync, ADeltaGoesDownTheTreeOnce) {
  SyncLine line;
  const std::size_t before = line.frames;
  line.run();
  EXPECT_EQ(line.frames, before) << "equal directories have nothing to say";
  line.bytes = 0;
  line.publish(rename_township);
  line.run();
  for (const OfficeId office : line.row) {
    EXPECT_EQ(line.version(office), line.contents.header.version) << to_text(office);
    EXPECT_EQ(line.at.at(office).snapshot()->directory.find(kTownship)->name, "新名字司法所");
    EXPECT_TRUE(line.at.at(office).trust().snapshot_hash() ==
                line.at.at(kMinistry).trust().snapshot_hash());
    EXPECT_EQ(line.at.at(office).freshness().timestamp_until, kEarly + minutes(60) + days(1));
  }
  EXPECT_THAT(line.refused, IsEmpty());
  // Four hops, each: news, question, answer; a delta of one office.
  EXPECT_LT(line.bytes, 4 * 4096U);
}

TEST(DirectorySync, WhoMissedMuchCatchesUpByDeltasOrWhole) {
  for (const int versions : {3, 40}) {
    SyncLine line;
    line.cut = {kCounty};
    for (int i = 0; i < versions; ++i) {
      line.publish([i](DirectoryContents& contents) {
        record_of(contents, kTownship).name = "所" + std::to_string(i);
      });
      line.run();
    }
    EXPECT_EQ(line.version(kTownship), 1U);
    line.cut.clear();
    line.at.at(kCounty).on_down({kPrefecture, kWire});
    line.join(kPrefecture, kCounty);
    line.run();
    EXPECT_EQ(line.version(kTownship), line.contents.header.version) << versions;
    EXPECT_THAT(line.refused, IsEmpty());
  }
}

TEST(DirectorySync, ATimestampAloneTravelsWithoutAQuestion) {
  SyncLine line;
  DirectorySync& top = line.at.at(kMinistry);
  const std::size_t before = line.frames;
  DirectoryBundle news;
  news.timestamp = top.make_timestamp(line.holders.timestamp[0], kEarly + minutes(60));
  line.push(kMinistry, top.import(news, line.now));
  line.run();
  EXPECT_EQ(line.frames - before, line.row.size() - 1);
  EXPECT_EQ(line.at.at(kTownship).freshness().timestamp_until, kEarly + minutes(60) + days(1));
}

TEST(DirectorySync, ANewRootAndADenialClimbDownToo) {
  SyncLine line;
  DirectoryBundle news;
  news.roots = {line.holders.next_root(kEarly + minutes(5))};
  news.denials = {line.holders.sign_denial({kPrison, {0}, kEarly, kEarly, "stolen"})};
  line.push(kMinistry, line.at.at(kMinistry).import(news, line.now));
  line.run();
  const DirectorySync& last = line.at.at(kTownship);
  EXPECT_EQ(last.trust().root().version, 2U);
  const auto key = last.snapshot()->directory.key(kPrison, {1});
  ASSERT_TRUE(key);
  EXPECT_TRUE(key->revoked);
  EXPECT_EQ(key->revoked_at, kEarly);
}

TEST(DirectorySync, WhatMakesNoSenseAsATreeLeavesTheLastGoodState) {
  SyncLine line;
  line.publish([](DirectoryContents& contents) {
    record_of(contents, kProvince).parent = kTownship;  // a circle
  });
  line.run();
  EXPECT_THAT(line.refused, Contains(HasSubstr("circle")));
  EXPECT_EQ(line.version(kMinistry), 1U);
  EXPECT_EQ(line.version(kTownship), 1U);
}

TEST(DirectorySync, AForkIsAnAlarmWhereverItIsSeen) {
  SyncLine line;
  DirectoryContents other = line.contents;
  record_of(other, kTownship).name = "另一个";
  DirectoryBundle fork;
  fork.snapshot = line.holders.sign_snapshot(encode_directory_body(other));
  line.push(kCounty, line.at.at(kCounty).import(fork, line.now));
  line.run();
  EXPECT_THAT(line.alarms, Contains(HasSubstr("directory_fork")));
  EXPECT_THAT(line.at.at(kCounty).trust().frozen(), HasSubstr("fork"));
  EXPECT_THAT(line.at.at(kProvince).trust().frozen(), IsEmpty());
  // The others go on; the frozen one keeps what it had, and nobody talks in circles.
  line.publish(rename_township);
  line.run();
  EXPECT_GT(line.version(kPrefecture), 1U);
  EXPECT_EQ(line.version(kCounty), 1U);
  EXPECT_FALSE(line.at.at(kCounty).next_wakeup()) << "it asks for what it would not believe";
  // A new root heals it.
  DirectoryBundle news;
  news.roots = {line.holders.next_root(kEarly + minutes(70))};
  line.push(kMinistry, line.at.at(kMinistry).import(news, line.now));
  line.run();
  EXPECT_EQ(line.version(kCounty), line.contents.header.version);
  EXPECT_EQ(line.version(kTownship), line.contents.header.version);
}

TEST(DirectorySync, ASilentNeighbourIsNotWaitedForForEver) {
  SyncLine line;
  line.cut = {kProvince};
  DirectoryNews ahead;
  ahead.root_version = 1;
  ahead.snapshot_version = 99;
  auto& at = line.at.at(kPrefecture);
  line.push(kPrefecture, at.on_frame({kProvince, kWire}, ahead, line.now));
  ASSERT_TRUE(at.next_wakeup().has_value());
  line.now.instant = *at.next_wakeup();
  EXPECT_EQ(at.on_time(line.now).sends.size(), 1U) << "asked again";
  // A part that nobody asked for, or of another bundle, changes nothing.
  line.push(kCounty,
            line.at.at(kCounty).on_frame({kPrefecture, kWire},
                                         DirectoryPart{Hash{1}, 5, 0, {1, 2, 3, 4, 5}}, line.now));
  line.push(kPrefecture, at.on_frame({kProvince, kWire},
                                     DirectoryPart{Hash{1}, 5, 0, {1, 2, 3, 4, 5}}, line.now));
  EXPECT_THAT(line.refused, Contains(HasSubstr("is broken")));
  EXPECT_GE(*at.next_wakeup(), line.now.instant + minutes(10)) << "not asked for the same at once";
}

TEST(Freshness, AnExpiredTimestampShutsGatesAndAnExpiredDirectoryForwards) {
  Freshness fresh;
  fresh.timestamp_until = kEarly;
  fresh.snapshot_until = kEarly + days(1);
  EXPECT_TRUE(fresh.gates({{}, kEarly - days(1), true}));
  EXPECT_FALSE(fresh.gates({{}, kEarly, true}));
  EXPECT_TRUE(fresh.forwards({{}, kEarly, true}));
  EXPECT_FALSE(fresh.forwards({{}, kEarly + days(1), true}));
  EXPECT_TRUE(fresh.forwards({{}, kEarly + days(1), false}))
      << "an untrusted clock expires nothing";
}

// A notice of the prison, whose own gate has passed on the way.
TEST(Freshness, GatesStayShutAndOpenAgainWithANewTimestamp) {
  OneBroker bureau(kBureau, kNow);
  bureau.connect(kPrison);
  bureau.connect(kProvince);
  Freshness stale;
  stale.timestamp_until = kNow - minutes(1);
  bureau.broker().set_freshness(stale);
  Writer prison(kPrison);
  auto effects = bureau.give_effects(
      kPrison, {prison.write(kTownship, Kind::kPreReleaseNotice, kEarly, kDecember)});
  EXPECT_THAT(envelopes_to(effects, kProvince), IsEmpty());
  bureau.advance(minutes(1));
  EXPECT_THAT(envelopes_to(bureau.step(), kProvince), IsEmpty());
  EXPECT_TRUE(bureau.broker().next_wakeup() > bureau.now.instant) << "it must not spin";
  // An ad hoc report has no gate.
  effects = bureau.give_effects(kPrison, {prison.write(kTownship, Kind::kAdHocReport, kNow)});
  EXPECT_EQ(envelopes_to(effects, kProvince).size(), 1U);
  bureau.broker().set_freshness({});
  EXPECT_EQ(envelopes_to(bureau.step(), kProvince).size(), 1U);
}

TEST(Freshness, AnExpiredDirectoryStillTakesCustody) {
  OneBroker bureau(kBureau, kNow);
  bureau.connect(kPrison);
  bureau.connect(kProvince);
  Freshness over;
  over.snapshot_until = kNow - minutes(1);
  bureau.broker().set_freshness(over);
  Writer prison(kPrison);
  const Envelope report = prison.write(kTownship, Kind::kAdHocReport, kNow);
  auto effects = bureau.give_effects(kPrison, {report});
  EXPECT_EQ(frames_to<Ack>(effects, kPrison).at(0).outcomes.at(0), AckOutcome::kTaken);
  EXPECT_THAT(envelopes_to(effects, kProvince), IsEmpty());
  EXPECT_EQ(bureau.state(key_of(report))->place, Place::kQueued);
  bureau.broker().set_freshness({});
  EXPECT_EQ(envelopes_to(bureau.step(), kProvince).size(), 1U);
}

}  // namespace
}  // namespace xianjie::broker
