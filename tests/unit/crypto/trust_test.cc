#include "crypto/trust.h"

#include <gmock/gmock.h>

#include "crypto/hash.h"
#include "tests/support/holders.h"
#include "tests/support/samples.h"

namespace xianjie::crypto {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::Holders;
using tests::wall;

const WallTime kBegin = wall("2026-11-01T00:00:00+08:00");

Bytes body_of(std::uint64_t version, std::string_view name = "司法部") {
  DirectoryContents contents = tests::sample_directory();
  contents.header.version = version;
  contents.offices[0].name = name;
  return encode_directory_body(contents);
}

struct TrustCase : ::testing::Test {
  Holders holders{7};
  DirectoryBundle first;
  Trust trust = begin();

  Trust begin() {
    first.roots = {holders.next_root(kBegin)};
    first.snapshot = holders.sign_snapshot(body_of(12));
    first.timestamp = holders.next_timestamp(*first.snapshot, kBegin);
    auto opened = Trust::open(first, fingerprint(first.roots[0]));
    if (!opened) throw std::runtime_error(opened.error().text);
    return *opened;
  }
  DirectoryBundle snapshot(Bytes body) {
    DirectoryBundle news;
    news.snapshot = holders.sign_snapshot(std::move(body));
    return news;
  }
  DirectoryBundle timestamp(const SignedDirectory& of, WallTime at) {
    DirectoryBundle news;
    news.timestamp = holders.next_timestamp(of, at);
    return news;
  }
};

TEST_F(TrustCase, BeginsAtTheRootThatWasGivenByFingerprintOnly) {
  EXPECT_EQ(trust.snapshot_version(), 12U);
  EXPECT_EQ(trust.fresh_until(), kBegin + days(1));
  const Holders others(8);
  const auto refused = Trust::open(first, hash(as_bytes("another root")));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text, HasSubstr("no root with the fingerprint"));
}

TEST_F(TrustCase, ARootNeedsItsThresholdAndOneKeyIsNeverCountedTwice) {
  Holders thin(9);
  SignedDirectory root = thin.next_root(kBegin);
  root.signatures = {root.signatures[0], root.signatures[0]};
  DirectoryBundle bundle;
  bundle.roots = {root};
  const auto opened = Trust::open(bundle, fingerprint(root));
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().text, HasSubstr("signed by 1 of its holders, 2 needed"));
}

TEST_F(TrustCase, ANewRootSatisfiesTheOldAndTheNewThreshold) {
  Holders next(10);
  next.root_version = 1;
  SignedDirectory root = next.next_root(kBegin + days(1));
  DirectoryBundle news;
  news.roots = {root};
  TrustChange change = trust.take(news);
  EXPECT_THAT(change.refused, ElementsAre(HasSubstr("by the holders before")));
  EXPECT_EQ(trust.root().version, 1U);

  // Signed by the old ones only.
  root.signatures = Holders::sign(root.body, holders.root, 2).signatures;
  news.roots = {root};
  change = trust.take(news);
  EXPECT_THAT(change.refused, ElementsAre(HasSubstr("by its own holders")));

  for (const auto& pair : {&next.root[0], &next.root[2]})
    root.signatures.push_back(sign_directory(root.body, *pair));
  news.roots = {root};
  change = trust.take(news);
  EXPECT_THAT(change.refused, IsEmpty());
  EXPECT_TRUE(change.root);
  EXPECT_EQ(trust.root().version, 2U);
  // Who signed directory and timestamp may no more: what they said binds nobody, and stays.
  EXPECT_EQ(trust.snapshot_version(), 0U);
  EXPECT_FALSE(trust.fresh_until().is_set());
  ASSERT_TRUE(trust.has_snapshot());
  news = {};
  news.snapshot = next.sign_snapshot(body_of(3));
  EXPECT_TRUE(trust.take(news).snapshot) << "versions start anew with a new root's holders";
  EXPECT_EQ(trust.snapshot_version(), 3U);
}

