// What is kept so that it can be proved later, and what of it others are told.
#include "broker/kept.h"

#include <gtest/gtest.h>

#include "crypto/seal.h"
#include "crypto/statement.h"
#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;

SignedRecord receipt_by(OfficeId issuer, const EnvelopeId& id, const Hash& leaf, ReceiptType type) {
  Record record;
  record.type = RecordType::kReceipts;
  record.target = kPrison;
  record.created = kNow;
  record.subject = Kind::kAdHocReport;
  record.receipts = {{id, leaf, type, kNow}};
  return crypto::sign_record(record, office_keys(issuer));
}

struct KeptEvidence : testing::Test {
  std::vector<Bytes> rows_of(OneBroker& at, char sort) {
    std::vector<Bytes> out;
    for (const auto& [key, value] : at.rows(Table::kAudit))
      if (value.at(0) == static_cast<std::uint8_t>(sort)) out.push_back(value);
    return out;
  }
  // Its own manifest of nothing is among the records too.
  std::vector<SignedRecord> receipts_of(OneBroker& at) {
    std::vector<SignedRecord> out;
    for (const Bytes& row : rows_of(at, 'R'))
      if (decode_record_body(read_record_row(row)->body)->type == RecordType::kReceipts)
        out.push_back(*read_record_row(row));
    return out;
  }
};

TEST_F(KeptEvidence, RowsAreWhatTheirDocumentSays) {
  KeptProof proof{{1, 2}, Hash{3}, Hash{4}, {7}};
  const Bytes row = proofs_row({proof, proof});
  EXPECT_EQ(to_hex(ByteView(row).first(7)), "45000000020102");
  const auto read = read_proofs_row(row);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, (std::vector{proof, proof}));
  EXPECT_FALSE(read_proofs_row(ByteView(row).first(row.size() - 1)));
  EXPECT_FALSE(read_record_row(row));
  const SignedRecord record = sample_signed_record();
  EXPECT_EQ(*read_record_row(record_row(record)), record);
  BatchRow batch;
  batch.items = {{{kPrison, envelope_id(1)}, Hash{9}}};
  const auto custody = read_custody_row(custody_row(kCounty, true, encode(batch)));
  ASSERT_TRUE(custody);
  EXPECT_TRUE(custody->taken);
  EXPECT_EQ(custody->neighbour, kCounty);
  EXPECT_EQ(custody->batch.items.at(0).leaf, Hash{9});
}

// The leaf of what is kept is the leaf that everybody signed for.
TEST_F(KeptEvidence, AProofHasTheEnvelopesLeaf) {
  Writer prison(kPrison);
  const Envelope envelope = prison.write(kTownship, Kind::kAdHocReport, kNow);
  const auto proof = kept_proof(envelope);
  ASSERT_TRUE(proof);
  EXPECT_EQ(proof->leaf(), crypto::leaf_of(envelope));
}

TEST_F(KeptEvidence, TheOriginKeepsReceiptsThatCountAndTheProofOfWhatIsDone) {
  OneBroker at(kPrison, kNow);
  at.connect(kBureau);
  Writer prison(kPrison);
  const auto order = prison.order(kTownship, Kind::kAdHocReport, kNow);
  SubmitItem item;
  item.row = 1;
  item.order = order;
  const auto sent = at.step({Submit{1, Hash{1}, {item}}});
  const auto batches = frames_to<EnvelopeBatch>(sent, kBureau);
  ASSERT_EQ(batches.size(), 1U);
  at.feed(kBureau, at.ack(kBureau, batches[0]));
  const EnvelopeId id = order.main.header.id;
  const Hash leaf = order.main.leaf;
  const auto delivered = receipt_by(kTownship, id, leaf, ReceiptType::kDelivered);
  at.feed(kBureau, Records{1, {delivered}});
  EXPECT_EQ(receipts_of(at).size(), 1U);
  at.feed(kBureau, Records{2, {delivered}});
  at.feed(kBureau, Records{3, {receipt_by(kCounty, id, leaf, ReceiptType::kProcessed)}});
  EXPECT_EQ(receipts_of(at).size(), 1U) << "what says nothing new, or counts for nothing";
  EXPECT_TRUE(rows_of(at, 'E').empty());
  const auto processed = receipt_by(kTownship, id, leaf, ReceiptType::kProcessed);
  at.feed(kBureau, Records{4, {processed}});
  ASSERT_EQ(receipts_of(at).size(), 2U);
  EXPECT_EQ(receipts_of(at)[1].body, processed.body);
  ASSERT_EQ(rows_of(at, 'E').size(), 1U);
  EXPECT_EQ(read_proofs_row(rows_of(at, 'E')[0])->at(0).leaf(), leaf);
  EXPECT_FALSE(at.kept({kPrison, id})) << "and the bytes went";
}

