// Manifests: what was given for a period, said once all has left, held against what was taken.
#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/merkle.h"
#include "crypto/seal.h"
#include "crypto/statement.h"
#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;

const WallTime kBureauGate = wall("2026-12-11T09:00:00+08:00");

std::vector<Record> manifests_in(const std::vector<Record>& records, RecordType type) {
  std::vector<Record> out;
  for (const Record& record : records)
    if (record.type == type) out.push_back(record);
  return out;
}

struct Manifests : testing::Test {
  OneBroker at{kBureau, kBureauGate - hours(1)};
  Writer prison{kPrison};

  std::vector<Envelope> notices(std::size_t count) {
    std::vector<Envelope> out;
    for (std::size_t i = 0; i < count; ++i)
      out.push_back(prison.write(kTownship, Kind::kPreReleaseNotice, kEarly, kDecember));
    return out;
  }
  // The manifests that go to the province with these effects; they are taken there.
  std::vector<Record> given(const Effects& effects) {
    at.ack_records(kProvince, effects);
    return manifests_in(records_to(effects, kProvince), RecordType::kManifest);
  }
  std::optional<ManifestRow> row(Direction direction, OfficeId neighbour) {
    for (const auto& [key, value] : at.rows(Table::kManifests))
      if (key == manifest_key({direction, neighbour, kDecember}))
        return *decode_manifest_row(value);
    return std::nullopt;
  }
  // What a neighbour says about a manifest, or as one.
  Effects say(OfficeId neighbour, RecordType type, Manifest said, std::uint64_t epoch) {
    Record record;
    record.type = type;
    record.target = at.self();
    record.created = at.now.wall;
    record.epoch = epoch;
    record.manifest = std::move(said);
    return at.feed(neighbour,
                   Records{++number_, {crypto::sign_record(record, office_keys(neighbour))}});
  }
  Effects answer(const Record& about, ManifestState state, std::vector<ManifestEntry> missing = {},
                 std::vector<ManifestEntry> unexpected = {}) {
    Manifest said = about.manifest;
    said.destinations.clear();
    said.state = state;
    said.missing = std::move(missing);
    said.unexpected = std::move(unexpected);
    return say(kProvince, RecordType::kManifestAnswer, said, about.epoch);
  }
  // A manifest by the prison of these envelopes.
  Manifest of(const std::vector<Envelope>& envelopes, std::uint32_t number = 1) {
    std::map<EnvelopeKey, Hash> sorted;
    for (const Envelope& each : envelopes) sorted[key_of(each)] = crypto::leaf_of(each);
    std::vector<Hash> leaves;
    for (const auto& [key, leaf] : sorted)
      leaves.push_back(
          crypto::Blake2bTree::leaf(Encoder()
                                        .u8(static_cast<std::uint8_t>(Kind::kPreReleaseNotice))
                                        .raw(seen_key(key))
                                        .raw(leaf)
                                        .bytes()));
    Manifest said;
    said.period = kDecember;
    said.taker_epoch = at.broker().epoch();
    said.number = number;
    said.count = static_cast<std::uint32_t>(leaves.size());
    said.root = crypto::MerkleTree<crypto::Blake2bTree>(std::move(leaves)).root();
    return said;
  }
  Effects take(Manifest said) {
    return say(kPrison, RecordType::kManifest, std::move(said), epoch_of(kPrison));
  }
  Effects take_list(Manifest said, const std::vector<Envelope>& listed) {
    said.parts = 1;
    for (const Envelope& each : listed)
      said.entries.push_back({key_of(each).origin, key_of(each).id, crypto::leaf_of(each)});
    std::ranges::sort(said.entries);
    return say(kPrison, RecordType::kManifestList, std::move(said), epoch_of(kPrison));
  }
  static ManifestState told(const Effects& effects) {
    const auto answers = manifests_in(records_to(effects, kPrison), RecordType::kManifestAnswer);
    return answers.empty() ? ManifestState{} : answers.back().manifest.state;
  }

 private:
  std::uint64_t number_ = 0;
};