TEST_F(TrustCase, ARootWithoutTheOneBeforeItIsRefused) {
  holders.root_version = 2;
  DirectoryBundle news;
  news.roots = {holders.next_root(kBegin + days(1))};
  EXPECT_THAT(trust.take(news).refused, ElementsAre(HasSubstr("without the one before")));
  EXPECT_EQ(trust.root().version, 1U);
}

TEST_F(TrustCase, VersionsOnlyGoUp) {
  EXPECT_TRUE(trust.take(snapshot(body_of(13))).snapshot);
  const TrustChange change = trust.take(snapshot(body_of(12, "部")));
  EXPECT_FALSE(change.any());
  EXPECT_THAT(change.refused, ElementsAre(HasSubstr("older")));
  EXPECT_EQ(trust.snapshot_version(), 13U);
  EXPECT_THAT(trust.frozen(), IsEmpty());
}

TEST_F(TrustCase, ASnapshotNeedsItsOwnRolesHolders) {
  DirectoryBundle news;
  news.snapshot = Holders::sign(body_of(13), holders.root, 3);
  EXPECT_THAT(trust.take(news).refused, ElementsAre(HasSubstr("signed by 0 of its holders")));
  news.snapshot = Holders::sign(body_of(13), holders.snapshot, 1);
  EXPECT_THAT(trust.take(news).refused, ElementsAre(HasSubstr("signed by 1 of its holders")));
  EXPECT_EQ(trust.snapshot_version(), 12U);
}

TEST_F(TrustCase, TwoDirectoriesOfOneVersionFreezeUntilANewRoot) {
  const TrustChange change = trust.take(snapshot(body_of(12, "另一个")));
  EXPECT_THAT(change.fork, HasSubstr("two directories of version 12"));
  EXPECT_EQ(trust.snapshot_hash(), hash(first.snapshot->body)) << "the first one stays";
  EXPECT_THAT(trust.take(snapshot(body_of(13))).refused, ElementsAre(HasSubstr("fork")));
  EXPECT_THAT(trust.take(timestamp(*first.snapshot, kBegin + days(1))).refused,
              ElementsAre(HasSubstr("fork")));
  // Frozen across a restart too.
  const auto again = decode_directory_bundle(encode(trust.bundle()));
  ASSERT_TRUE(again);
  auto reopened = Trust::open(*again, fingerprint(first.roots[0]));
  ASSERT_TRUE(reopened) << reopened.error().text;
  EXPECT_THAT(reopened->frozen(), HasSubstr("fork"));

  DirectoryBundle news = snapshot(body_of(13));
  news.roots = {holders.next_root(kBegin + days(2))};
  EXPECT_TRUE(reopened->take(news).snapshot);
  EXPECT_THAT(reopened->frozen(), IsEmpty());
}

TEST_F(TrustCase, AnUnsignedSecondVersionIsNoFork) {
  DirectoryBundle news;
  news.snapshot = Holders::sign(body_of(12, "另一个"), holders.snapshot, 1);
  EXPECT_THAT(trust.take(news).fork, IsEmpty());
  EXPECT_THAT(trust.frozen(), IsEmpty());
}

TEST_F(TrustCase, TwoRootsOfOneVersionFreeze) {
  Holders same = Holders(7);
  DirectoryBundle news;
  news.roots = {same.next_root(kBegin + days(3))};
  EXPECT_THAT(trust.take(news).fork, HasSubstr("two roots of version 1"));
}

