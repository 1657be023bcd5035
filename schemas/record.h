// Signed records: receipts, inquiries, epochs, standings. Records are not envelopes: no sealing, no
// custody, made again when a repeat comes, never an answer to a receipt; codes only, no free text.
// A record is issued by one office for one office and carries many entries under one signature.
// Format: fbs/record.fbs. Read next: broker/receipts.h.
#pragma once

#include <vector>

#include "schemas/bytes.h"
#include "schemas/ids.h"
#include "schemas/result.h"
#include "schemas/time.h"
#include "schemas/vocabulary.h"

namespace xianjie {
inline namespace schemas {

enum class RecordType : std::uint8_t { kReceipts = 1, kInquiry = 2, kEpoch = 3, kStanding = 4 };

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

struct Record {
  RecordType type = RecordType::kReceipts;
  OfficeId issuer;
  KeyId key;
  OfficeId target;
  WallTime created;
  std::vector<Receipt> receipts;        // kReceipts: 1 to kRecordEntriesMax
  std::vector<InquiryEntry> inquiries;  // kInquiry: 1 to kRecordEntriesMax
  std::uint64_t epoch = 0;              // kEpoch: the issuer's store epoch, random per store
  std::vector<StandingEntry> standing;  // kStanding: 0 to kRecordEntriesMax, for the root
  // The kind of all the envelopes that receipts and inquiries are about: a record uses only the
  // channels that its subject may use.
  Kind subject = Kind::kNone;
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
