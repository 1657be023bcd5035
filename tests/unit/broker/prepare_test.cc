// Before the turn: what check_envelope finds wrong, and what prepare_orders makes of an order.
#include <gtest/gtest.h>

#include "crypto/seal.h"
#include "crypto/statement.h"
#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;

struct Check : testing::Test {
  Writer prison{kPrison};
  StatementCache cache;
  Snapshot snapshot = nation().snapshot();
  Envelope good = prison.write(kTownship, Kind::kAdHocReport, kEarly);

  std::string fault(const Envelope& envelope) {
    const auto checked = check_envelope(envelope, *snapshot, cache);
    return checked.fault ? checked.fault->text : "";
  }
};

TEST_F(Check, AGoodOneHasItsHeaderAndLeaf) {
  const auto checked = check_envelope(good, *snapshot, cache);
  EXPECT_FALSE(checked.fault);
  EXPECT_FALSE(checked.other_root);
  EXPECT_EQ(checked.header, header_of(good));
  EXPECT_EQ(checked.leaf, crypto::leaf_of(good));
}

TEST_F(Check, EveryChangedByteIsFound) {
  ASSERT_EQ(fault(good), "");  // so that its statement is cached: the path must still be walked
  for (Bytes Envelope::*part :
       {&Envelope::header, &Envelope::slots, &Envelope::sealed, &Envelope::proof}) {
    for (std::size_t i = 0; i < (good.*part).size(); ++i) {
      Envelope bad = good;
      (bad.*part)[i] ^= 0x10U;
      const bool same_meaning = part == &Envelope::proof && fault(bad).empty();
      // Padding inside the proof's own encoding carries nothing; what it says must not differ.
      if (same_meaning) {
        const auto read = decode_proof(bad.proof), kept = decode_proof(good.proof);
        ASSERT_TRUE(read && kept);
        EXPECT_EQ(read->statement, kept->statement);
        EXPECT_EQ(read->signature, kept->signature);
        EXPECT_EQ(read->path, kept->path);
      } else {
        EXPECT_NE(fault(bad), "") << i;
      }
    }
  }
}

TEST_F(Check, EmptyAndCutPartsAreFound) {
  for (Bytes Envelope::*part :
       {&Envelope::header, &Envelope::slots, &Envelope::sealed, &Envelope::proof}) {
    Envelope bad = good;
    (bad.*part).clear();
    EXPECT_NE(fault(bad), "");
    bad = good;
    (bad.*part).pop_back();
    EXPECT_NE(fault(bad), "");
  }
}

TEST_F(Check, TheProofOfAnotherEnvelopeIsNone) {
  Envelope mixed = good;
  mixed.proof = prison.write(kTownship, Kind::kAdHocReport, kEarly).proof;
  EXPECT_NE(fault(mixed), "");
}

TEST_F(Check, TheClassMustBeTheKinds) {
  Header header = prison.header(kTownship, Kind::kAdHocReport, kEarly);
  header.klass = Class::kStatistical;
  EXPECT_TRUE(fault(prison.seal(header)).starts_with("wrong_class"));
}

TEST_F(Check, TheOriginsKeyMustBeKnownValidAndNotRevoked) {
  snapshot = nation().changed(
      [](DirectoryContents& contents) { record_of(contents, kPrison).keys[0].revoked = true; });
  EXPECT_TRUE(fault(good).starts_with("revoked_key")) << fault(good);
  snapshot = nation().changed(
      [](DirectoryContents& contents) { record_of(contents, kPrison).keys[0].id = {9}; });
  EXPECT_TRUE(fault(good).starts_with("unknown_key")) << fault(good);
  const auto validity = [&](WallTime from, WallTime until) {
    snapshot = nation().changed([&](DirectoryContents& contents) {
      record_of(contents, kPrison).keys[0].valid_from = from;
      record_of(contents, kPrison).keys[0].valid_until = until;
    });
    cache = {};  // each of these directories is "version 2"
    return fault(good);
  };
  EXPECT_TRUE(validity(kEarly + kClockSkew + Duration{1}, {}).starts_with("key_not_valid"));
  EXPECT_EQ(validity(kEarly + kClockSkew, {}), "");
  EXPECT_TRUE(
      validity(kEarly - days(9), kEarly - kClockSkew - Duration{1}).starts_with("key_not_valid"));
  EXPECT_EQ(validity(kEarly - days(9), kEarly - kClockSkew), "");
}

TEST_F(Check, SomebodyElsesSignatureIsFound) {
  snapshot = nation().changed([](DirectoryContents& contents) {
    record_of(contents, kPrison).keys[0].signing = office_keys(kCounty).signing_public();
  });
  EXPECT_TRUE(fault(good).starts_with("bad_signature")) << fault(good);
}

// A statement verified under one directory says nothing under the next: the key may be revoked
// there.
TEST_F(Check, TheCacheCountsForItsDirectoryOnly) {
  EXPECT_EQ(fault(good), "");
  EXPECT_EQ(fault(good), "");
  snapshot = nation().changed(
      [](DirectoryContents& contents) { record_of(contents, kPrison).keys[0].revoked = true; });
  EXPECT_TRUE(fault(good).starts_with("revoked_key"));
}

