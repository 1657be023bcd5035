#include "schemas/record.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/samples.h"

namespace xianjie {
namespace {

using tests::sample_receipts;

Record inquiry() {
  Record record = sample_receipts(0);
  record.type = RecordType::kInquiry;
  record.inquiries.push_back({tests::envelope_id(3), {}});
  return record;
}

Record epoch() {
  Record record = sample_receipts(0);
  record.type = RecordType::kEpoch;
  record.epoch = 0x1122334455667788;
  return record;
}

Record standing() {
  Record record = sample_receipts(0);
  record.type = RecordType::kStanding;
  record.standing = {{{202612}, Kind::kPreReleaseNotice, StandingColumn::kAccepted, 7},
                     {{202701}, Kind::kAdHocReport, StandingColumn::kLate, 1}};
  return record;
}

Record manifest(RecordType type) {
  Record record = sample_receipts(0);
  record.type = type;
  record.epoch = 9;
  const ManifestEntry entry{record.issuer, tests::envelope_id(4), Hash{7}};
  Manifest& said = record.manifest;
  said.period = {202612};
  said.taker_epoch = 8;
  said.number = 3;
  said.count = 2;
  said.root = Hash{1, 2};
  if (type == RecordType::kManifest) said.destinations = {{record.target, 2}, {{}, 1}};
  if (type == RecordType::kManifestList) {
    said.part = 1;
    said.parts = 2;
    said.entries = {entry};
  }
  if (type == RecordType::kManifestAnswer) {
    said.state = ManifestState::kDiffers;
    said.missing = said.unexpected = {entry};
  }
  return record;
}

Record vouchers(RecordType type) {
  Record record = sample_receipts(0);
  record.type = type;
  record.vouched = {{record.target, tests::envelope_id(5), Hash{3}}};
  if (type == RecordType::kVoucher)
    record.taken = record.created;
  else
    record.vouched.push_back({record.issuer, tests::envelope_id(6), Hash{4}});
  return record;
}

Record head(RecordType type) {
  Record record = sample_receipts(0);
  record.type = type;
  record.epoch = 9;
  record.audit_number = 1'000'000'000'000;
  record.audit_head = Hash{4};
  return record;
}

Record custody(RecordType type) {
  Record record = inquiry();
  record.type = type;
  record.about = record.target;
  if (type == RecordType::kCustody) record.statements = {1, 2, 3};
  return record;
}

TEST(Record, ReadsWhatARestoredStoreAsksAndSays) {
  Record asks = inquiry(), tells = sample_receipts(2), renewed = epoch();
  asks.type = RecordType::kRecall;
  tells.type = RecordType::kRecallAnswer;
  renewed.boot = 12;
  for (const Record& record : {asks, tells, renewed}) {
    const auto read = decode_record_body(encode_record_body(record));
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_EQ(*read, record);
  }
  std::vector<Record> wrong{asks, tells, inquiry()};
  wrong[0].type = RecordType::kRecallAnswer;
  wrong[1].type = RecordType::kRecall;
  wrong[2].boot = 1;
  for (const Record& record : wrong) EXPECT_FALSE(decode_record_body(encode_record_body(record)));
}

TEST(Record, ReadsHeadsAndCustodyStatements) {
  for (const Record& record :
       {head(RecordType::kHead), head(RecordType::kHeadSeen), custody(RecordType::kCustodyWanted),
        custody(RecordType::kCustody)}) {
    const auto read = decode_record_body(encode_record_body(record));
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_EQ(*read, record);
  }
  Record none = custody(RecordType::kCustody);
  none.statements.clear();
  EXPECT_TRUE(decode_record_body(encode_record_body(none))) << "who holds none says so";
}

TEST(Record, RefusesHeadsAndCustodyThatAreNotWhole) {
  std::vector<Record> wrong(8, head(RecordType::kHead));
  wrong[0].audit_number = 0;
  wrong[1].epoch = 0;
  wrong[2].inquiries = inquiry().inquiries;
  wrong[3].about = wrong[3].target;
  wrong[4] = custody(RecordType::kCustodyWanted);
  wrong[4].statements = {1};
  wrong[5] = custody(RecordType::kCustody);
  wrong[5].about = {};
  wrong[6] = custody(RecordType::kCustody);
  wrong[6].inquiries.push_back(wrong[6].inquiries[0]);
  wrong[7] = custody(RecordType::kCustodyWanted);
  wrong[7].audit_number = 7;
  for (std::size_t i = 0; i < wrong.size(); ++i)
    EXPECT_FALSE(decode_record_body(encode_record_body(wrong[i]))) << i;
}

TEST(Record, ReadsWhatWasWritten) {
  for (const Record& record :
       {sample_receipts(), inquiry(), epoch(), standing(), manifest(RecordType::kManifest),
        manifest(RecordType::kManifestList), manifest(RecordType::kManifestAnswer)})
    EXPECT_EQ(decode_record_body(encode_record_body(record)), record);
}

TEST(Record, ReadsFromAnyAlignment) {
  const Bytes bytes = encode_record_body(sample_receipts());
  for (std::size_t shift = 1; shift < 8; ++shift) {
    Bytes room(shift, 0);
    room.insert(room.end(), bytes.begin(), bytes.end());
    EXPECT_EQ(decode_record_body(ByteView(room).subspan(shift)), sample_receipts());
  }
}

TEST(Record, EntriesFitTheType) {
  Record mixed = sample_receipts();
  mixed.inquiries = inquiry().inquiries;
  EXPECT_FALSE(decode_record_body(encode_record_body(mixed)));
  mixed = inquiry();
  mixed.epoch = 1;
  EXPECT_FALSE(decode_record_body(encode_record_body(mixed)));
  EXPECT_FALSE(decode_record_body(encode_record_body(sample_receipts(0))));
  mixed = epoch();
  mixed.epoch = 0;
  EXPECT_FALSE(decode_record_body(encode_record_body(mixed)));
  mixed = standing();
  mixed.epoch = 1;
  EXPECT_FALSE(decode_record_body(encode_record_body(mixed)));
  mixed = sample_receipts();
  mixed.standing = standing().standing;
  EXPECT_FALSE(decode_record_body(encode_record_body(mixed)));
  mixed = sample_receipts();
  mixed.type = static_cast<RecordType>(99);
  EXPECT_FALSE(decode_record_body(encode_record_body(mixed)));
}

TEST(Record, AStandingMayBeEmptyAndAColumnNotKnownHereIsLeftOut) {
  Record record = standing();
  record.standing[0].column = static_cast<StandingColumn>(250);
  auto read = decode_record_body(encode_record_body(record));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->standing.size(), 1U);
  EXPECT_EQ(read->standing[0].column, StandingColumn::kLate);
  record.standing.clear();
  EXPECT_EQ(decode_record_body(encode_record_body(record)), record);
  record = standing();
  record.standing[1].period = {202613};
  EXPECT_FALSE(decode_record_body(encode_record_body(record)));
}

TEST(Record, AManifestsPartsFitItsType) {
  const auto refuses = [](Record record) {
    return !decode_record_body(encode_record_body(record)).has_value();
  };
  Record record = manifest(RecordType::kManifest);
  record.manifest.number = 0;
  EXPECT_TRUE(refuses(record));
  record = manifest(RecordType::kManifest);
  record.manifest.period = {202600};
  EXPECT_TRUE(refuses(record));
  record = manifest(RecordType::kManifest);
  record.epoch = 0;
  EXPECT_TRUE(refuses(record));
  record = manifest(RecordType::kManifestList);
  record.manifest.part = 2;
  EXPECT_TRUE(refuses(record)) << "beyond the last";
  record.type = RecordType::kManifest;
  EXPECT_TRUE(refuses(record));
  record = manifest(RecordType::kManifestAnswer);
  record.manifest.state = ManifestState::kSent;
  EXPECT_TRUE(refuses(record));
  record.type = RecordType::kReceipts;
  EXPECT_TRUE(refuses(record));
  record = manifest(RecordType::kManifestAnswer);
  record.manifest.missing.resize(kRecordEntriesMax, record.manifest.missing[0]);
  EXPECT_TRUE(refuses(record)) << "missing and unexpected together";
}

TEST(Record, RefusesBrokenEntries) {
  Record record = sample_receipts();
  record.receipts[1].type = static_cast<ReceiptType>(8);
  EXPECT_FALSE(decode_record_body(encode_record_body(record)));
  record = sample_receipts();
  record.receipts[1].id = {};
  EXPECT_FALSE(decode_record_body(encode_record_body(record)));
  record = sample_receipts();
  record.receipts[1].time = {-5};
  EXPECT_FALSE(decode_record_body(encode_record_body(record)));
  record = sample_receipts();
  record.target = {};
  EXPECT_FALSE(decode_record_body(encode_record_body(record)));
}

TEST(Record, EntriesHaveALimit) {
  Record record = sample_receipts(kRecordEntriesMax);
  const Bytes body = encode_record_body(record);
  EXPECT_LE(body.size(), kRecordBytesMax);
  EXPECT_EQ(decode_record_body(body), record);
  EXPECT_FALSE(decode_record_body(encode_record_body(sample_receipts(kRecordEntriesMax + 1))));
}

// The offset to the receipts is moved by four bytes, onto an id that reads as the length 1: sound
// for the Verifier, and every entry then stands across its alignment.
TEST(Record, ReceiptsMustStandAligned) {
  Record record = sample_receipts(2);
  record.receipts[0].id.bytes = {1, 0, 0, 0, 9};
  Bytes body = encode_record_body(record);
  const Bytes vector_start{2, 0, 0, 0, 1, 0, 0, 0, 9};
  const auto vector =
      std::search(body.begin(), body.end(), vector_start.begin(), vector_start.end());
  ASSERT_NE(vector, body.end());
  int moved = 0;
  for (auto at = body.begin(); at + 4 < vector; at += 4) {
    if (at[0] != vector - at || at[1] != 0 || at[2] != 0 || at[3] != 0) continue;
    at[0] = static_cast<std::uint8_t>(at[0] + 4);
    ++moved;
  }
  ASSERT_EQ(moved, 1);
  const auto read = decode_record_body(body);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().text, "record: receipts misplaced");
}