TEST_F(Manifests, AreGivenAfterTheLastSliceHasLeft) {
  at.connect(kPrison);
  at.connect(kProvince);
  at.give(kPrison, notices(3));
  EXPECT_TRUE(given(at.step()).empty()) << "the gate is shut";
  at.advance(hours(1));
  auto effects = at.step();
  const auto batches = frames_to<EnvelopeBatch>(effects, kProvince);
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_TRUE(given(effects).empty()) << "on the wire";
  const auto said = given(at.feed(kProvince, at.ack(kProvince, batches[0])));
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0].target, kProvince);
  EXPECT_EQ(said[0].epoch, at.broker().epoch());
  EXPECT_EQ(said[0].manifest.taker_epoch, epoch_of(kProvince));
  EXPECT_EQ(said[0].manifest.number, 1U);
  EXPECT_EQ(said[0].manifest.count, 3U);
  EXPECT_EQ(said[0].manifest.root, of(batches[0].envelopes).root);
  EXPECT_EQ(said[0].manifest.destinations, (std::vector<DestinationCount>{{kTownship, 3}}));
  EXPECT_EQ(row(Direction::kGiven, kProvince)->state, ManifestState::kSent);
  answer(said[0], ManifestState::kAgreed);
  EXPECT_EQ(row(Direction::kGiven, kProvince)->state, ManifestState::kAgreed);
}

TEST_F(Manifests, NothingIsAManifestTooAndOnlyNextHopsOfTheChainGetOne) {
  at.connect(kPrison);
  at.connect(kProvince);
  at.advance(hours(1));
  const auto effects = at.step();
  const auto said = given(effects);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0].manifest.count, 0U);
  EXPECT_TRUE(manifests_in(records_to(effects, kPrison), RecordType::kManifest).empty());
  EXPECT_TRUE(given(at.step()).empty());
}

TEST_F(Manifests, ASupplementIsCumulative) {
  at.advance(hours(1));
  at.connect(kPrison);
  EXPECT_EQ(given(at.connect(kProvince)).size(), 1U);
  std::vector<Envelope> all;
  for (std::uint32_t number = 2; number <= 3; ++number) {
    const auto late = notices(1);
    all.insert(all.end(), late.begin(), late.end());
    const auto batches = frames_to<EnvelopeBatch>(at.give_effects(kPrison, late), kProvince);
    const auto said = given(at.feed(kProvince, at.ack(kProvince, batches.at(0))));
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(said[0].manifest.number, number);
    EXPECT_EQ(said[0].manifest.count, number - 1);
    EXPECT_EQ(said[0].manifest.root, of(all).root);
  }
}

TEST_F(Manifests, AreSaidAgainWhileNobodyAnswersAndAfterARestart) {
  at.advance(hours(1));
  ASSERT_EQ(given(at.connect(kProvince)).size(), 1U);
  at.restart();
  EXPECT_TRUE(given(at.connect(kProvince)).empty()) << "not yet a day old";
  at.advance(hours(25));
  const auto said = given(at.step());
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0].manifest.number, 1U);
  answer(said[0], ManifestState::kAgreed);
  at.advance(hours(25));
  EXPECT_TRUE(given(at.step()).empty());
}

TEST_F(Manifests, ATakerWithANewStoreIsOwedOnlyWhatThatHasTaken) {
  at.advance(hours(1));
  at.connect(kPrison);
  ASSERT_EQ(given(at.connect(kProvince)).size(), 1U);
  const auto batches = frames_to<EnvelopeBatch>(at.give_effects(kPrison, notices(2)), kProvince);
  ASSERT_EQ(given(at.feed(kProvince, at.ack(kProvince, batches.at(0)))).at(0).manifest.count, 2U);
  at.step({LinkUp{kProvince, ChannelClass::kVpn}});
  Hello hello = at.hello_from(kProvince);
  ++hello.store_epoch;
  const auto said = given(at.feed(kProvince, hello));
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0].manifest.count, 0U);
  EXPECT_EQ(said[0].manifest.taker_epoch, hello.store_epoch);
  EXPECT_EQ(said[0].manifest.number, 3U);
}

TEST_F(Manifests, AreComparedWithWhatWasTaken) {
  at.connect(kPrison);
  const auto sent = notices(3);
  at.give(kPrison, sent);
  auto effects = take(of(sent));
  EXPECT_EQ(told(effects), ManifestState::kAgreed);
  at.ack_records(kPrison, effects);
  EXPECT_EQ(row(Direction::kTaken, kPrison)->state, ManifestState::kAgreed);
  EXPECT_EQ(told(take(of(sent))), ManifestState::kAgreed) << "said again, answered again";
}

