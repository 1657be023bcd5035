// Signed records: receipts, inquiries, epochs, standings, manifests, heads of audit logs, custody
// statements that were asked for. Records are not envelopes: no sealing, no custody, made again
// when a repeat comes, never an answer to a receipt; codes only, no free text. A record is issued
// by one office for one office and carries many entries under one signature. Format:
// fbs/record.fbs. Read next: broker/receipts.h.
#pragma once

#include <vector>

#include "schemas/bytes.h"
#include "schemas/ids.h"
#include "schemas/result.h"
#include "schemas/time.h"
#include "schemas/vocabulary.h"

namespace xianjie {
inline namespace schemas {

enum class RecordType : std::uint8_t {
  kReceipts = 1,
  kInquiry = 2,
  kEpoch = 3,
  kStanding = 4,
  kManifest = 5,
  kManifestList = 6,
  kManifestAnswer = 7,
  kHead = 8,            // how far an office's audit log has come, to its parent and one neighbour
  kHeadSeen = 9,        // their countersignature
  kCustodyWanted = 10,  // "which custody statements about this envelope do you hold?"
  kCustody = 11,        // those: its answer
  kRecall = 12,         // from a destination to an origin: what did I last tell you of these?
  kRecallAnswer = 13,   // in it the receipts that the origin knows, as far as they are certain
  kVoucher = 20,        // "I have had this envelope since then", or "I wrote it": vouchers.cc
  kVouchersWanted = 21  // "since when have you had these?"
};

struct Receipt {  // about one envelope; binds (origin, id, leaf), origin being the record's target
  EnvelopeId id;
  Hash leaf{};
  ReceiptType type = ReceiptType::kAccepted;
  WallTime time;
  friend bool operator==(const Receipt&, const Receipt&) = default;
};
struct InquiryEntry {  // "what became of it?", from an origin to its destination
  EnvelopeId id;
  Hash leaf{};
  friend bool operator==(const InquiryEntry&, const InquiryEntry&) = default;
};
// One number of how an office stands; numbers of zero are left out.
struct StandingEntry {
  Period period;
  Kind kind = Kind::kNone;
  StandingColumn column = StandingColumn::kAccepted;
  std::uint32_t count = 0;
  friend bool operator==(const StandingEntry&, const StandingEntry&) = default;
};

// What one office has given to the next one for a period (DESIGN section 7), and what that one says
// to it. The record's `epoch` is the giver's store; number rises in it, and each is cumulative.
struct ManifestEntry {
  OfficeId origin;
  EnvelopeId id;
  Hash leaf{};
  friend auto operator<=>(const ManifestEntry&, const ManifestEntry&) = default;
};
struct DestinationCount {
  OfficeId office;  // not set: the further ones together
  std::uint32_t count = 0;
  friend bool operator==(const DestinationCount&, const DestinationCount&) = default;
};
struct Manifest {
  Period period;
  std::uint64_t taker_epoch = 0;  // the taker's store; what an earlier one took is not in it
  std::uint32_t number = 0;
  std::uint32_t count = 0;  // of an answer: what the taker has
  Hash root{};              // Merkle root of the set, in order (broker/month_tables.h)
  std::vector<DestinationCount> destinations;  // kManifest
  // kManifestList: slice `part` of `parts`, sorted; each but the first begins with the last entry
  // of the one before, so that nothing can hide between two.
  std::uint32_t part = 0, parts = 0;
  std::vector<ManifestEntry> entries;
  // kManifestAnswer: agreed, listing (the list is wanted) or differs; then who is at fault, at most
  // kRecordEntriesMax in all.
  ManifestState state{};
  std::vector<ManifestEntry> missing, unexpected;  // at the taker
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

struct Record {
  RecordType type = RecordType::kReceipts;
  OfficeId issuer;
  KeyId key;
  OfficeId target;
  WallTime created;
  std::vector<Receipt> receipts;        // kReceipts, kRecallAnswer: 1 to kRecordEntriesMax
  std::vector<InquiryEntry> inquiries;  // kInquiry, kRecall: 1 to kRecordEntriesMax; of custody: 1
  std::uint64_t epoch = 0;  // a store's epoch, random per store; of heads and manifests too
  std::vector<StandingEntry> standing;  // kStanding: 0 to kRecordEntriesMax, for the root
  // The kind of all the envelopes that receipts and inquiries are about: a record uses only the
  // channels that its subject may use.
  Kind subject = Kind::kNone;
  Manifest manifest;  // kManifest, kManifestList, kManifestAnswer
  // kHead, kHeadSeen: the archive's newest record and the hash of the chain after it; `epoch` is
  // the store's of the office whose log it is.
  std::uint64_t audit_number = 0;
  Hash audit_head{};
  // kCustodyWanted, kCustody: the envelope's origin; `inquiries` holds the one envelope.
  OfficeId about;
  Bytes statements;        // kCustody: node/evidence/sections.h, one after the other; may be none
  std::uint64_t boot = 0;  // kEpoch: starts of that store; of two epochs the later start is newer
  std::vector<ManifestEntry> vouched{};  // kVoucher: one; kVouchersWanted: 1 to kRecordEntriesMax
  WallTime taken{};                      // kVoucher
  friend bool operator==(const Record&, const Record&) = default;
};

// The signed part and its signature (over "XJ1/record" ‖ body), as they travel.
struct SignedRecord {
  Bytes body;
  Signature signature{};
  std::uint8_t hops = 0;
  // What it takes of a Records frame's kBatchBytesMax.
  [[nodiscard]] std::size_t size() const { return body.size() + sizeof(Signature) + 32; }
  friend bool operator==(const SignedRecord&, const SignedRecord&) = default;
};
Bytes encode_record_body(const Record& record);
Result<Record> decode_record_body(ByteView body);
Bytes encode(const SignedRecord& record);
Result<SignedRecord> decode_signed_record(ByteView bytes);

}  // namespace schemas
}  // namespace xianjie