TEST(Record, SignedFormCarriesTheBytes) {
  const SignedRecord record = tests::sample_signed_record();
  EXPECT_EQ(decode_signed_record(encode(record)), record);
  EXPECT_FALSE(decode_signed_record(record.body));
  EXPECT_FALSE(decode_record_body(encode(record)));
}

TEST(Record, AVoucherNamesOneEnvelopeAndSinceWhenAndFitsItsPlace) {
  for (const RecordType type : {RecordType::kVoucher, RecordType::kVouchersWanted}) {
    const Record record = vouchers(type);
    const auto read = decode_record_body(encode_record_body(record));
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_EQ(*read, record);
  }
  const Record good = vouchers(RecordType::kVoucher);
  EXPECT_LE(encode(SignedRecord{encode_record_body(good), {}, 0}).size(), kVoucherBytesMax);
  Record bad = good;
  bad.taken = {};
  EXPECT_FALSE(decode_record_body(encode_record_body(bad)));
  bad = good;
  bad.vouched.push_back(bad.vouched.front());
  EXPECT_FALSE(decode_record_body(encode_record_body(bad)));
  bad = good;
  bad.type = RecordType::kEpoch;
  EXPECT_FALSE(decode_record_body(encode_record_body(bad)));
  bad = good;
  bad.epoch = 3;
  EXPECT_FALSE(decode_record_body(encode_record_body(bad)));
}

}  // namespace
}  // namespace xianjie