TEST_F(Manifests, ADifferenceNamesTheEnvelopesAtBothEndsAndMailGoesOn) {
  at.connect(kPrison);
  auto sent = notices(4);
  at.give(kPrison, {sent[0], sent[1], sent[2]});
  const std::vector<Envelope> claimed{sent[0], sent[1], sent[3]};
  auto effects = take(of(claimed));
  at.ack_records(kPrison, effects);
  EXPECT_EQ(told(effects), ManifestState::kListing);
  effects = take_list(of(claimed), claimed);
  const auto answers = manifests_in(records_to(effects, kPrison), RecordType::kManifestAnswer);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].manifest.state, ManifestState::kDiffers);
  EXPECT_EQ(answers[0].manifest.missing,
            (std::vector<ManifestEntry>{{kPrison, key_of(sent[3]).id, crypto::leaf_of(sent[3])}}));
  EXPECT_EQ(answers[0].manifest.unexpected,
            (std::vector<ManifestEntry>{{kPrison, key_of(sent[2]).id, crypto::leaf_of(sent[2])}}));
  ASSERT_EQ(effects.alarms.size(), 1U);
  EXPECT_TRUE(effects.alarms[0].starts_with("manifest_differs"));
  at.ack_records(kPrison, effects);
  at.connect(kProvince);
  at.advance(hours(1));
  EXPECT_EQ(envelopes_to(at.step(), kProvince).size(), 3U) << "no mail waits for it";
  effects = take(of(sent, 2));  // the supplement has what was unexpected
  at.ack_records(kPrison, effects);
  EXPECT_EQ(told(effects), ManifestState::kListing);
  effects = at.give_effects(kPrison, {sent[3]});
  EXPECT_EQ(told(effects), ManifestState::kAgreed) << "it came after all";
}

TEST_F(Manifests, WhatAnEarlierStoreOfTheGiverGaveIsNoDifference) {
  at.connect(kPrison);
  const auto sent = notices(2);
  at.give(kPrison, {sent[0]});
  at.disconnect(kPrison);
  at.step({LinkUp{kPrison, ChannelClass::kVpn}});
  Hello hello = at.hello_from(kPrison);
  ++hello.store_epoch;
  at.feed(kPrison, hello);
  at.give(kPrison, {sent[1]});
  const auto effects = say(kPrison, RecordType::kManifest, of({sent[1]}), hello.store_epoch);
  EXPECT_EQ(told(effects), ManifestState::kAgreed);
}

TEST_F(Manifests, OfAStoreThatIsLostHereOrOfSomebodyElseCountForNothing) {
  at.connect(kPrison);
  at.connect(kProvince);
  Manifest other = of({});
  ++other.taker_epoch;
  take(other);
  EXPECT_FALSE(row(Direction::kTaken, kPrison));
  Record record;
  record.type = RecordType::kManifest;
  record.target = kBureau;
  record.created = at.now.wall;
  record.epoch = 5;
  record.manifest = of({});
  at.feed(kProvince, Records{1, {crypto::sign_record(record, office_keys(kPrison))}});
  EXPECT_TRUE(at.rows(Table::kManifests).empty());
  EXPECT_NE(at.audit_text().find("manifest_refused"), std::string::npos);
}

TEST_F(Manifests, TheListIsGivenInSlicesAndAnOlderAnswerIsNotHeard) {
  at.advance(hours(1));
  at.connect(kPrison);
  const auto first = given(at.connect(kProvince)).at(0);
  std::vector<Record> said;
  for (int i = 0; i < 3; ++i) {
    const auto batches =
        frames_to<EnvelopeBatch>(at.give_effects(kPrison, notices(700)), kProvince);
    for (const EnvelopeBatch& batch : batches)
      for (const Record& each : given(at.feed(kProvince, at.ack(kProvince, batch))))
        said.push_back(each);
  }
  answer(first, ManifestState::kListing);
  EXPECT_EQ(row(Direction::kGiven, kProvince)->state, ManifestState::kSent);
  const auto effects = answer(said.back(), ManifestState::kListing);
  const auto lists = manifests_in(records_to(effects, kProvince), RecordType::kManifestList);
  ASSERT_EQ(lists.size(), 3U);
  std::size_t entries = 0;
  for (const Record& list : lists) {
    EXPECT_EQ(list.manifest.parts, 3U);
    if (list.manifest.part > 0) {
      EXPECT_EQ(list.manifest.entries.front(),
                lists[list.manifest.part - 1].manifest.entries.back());
    }
    entries += list.manifest.entries.size();
  }
  EXPECT_EQ(entries, 2100U + 2);
  at.ack_records(kProvince, effects);
  const ManifestEntry stranger{kPrison, envelope_id(9), Hash{}};
  const auto alarms = answer(said.back(), ManifestState::kDiffers, {}, {stranger}).alarms;
  ASSERT_EQ(alarms.size(), 1U) << "this end shows it too";
  EXPECT_EQ(row(Direction::kGiven, kProvince)->unexpected.at(0), stranger);
}

}  // namespace
}  // namespace xianjie::tests