TEST_F(TrustCase, ATimestampNeverGoesBack) {
  const auto next = holders.sign_snapshot(body_of(13));
  ASSERT_TRUE(trust.take(timestamp(next, kBegin + minutes(60))).timestamp);
  EXPECT_FALSE(trust.fresh_until().is_set()) << "it names a directory that is not here yet";
  DirectoryBundle news;
  news.snapshot = next;
  EXPECT_TRUE(trust.take(news).snapshot);
  EXPECT_EQ(trust.fresh_until(), kBegin + minutes(60) + days(1));
  EXPECT_THAT(trust.take(timestamp(*first.snapshot, kBegin + minutes(90))).refused,
              ElementsAre(HasSubstr("names an older directory")));
  EXPECT_EQ(trust.fresh_until(), kBegin + minutes(60) + days(1));
}

TEST_F(TrustCase, ATimestampOfAnotherHashFreezes) {
  const auto other = holders.sign_snapshot(body_of(12, "另一个"));
  EXPECT_THAT(trust.take(timestamp(other, kBegin + minutes(60))).fork, HasSubstr("fork"));
  EXPECT_THAT(trust.frozen(), HasSubstr("fork"));
}

TEST_F(TrustCase, DeltasMakeWhatWasSignedOrNothing) {
  Trust ahead = trust;
  ASSERT_TRUE(ahead.take(snapshot(body_of(13, "部一"))).snapshot);
  ASSERT_TRUE(ahead.take(snapshot(body_of(14, "部二"))).snapshot);
  DirectoryBundle news =
      ahead.news_for(trust.root().version, trust.snapshot_hash(), trust.denials_hash());
  EXPECT_FALSE(news.snapshot.has_value());
  ASSERT_EQ(news.deltas.size(), 2U);

  DirectoryBundle wrong = news;
  wrong.deltas.erase(wrong.deltas.begin());
  EXPECT_FALSE(Trust(trust).take(wrong).any()) << "a delta against another base does nothing";
  wrong = news;
  wrong.deltas[0].removed = {tests::office("province:610000")};
  EXPECT_THAT(Trust(trust).take(wrong).refused, ElementsAre(HasSubstr("not what was signed")));
  wrong = news;
  wrong.deltas[0].signatures.clear();
  EXPECT_FALSE(Trust(trust).take(wrong).any());

  EXPECT_TRUE(trust.take(news).snapshot);
  EXPECT_EQ(trust.snapshot_version(), 14U);
  EXPECT_TRUE(trust.snapshot_body() == ahead.snapshot_body());
  EXPECT_EQ(trust.bundle().deltas.size(), 2U) << "it can pass them on";
}

TEST_F(TrustCase, DenialsOnlyBecomeMore) {
  const DenialBody denial{
      tests::office("province:610000"), {1}, kBegin + days(1), kBegin + days(1), "lost"};
  DirectoryBundle news;
  news.denials = {holders.sign_denial(denial)};
  EXPECT_TRUE(trust.take(news).denials);
  EXPECT_FALSE(trust.take(news).denials);
  ASSERT_EQ(trust.denials().size(), 1U);
  EXPECT_EQ(trust.denials()[0].reason, "lost");
  news.denials = {Holders::sign(encode_denial_body(denial), holders.snapshot, 3)};
  EXPECT_FALSE(trust.take(news).any());

  // A new root without that holder drops what he said.
  Holders next(7);
  next.deny = std::move(Holders(30).deny);
  next.root_version = 1;
  news = {};
  news.roots = {next.next_root(kBegin + days(2))};
  EXPECT_TRUE(trust.take(news).root);
  EXPECT_THAT(trust.denials(), IsEmpty());
}

TEST_F(TrustCase, ARehearsalNeverBecomesReal) {
  DirectoryBundle news;
  news.roots = {holders.next_root(kBegin + days(1), false)};
  EXPECT_THAT(trust.take(news).refused, ElementsAre(HasSubstr("rehearsal")));
}

TEST(TrustWords, AFingerprintCanBeReadOut) {
  Hash hash{};
  hash[0] = 0xab;
  hash[15] = 0x01;
  EXPECT_EQ(spoken(hash), "ab00 0000 0000 0000 0000 0000 0000 0001");
}

}  // namespace
}  // namespace xianjie::crypto