TEST_F(KeptEvidence, TheDestinationKeepsTheReceiptsThatItSigned) {
  OneBroker at(kTownship, kNow);
  at.connect(kCounty);
  Writer prison(kPrison);
  at.give(kCounty, {prison.write(kTownship, Kind::kAdHocReport, kNow)});
  ASSERT_EQ(rows_of(at, 'R').size(), 1U);
  const auto record = read_record_row(rows_of(at, 'R')[0]);
  EXPECT_TRUE(crypto::verify_record(*record, office_keys(kTownship).signing_public()));
}

struct CustodyAsked : KeptEvidence {
  OneBroker at{kCounty, kNow};
  Writer prison{kPrison};
  Envelope envelope = prison.write(kTownship, Kind::kAdHocReport, kNow);
  const EnvelopeKey key = key_of(envelope);
  const Hash leaf = crypto::leaf_of(envelope);
  std::uint64_t frame = 0;
  void SetUp() override {
    at.connect(kPrefecture);
    at.connect(kTownship);
    at.give(kPrefecture, {envelope});
  }
  // Between two custodians, about this one envelope.
  static Record about(RecordType type, const EnvelopeId& id, const Hash& leaf) {
    Record record;
    record.type = type;
    record.target = kCounty;
    record.created = kNow;
    record.subject = Kind::kAdHocReport;
    record.about = kPrison;
    record.inquiries = {{id, leaf}};
    return record;
  }
  SignedRecord question(OfficeId asker, const Hash& of) const {
    return crypto::sign_record(about(RecordType::kCustodyWanted, key.id, of), office_keys(asker));
  }
  std::vector<CustodyTalk> ask(OfficeId asker, const Hash& about) {
    return at.feed(kPrefecture, Records{++frame, {question(asker, about)}}).custody_wanted;
  }
};

TEST_F(CustodyAsked, IsForThoseWhoHadItOnly) {
  for (const OfficeId asker : {kPrison, kBureau, kProvince, kPrefecture, kTownship}) {
    const auto wanted = ask(asker, leaf);
    ASSERT_EQ(wanted.size(), 1U) << to_text(asker);
    EXPECT_EQ(wanted[0].office, asker);
    EXPECT_EQ(wanted[0].key, key);
  }
  EXPECT_TRUE(ask(kSecondTownship, leaf).empty());
  EXPECT_TRUE(ask(kOtherProvince, leaf).empty());
  EXPECT_TRUE(ask(kPrison, Hash{1}).empty()) << "other bytes under the same id";
  EXPECT_NE(at.audit_text().find("custody_not_told"), std::string::npos);
}

TEST_F(CustodyAsked, IsNotAnsweredTooOften) {
  std::size_t answered = 0;
  for (int i = 0; i < 100; ++i) answered += ask(kPrison, leaf).size();
  EXPECT_EQ(answered, 64U);
  EXPECT_EQ(ask(kProvince, leaf).size(), 1U) << "others may still ask";
  at.advance(seconds(10));
  answered = 0;
  for (int i = 0; i < 100; ++i) answered += ask(kPrison, leaf).size();
  EXPECT_EQ(answered, 10U);
}

TEST_F(CustodyAsked, TheAnswerTravelsToTheAsker) {
  const auto effects = at.step({TellCustody{kPrison, key, {1, 2, 3}}});
  const auto records = records_to(effects, kPrefecture);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].type, RecordType::kCustody);
  EXPECT_EQ(records[0].target, kPrison);
  EXPECT_EQ(records[0].statements, (Bytes{1, 2, 3}));
  EXPECT_EQ(records[0].inquiries.at(0).leaf, leaf);
}

TEST_F(CustodyAsked, AnOfficeAsksAndIsTold) {
  const auto asked = at.step({AskCustody{key, {kProvince, kTownship}}});
  ASSERT_EQ(records_to(asked, kPrefecture).size(), 1U);
  EXPECT_EQ(records_to(asked, kPrefecture)[0].type, RecordType::kCustodyWanted);
  EXPECT_EQ(records_to(asked, kTownship).size(), 1U);
  Record told = about(RecordType::kCustody, key.id, leaf);
  told.statements = {9};
  const auto effects =
      at.feed(kPrefecture, Records{++frame, {crypto::sign_record(told, office_keys(kProvince))}});
  ASSERT_EQ(effects.custody_told.size(), 1U);
  EXPECT_EQ(effects.custody_told[0].office, kProvince);
  EXPECT_EQ(effects.custody_told[0].statements, Bytes{9});
}

}  // namespace
}  // namespace xianjie::tests
