// What becomes of consignments: answered by any way, settled, forgotten; months by disk; what is
// refused before anything of it is taken.
#include "broker/consignments.h"
#include "crypto/statement.h"
#include "tests/unit/broker/by_disk.h"

namespace xianjie::tests {
namespace {

using namespace broker;

class DiskLater : public ByDisk {
 protected:
  static Effects note_import(OneBroker& office, OfficeId from, std::uint64_t number) {
    return office.step({Imported{3, from, kDisk, 77, number, office.now.wall + days(14), 2}});
  }
  static std::size_t acks_waiting(OneBroker& office, OfficeId from) {
    std::size_t count = 0;
    for (const auto& [key, value] : office.rows(Table::kBatches))
      if (key[0] == 1 && Decoder(ByteView(key).subspan(1)).u64() == from.value()) ++count;
    return count;
  }
  static bool waits(OneBroker& office, OfficeId neighbour, ChannelClass channel = kDisk) {
    const auto txn = office.store.read();
    return *waits_for_consignment(**txn, office.broker(), neighbour, channel, office.now);
  }
};

TEST_F(DiskLater, AWireThatMayCarryTheKindAcknowledgesToo) {
  const EnvelopeKey key = submit(township, kCounty, Kind::kAlert);
  const Consigned disk = give(township, kCounty);
  township.connect(kCounty);
  county.connect(kTownship);
  const auto acks = frames_over<Ack>(take(county, kTownship, disk), kTownship, ChannelClass::kVpn);
  ASSERT_EQ(acks.size(), 1U);
  EXPECT_EQ(acks[0].channel_class, kDisk) << "it says how the mail came";
  township.feed(kCounty, acks[0]);
  EXPECT_EQ(township.state(key)->place, Place::kAway);
  EXPECT_EQ(row_of(township, kCounty, disk.number)->state, ConsignmentState::kAcknowledged);
}

TEST_F(DiskLater, AWireThatComesUpLaterAcknowledgesButNotAPublicOne) {
  submit(township, kCounty, Kind::kDetailedReport);
  take(county, kTownship, give(township, kCounty));
  EXPECT_TRUE(frames_to<Ack>(county.connect(kTownship, ChannelClass::kPublic), kTownship).empty());
  county.disconnect(kTownship);
  EXPECT_EQ(frames_to<Ack>(county.connect(kTownship), kTownship).size(), 1U);
}

TEST_F(DiskLater, WhatTheSenderHasSettledIsKeptNoLonger) {
  submit(township, kCounty, Kind::kAlert);
  take(county, kTownship, give(township, kCounty));
  submit(township, kCounty, Kind::kAlert);
  take(county, kTownship, give(township, kCounty));
  EXPECT_EQ(acks_waiting(county, kTownship), 2U) << "the first is still on its way back";
  take(township, kCounty, give(county, kTownship, true));
  submit(township, kCounty, Kind::kAlert);
  take(county, kTownship, give(township, kCounty));
  EXPECT_EQ(acks_waiting(county, kTownship), 1U);
}

TEST_F(DiskLater, AMonthByDiskIsAgreedOn) {
  OneBroker bureau{kBureau, kNow - hours(2)}, province{kProvince, kNow};
  Writer prison{kPrison};
  const auto count_and_state = [&] {
    for (const auto& [key, value] : bureau.rows(Table::kManifests))
      if (key == manifest_key({Direction::kGiven, kProvince, kDecember})) {
        const ManifestRow row = *decode_manifest_row(value);
        return std::pair{row.count, row.state};
      }
    return std::pair{std::uint32_t{99}, ManifestState::kSent};
  };
  bureau.connect(kPrison);
  bureau.give(kPrison, {prison.write(kTownship, Kind::kPreReleaseNotice, kEarly, kDecember),
                        prison.write(kTownship, Kind::kPreReleaseNotice, kEarly, kDecember)});
  bureau.connect(kProvince);  // before the gate: they know each other's stores
  bureau.disconnect(kProvince);
  bureau.advance(hours(2));
  const auto there_and_back = [&] {
    const Effects there = take(province, kBureau, give(bureau, kProvince));
    EXPECT_TRUE(there.alarms.empty()) << there.alarms[0];
    const Effects back = take(bureau, kProvince, give(province, kBureau, true));
    EXPECT_TRUE(back.alarms.empty()) << back.alarms[0];
  };
  const Consigned disk = give(bureau, kProvince);
  EXPECT_EQ(disk.envelopes, 2U);
  EXPECT_EQ(count_and_state().first, 99U) << "what is on its way is not given yet";
  take(province, kBureau, disk);
  take(bureau, kProvince, give(province, kBureau, true));
  EXPECT_EQ(count_and_state(), std::pair(std::uint32_t{2}, ManifestState::kSent));
  EXPECT_TRUE(waits(bureau, kProvince)) << "a manifest is something to carry";
  there_and_back();
  EXPECT_EQ(count_and_state(), std::pair(std::uint32_t{2}, ManifestState::kAgreed));
  EXPECT_FALSE(waits(bureau, kProvince));
}

TEST_F(DiskLater, AnImportIsRememberedUntilItCouldNotComeAgain) {
  county.step();
  EXPECT_EQ(note_import(county, kTownship, 12).replies.at(0).token, 3U);
  county.restart();
  ASSERT_EQ(county.rows(Table::kImports).size(), 1U);
  EXPECT_EQ(county.rows(Table::kImports)[0].first, import_key(kTownship, 77, 12));
  for (int i = 0; i < 43; ++i) {
    county.advance(days(1));
    county.step();
  }
  EXPECT_EQ(county.rows(Table::kImports).size(), 1U);
  county.advance(days(3));
  county.step();
  EXPECT_TRUE(county.rows(Table::kImports).empty());
}

TEST_F(DiskLater, WhatWaitsIsMailThatMayGoAndNoWireTakes) {
  EXPECT_FALSE(waits(township, kCounty));
  submit(township, kCounty, Kind::kAlert);
  EXPECT_TRUE(waits(township, kCounty));
  const Consigned disk = give(township, kCounty);
  EXPECT_FALSE(waits(township, kCounty)) << "it is on its way";
  take(county, kTownship, disk);
  EXPECT_TRUE(waits(county, kTownship)) << "an acknowledgement";
  give(county, kTownship, true);
  EXPECT_FALSE(waits(county, kTownship));
  township.connect(kCounty, ChannelClass::kPublic);
  submit(township, kCounty, Kind::kDetailedReport);
  EXPECT_TRUE(waits(township, kCounty)) << "held for want of a wire";
  EXPECT_FALSE(waits(township, kCounty, ChannelClass::kFerry)) << "D+m";
}

// An old disk, from before the neighbour lost its store, neither alarms nor undoes what is known.
TEST_F(DiskLater, AnOldDiskIsOldNews) {
  submit(township, kCounty, Kind::kAlert);
  Consigned disk = give(township, kCounty);
  county.connect(kTownship);
  auto hello = std::get<Hello>(*decode_frame(disk.frames[0]));
  hello.store_epoch += 7;
  disk.frames[0] = encode(Frame(hello));
  const auto known = county.broker().peers().at(kTownship).epoch;
  const Effects taken = take(county, kTownship, disk);
  EXPECT_EQ(taken.delivered.size(), 1U) << "its mail is good all the same";
  EXPECT_TRUE(taken.alarms.empty()) << taken.alarms[0];
  EXPECT_EQ(county.broker().peers().at(kTownship).epoch, known);
}

class CheckDisk : public testing::Test {
 protected:
  static Consignment manifest() {
    Consignment out;
    out.from = kTownship;
    out.to = kCounty;
    out.store_epoch = 5;
    out.number = 17;
    out.created = kNow;
    out.expires = kNow + days(14);
    out.files = {{100, Hash{1}}};
    return out;
  }
  static std::string fault(const Consignment& wanted, OfficeId signer, WallTime at = kNow,
                           const Snapshot& snapshot = nation().snapshot()) {
    auto signed_one = crypto::sign_consignment(wanted, office_keys(signer));
    auto said = *decode_consignment_body(signed_one.body);
    said.from = wanted.from;
    said.key = office_keys(wanted.from).id();
    signed_one.body = encode_consignment_body(said);
    if (signer == wanted.from) signed_one = crypto::sign_consignment(wanted, office_keys(signer));
    const Now now{{}, at, true};
    const auto done = check_consignment(signed_one, said, *snapshot, kCounty, now, minutes(10));
    return done ? "" : done.error().text.substr(0, done.error().text.find(':'));
  }
};

TEST_F(CheckDisk, EachRuleHasItsWord) {
  EXPECT_EQ(fault(manifest(), kTownship), "");
  Consignment other = manifest();
  other.to = kPrefecture;
  EXPECT_EQ(fault(other, kTownship), "not_here");
  other = manifest();
  other.from = kPrison;
  EXPECT_EQ(fault(other, kPrison), "stranger");
  EXPECT_EQ(fault(manifest(), kSecondTownship), "bad_signature");
  EXPECT_EQ(fault(manifest(), kTownship, kNow + days(15)), "expired");
  EXPECT_EQ(fault(manifest(), kTownship, kNow - days(1)), "from_the_future");
  const auto edited = [](auto edit) {
    return nation().changed([edit](DirectoryContents& contents) {
      for (OfficeRecord& office : contents.offices)
        if (office.id == kTownship) edit(office.keys.at(0));
    });
  };
  EXPECT_EQ(fault(manifest(), kTownship, kNow, edited([](auto& key) { key.revoked = true; })),
            "revoked_key");
  EXPECT_EQ(fault(manifest(), kTownship, kNow,
                  edited([](auto& key) { key.valid_until = kNow - days(1); })),
            "key_not_valid");
  EXPECT_EQ(fault(manifest(), kTownship, kNow, edited([](auto& key) { key.id = {9}; })),
            "unknown_key");
}

TEST_F(CheckDisk, ItsFramesAreAHelloOfTheSendersAndWhatTravelsByDisk) {
  StatementCache cache;
  const auto check = [&](const Frame& frame, std::size_t index) {
    return check_consigned_frame(encode(frame), index, manifest(), *nation().snapshot(), cache)
        .has_value();
  };
  Hello hello;
  hello.office = kTownship;
  hello.store_epoch = 5;
  hello.channel_class = ChannelClass::kMedia;
  EXPECT_TRUE(check(hello, 0));
  EXPECT_FALSE(check(hello, 1));
  EXPECT_FALSE(check(Ping{1}, 1));
  EXPECT_FALSE(check(RecordsAck{1}, 1));
  Writer writer{kTownship};
  const EnvelopeBatch batch{1, 0, {writer.write(kCounty, Kind::kAlert, kNow)}};
  EXPECT_TRUE(check(batch, 1));
  EXPECT_FALSE(check(batch, 0));
  hello.store_epoch = 6;
  EXPECT_FALSE(check(hello, 0));
  hello.store_epoch = 5;
  hello.channel_class = ChannelClass::kFerry;
  EXPECT_FALSE(check(hello, 0));
  hello.channel_class = ChannelClass::kMedia;
  hello.office = kCounty;
  EXPECT_FALSE(check(hello, 0));
}

}  // namespace
}  // namespace xianjie::tests
