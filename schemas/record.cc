#include "schemas/record.h"

#include "record_generated.h"
#include "schemas/codec.h"

namespace xianjie {
inline namespace schemas {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Verifier;

Result<std::vector<Receipt>> take_receipts(const fbs::RecordBody& from) {
  std::vector<Receipt> receipts;
  if (from.receipts() == nullptr) return receipts;
  if (!elements_aligned(from.receipts(), 8)) return corrupt("record: receipts misplaced");
  receipts.reserve(from.receipts()->size());
  for (const fbs::ReceiptEntry* entry : *from.receipts()) {
    const auto type = from_number<ReceiptType>(entry->type());
    const WallTime time{entry->time()};
    Receipt receipt;
    receipt.id.bytes = array_of<decltype(receipt.id.bytes)>(entry->envelope());
    receipt.leaf = array_of<Hash>(entry->leaf());
    if (!receipt.id.is_set() || !type || !time.is_set() || !in_range(time))
      return corrupt("record: broken receipt");
    receipt.type = *type;
    receipt.time = time;
    receipts.push_back(receipt);
  }
  return receipts;
}

Result<std::vector<InquiryEntry>> take_inquiries(const fbs::RecordBody& from) {
  std::vector<InquiryEntry> inquiries;
  if (from.inquiries() == nullptr) return inquiries;
  inquiries.reserve(from.inquiries()->size());
  for (const fbs::InquiryEntry* entry : *from.inquiries()) {
    InquiryEntry inquiry;
    inquiry.id.bytes = array_of<decltype(inquiry.id.bytes)>(entry->envelope());
    inquiry.leaf = array_of<Hash>(entry->leaf());
    if (!inquiry.id.is_set()) return corrupt("record: broken inquiry");
    inquiries.push_back(inquiry);
  }
  return inquiries;
}

Result<std::vector<StandingEntry>> take_standing(const fbs::RecordBody& from) {
  std::vector<StandingEntry> standing;
  if (from.standing() == nullptr) return standing;
  if (!elements_aligned(from.standing(), 4)) return corrupt("record: standing misplaced");
  standing.reserve(from.standing()->size());
  for (const fbs::StandingEntry* entry : *from.standing()) {
    const auto kind = from_number<Kind>(entry->kind());
    const auto column = from_number<StandingColumn>(entry->column());
    const Period period{entry->period()};
    if (Period::make(period.year(), period.month()) != period)
      return corrupt("record: broken standing");
    // A newer office above or below may count what this one does not know: left out here.
    if (kind && column) standing.push_back({period, *kind, *column, entry->count()});
  }
  return standing;
}

// A record carries the entries of its type and nothing else.
Result<RecordType> take_type(const fbs::RecordBody& from) {
  const std::size_t receipts = length(from.receipts());
  const std::size_t inquiries = length(from.inquiries());
  const std::size_t standing = length(from.standing());
  if (receipts > kRecordEntriesMax || inquiries > kRecordEntriesMax || standing > kRecordEntriesMax)
    return corrupt("record: too many entries");
  const bool has_epoch = from.epoch() != 0;
  if (standing > 0 && from.type() != 4) return corrupt("record: entries do not fit its type");
  switch (from.type()) {
    case 1:
      if (receipts > 0 && inquiries == 0 && !has_epoch) return RecordType::kReceipts;
      break;
    case 2:
      if (receipts == 0 && inquiries > 0 && !has_epoch) return RecordType::kInquiry;
      break;
    case 3:
      if (receipts == 0 && inquiries == 0 && has_epoch) return RecordType::kEpoch;
      break;
    case 4:
      if (receipts == 0 && inquiries == 0 && !has_epoch) return RecordType::kStanding;
      break;
    default:
      return corrupt("record: type unknown");
  }
  return corrupt("record: entries do not fit its type");
}

}  // namespace

Bytes encode_record_body(const Record& record) {
  FlatBufferBuilder builder(256 + record.receipts.size() * 64 + record.inquiries.size() * 48);
  std::vector<fbs::ReceiptEntry> receipts;
  receipts.reserve(record.receipts.size());
  for (const Receipt& receipt : record.receipts)
    receipts.emplace_back(fixed<fbs::Bytes16>(receipt.id.bytes), fixed<fbs::Bytes32>(receipt.leaf),
                          receipt.time.ms, static_cast<std::uint8_t>(receipt.type));
  std::vector<fbs::InquiryEntry> inquiries;
  inquiries.reserve(record.inquiries.size());
  for (const InquiryEntry& inquiry : record.inquiries)
    inquiries.emplace_back(fixed<fbs::Bytes16>(inquiry.id.bytes),
                           fixed<fbs::Bytes32>(inquiry.leaf));
  flatbuffers::Offset<flatbuffers::Vector<const fbs::ReceiptEntry*>> receipt_column;
  flatbuffers::Offset<flatbuffers::Vector<const fbs::InquiryEntry*>> inquiry_column;
  std::vector<fbs::StandingEntry> standing;
  standing.reserve(record.standing.size());
  for (const StandingEntry& entry : record.standing)
    standing.emplace_back(entry.period.yyyymm, entry.count, static_cast<std::uint8_t>(entry.kind),
                          static_cast<std::uint8_t>(entry.column));
  flatbuffers::Offset<flatbuffers::Vector<const fbs::StandingEntry*>> standing_column;
  if (!standing.empty()) standing_column = builder.CreateVectorOfStructs(standing);
  if (!receipts.empty()) receipt_column = builder.CreateVectorOfStructs(receipts);
  if (!inquiries.empty()) inquiry_column = builder.CreateVectorOfStructs(inquiries);
  const auto body = fbs::CreateRecordBody(
      builder, static_cast<std::uint8_t>(record.type), record.issuer.value(), record.key.number,
      record.target.value(), record.created.ms, receipt_column, inquiry_column, record.epoch,
      standing_column, static_cast<std::uint8_t>(record.subject));
  builder.Finish(body, kRecordBodyId);
  return take_bytes(builder);
}

Result<Record> decode_record_body(ByteView body) {
  const AlignedView aligned(body);
  const auto* from =
      verified_root<Verifier, fbs::RecordBody>(aligned, kRecordBodyId, kRecordBytesMax);
  if (from == nullptr) return corrupt("record: broken structure");
  const auto issuer = OfficeId::from_value(from->issuer());
  const auto target = OfficeId::from_value(from->target());
  if (!issuer || !target || from->key() == 0) return corrupt("record: issuer or target unknown");
  Record to;
  XJ_TRY(to.type, take_type(*from));
  to.issuer = *issuer;
  to.key = {from->key()};
  to.target = *target;
  to.created = {from->created()};
  if (!to.created.is_set() || !in_range(to.created)) return corrupt("record: time out of range");
  XJ_TRY(to.receipts, take_receipts(*from));
  XJ_TRY(to.inquiries, take_inquiries(*from));
  to.epoch = from->epoch();
  XJ_TRY(to.standing, take_standing(*from));
  // A kind that this version does not know counts as not said, and is kept off public networks.
  to.subject = from_number<Kind>(from->subject()).value_or(Kind::kNone);
  return to;
}

Bytes encode(const SignedRecord& record) {
  FlatBufferBuilder builder(record.body.size() + 256);
  const auto body = builder.CreateVector(record.body);
  const auto signature = fixed<fbs::Bytes64>(record.signature);
  builder.Finish(fbs::CreateSignedRecord(builder, body, &signature, record.hops), kSignedRecordId);
  return take_bytes(builder);
}

Result<SignedRecord> decode_signed_record(ByteView bytes) {
  const AlignedView aligned(bytes);
  const auto* from =
      verified_root<Verifier, fbs::SignedRecord>(aligned, kSignedRecordId, kRecordBytesMax + 1024);
  if (from == nullptr || from->signature() == nullptr)
    return corrupt("signed record: broken structure");
  return SignedRecord{to_bytes(view(from->body())), array_of<Signature>(*from->signature()),
                      from->hops()};
}

}  // namespace schemas
}  // namespace xianjie