TEST_F(Check, OneNumberWithTwoRootsIsAnAlarmUnlessForged) {
  EXPECT_EQ(fault(good), "");
  Writer clone(kPrison, snapshot, 2);
  const Envelope other = clone.write(kTownship, Kind::kAdHocReport, kEarly);
  EXPECT_TRUE(check_envelope(other, *snapshot, cache).other_root);
  Envelope forged = other;
  auto proof = decode_proof(forged.proof);
  ASSERT_TRUE(proof);
  proof->signature[0] ^= 1U;
  forged.proof = encode(*proof);
  EXPECT_FALSE(check_envelope(forged, *snapshot, cache).other_root) << "anybody could raise it";
  EXPECT_EQ(fault(good), "") << "the first root still counts";
}

TEST_F(Check, AnUnreadableFrameIsCorrupt) {
  for (const Bytes& bytes : {Bytes{}, Bytes(64, 0xab)}) {
    const auto frame = check_frame(bytes, *snapshot, cache);
    ASSERT_FALSE(frame);
    EXPECT_EQ(frame.error().code, ErrorCode::kCorrupt);
  }
}

struct Prepare : testing::Test {
  SeededRandom random{5};
  routing::CalendarOptions calendar;
  Snapshot snapshot = nation().snapshot();

  std::vector<Result<PreparedOrder>> prepare(std::vector<Order> orders, WallTime now = kEarly) {
    return prepare_orders(orders, {*snapshot, office_keys(kPrison), calendar, random}, 1, now);
  }
  static Order order(OfficeId destination, Kind kind = Kind::kAdHocReport, Period period = {}) {
    Order out;
    out.kind = kind;
    out.destination = destination;
    out.period = period;
    out.payload = {1, 2, 3};
    return out;
  }
};

TEST_F(Prepare, APathKindIsReadableAlongItsPathAndByNobodyElse) {
  const auto made = prepare({order(kTownship)});
  ASSERT_TRUE(made[0]);
  const Outgoing& out = made[0]->main;
  std::vector<OfficeId> readers;
  for (const Reader& reader : out.header.readers) readers.push_back(reader.office);
  EXPECT_EQ(readers, (std::vector{kPrison, kBureau, kProvince, kPrefecture, kCounty, kTownship}));
  EXPECT_EQ(out.next, kBureau);
  for (const OfficeId reader : readers) {
    const auto opened = crypto::open_envelope(out.envelope, out.header, reader, {1},
                                              office_keys(reader).sealing_secret());
    ASSERT_TRUE(opened) << to_text(reader);
    EXPECT_EQ(*opened, (Bytes{1, 2, 3}));
  }
  EXPECT_FALSE(crypto::open_envelope(out.envelope, out.header, kSecondTownship, {1},
                                     office_keys(kSecondTownship).sealing_secret()));
  StatementCache cache;
  EXPECT_FALSE(check_envelope(out.envelope, *snapshot, cache).fault);
}

TEST_F(Prepare, AGatedKindKnowsItsGateAndWhenToResend) {
  const WallTime gate = wall("2026-12-10T09:00:00+08:00");
  auto made = prepare({order(kTownship, Kind::kPreReleaseNotice, kDecember)});
  ASSERT_TRUE(made[0]);
  EXPECT_EQ(made[0]->main.gate, gate);
  EXPECT_EQ(made[0]->main.first_resend, wall("2026-12-15T09:00:00+08:00"))
      << "the county's gate and a day";
  EXPECT_EQ(made[0]->main.header.not_after, gate + days(60));
  made = prepare({order(kTownship)});
  EXPECT_FALSE(made[0]->main.gate.is_set());
  EXPECT_EQ(made[0]->main.first_resend, kEarly + days(1));
}

TEST_F(Prepare, TheCopyIsForPopulationPoliceAlone) {
  Order wanted = order(kTownship);
  wanted.police_copy_code = 610802001;
  const auto made = prepare({wanted});
  ASSERT_TRUE(made[0] && made[0]->copy);
  const Header& copy = made[0]->copy->header;
  EXPECT_EQ(copy.copy_of, made[0]->main.header.id);
  EXPECT_EQ(copy.destination, kPopulationPolice);
  ASSERT_EQ(copy.readers.size(), 2U);
  EXPECT_EQ(copy.readers[0].office, kPrison);
  EXPECT_EQ(copy.readers[1].office, kPopulationPolice);
}

TEST_F(Prepare, OneBadOrderDoesNotStopTheOthers) {
  Order large = order(kTownship);
  large.payload.resize(kPayloadBytesMax + 1);
  Order shared = order(kTownship);
  shared.further_readers = {kSecondTownship};
  const auto made = prepare(
      {order(kPrison), large, order(office("township:610802009")), order(kTownship), shared});
  EXPECT_TRUE(made[0].error().text.starts_with("here")) << made[0].error().text;
  EXPECT_TRUE(made[1].error().text.starts_with("too_large")) << made[1].error().text;
  EXPECT_FALSE(made[2]);
  EXPECT_TRUE(made[3]);
  ASSERT_TRUE(made[4]) << "a rehearsal directory allows further readers";
  snapshot =
      nation().changed([](DirectoryContents& contents) { contents.header.rehearsal = false; });
  EXPECT_FALSE(prepare({shared})[0]);
}

TEST_F(Prepare, AReaderWithoutAValidKeyIsSaid) {
  snapshot = nation().changed(
      [](DirectoryContents& contents) { record_of(contents, kCounty).keys[0].revoked = true; });
  const auto made = prepare({order(kTownship)});
  ASSERT_FALSE(made[0]);
  EXPECT_TRUE(made[0].error().text.starts_with("no_key: county:610802")) << made[0].error().text;
}

}  // namespace
}  // namespace xianjie::tests
