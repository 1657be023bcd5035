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

template <class Vector>
Result<std::vector<ManifestEntry>> take_entries(const Vector* from) {
  std::vector<ManifestEntry> out;
  if (from == nullptr) return out;
  if (!elements_aligned(from, 8)) return corrupt("record: entries misplaced");
  out.reserve(from->size());
  for (const fbs::ManifestEntry* each : *from) {
    const auto origin = OfficeId::from_value(each->origin());
    ManifestEntry entry;
    entry.id.bytes = array_of<decltype(entry.id.bytes)>(each->envelope());
    entry.leaf = array_of<Hash>(each->leaf());
    if (!origin || !entry.id.is_set()) return corrupt("record: broken manifest entry");
    entry.origin = *origin;
    out.push_back(entry);
  }
  return out;
}

Result<std::vector<DestinationCount>> take_destinations(const fbs::RecordBody& from) {
  std::vector<DestinationCount> out;
  if (from.destinations() == nullptr) return out;
  if (!elements_aligned(from.destinations(), 8)) return corrupt("record: destinations misplaced");
  out.reserve(from.destinations()->size());
  for (const fbs::DestinationCount* each : *from.destinations()) {
    const auto office = OfficeId::from_value(each->office());
    if (!office && each->office() != 0) return corrupt("record: broken destination");
    out.push_back({office.value_or(OfficeId{}), each->count()});
  }
  return out;
}

Result<Manifest> take_manifest(const fbs::RecordBody& from, RecordType type) {
  Manifest to;
  to.period = Period{from.period()};
  to.taker_epoch = from.taker_epoch();
  to.number = from.number();
  to.count = from.count();
  if (Period::make(to.period.year(), to.period.month()) != to.period || to.number == 0 ||
      from.root() == nullptr)
    return corrupt("record: broken manifest");
  to.root = array_of<Hash>(*from.root());
  XJ_TRY(to.destinations, take_destinations(from));
  to.part = from.part();
  to.parts = from.parts();
  XJ_TRY(to.entries, take_entries(from.entries()));
  XJ_TRY(to.missing, take_entries(from.missing()));
  XJ_TRY(to.unexpected, take_entries(from.unexpected()));
  const bool is_list = type == RecordType::kManifestList;
  const bool is_answer = type == RecordType::kManifestAnswer;
  const auto state = from_number<ManifestState>(from.state());
  if (is_list ? to.part >= to.parts : to.parts != 0 || to.part != 0 || !to.entries.empty())
    return corrupt("record: parts do not fit its type");
  if (is_answer ? !state || *state == ManifestState::kSent
                : from.state() != 0 || !to.missing.empty() || !to.unexpected.empty())
    return corrupt("record: an answer does not fit its type");
  if (type != RecordType::kManifest && !to.destinations.empty())
    return corrupt("record: destinations do not fit its type");
  if (is_answer) to.state = *state;
  return to;
}

// A record carries the entries of its type and nothing else.
Result<RecordType> take_type(const fbs::RecordBody& from) {
  const std::size_t receipts = length(from.receipts());
  const std::size_t inquiries = length(from.inquiries());
  const std::size_t standing = length(from.standing());
  for (const std::size_t entries :
       {receipts, inquiries, standing, length(from.destinations()), length(from.entries()),
        length(from.missing()) + length(from.unexpected()), length(from.vouched())})
    if (entries > kRecordEntriesMax) return corrupt("record: too many entries");
  const bool has_epoch = from.epoch() != 0;
  const bool has_manifest = from.period() != 0 || from.taker_epoch() != 0 || from.number() != 0 ||
                            from.count() != 0 || from.root() != nullptr || from.parts() != 0 ||
                            from.part() != 0 || from.state() != 0 ||
                            from.destinations() != nullptr || from.entries() != nullptr ||
                            from.missing() != nullptr || from.unexpected() != nullptr;
  const bool has_head = from.audit_number() != 0 || from.audit_head() != nullptr;
  const bool has_about = from.about() != 0 || from.statements() != nullptr;
  const std::size_t vouched = length(from.vouched());
  const bool of_voucher = from.type() == 20 || from.type() == 21;
  if (of_voucher ? vouched == 0 : vouched > 0 || from.taken() != 0)
    return corrupt("record: vouchers do not fit its type");
  const auto only = [&](RecordType type, bool has, bool of_epoch, bool of_manifest) {
    const bool of_custody = type == RecordType::kCustodyWanted || type == RecordType::kCustody;
    const bool of_head = type == RecordType::kHead || type == RecordType::kHeadSeen;
    const bool tells = type == RecordType::kReceipts || type == RecordType::kRecallAnswer;
    const bool asks = type == RecordType::kInquiry || type == RecordType::kRecall || of_custody;
    const bool other = (!tells && receipts > 0) || (!asks && inquiries > 0) ||
                       (type != RecordType::kEpoch && from.boot() != 0) ||
                       (type != RecordType::kStanding && standing > 0) || has_head != of_head ||
                       has_about != of_custody;
    if (!has || other || has_epoch != of_epoch || has_manifest != of_manifest)
      return Result<RecordType>(corrupt("record: entries do not fit its type"));
    return Result<RecordType>(type);
  };
  switch (from.type()) {
    case 1:
      return only(RecordType::kReceipts, receipts > 0, false, false);
    case 2:
      return only(RecordType::kInquiry, inquiries > 0, false, false);
    case 3:
      return only(RecordType::kEpoch, true, true, false);
    case 4:
      return only(RecordType::kStanding, true, false, false);
    case 5:
    case 6:
    case 7:
      return only(static_cast<RecordType>(from.type()), true, true, true);
    case 8:
    case 9:
      return only(static_cast<RecordType>(from.type()), from.audit_head() != nullptr, true, false);
    case 10:
      return only(RecordType::kCustodyWanted,
                  from.about() != 0 && inquiries == 1 && from.statements() == nullptr, false,
                  false);
    case 11:
      return only(RecordType::kCustody, from.about() != 0 && inquiries == 1, false, false);
    case 12:
      return only(RecordType::kRecall, inquiries > 0, false, false);
    case 13:
      return only(RecordType::kRecallAnswer, receipts > 0, false, false);
    case 20:
      return only(RecordType::kVoucher, vouched == 1 && from.taken() != 0, false, false);
    case 21:
      return only(RecordType::kVouchersWanted, from.taken() == 0, false, false);
    default:
      return corrupt("record: type unknown");
  }
}

bool is_manifest(RecordType type) {
  return type == RecordType::kManifest || type == RecordType::kManifestList ||
         type == RecordType::kManifestAnswer;
}

bool is_head(RecordType type) {
  return type == RecordType::kHead || type == RecordType::kHeadSeen;
}

auto entry_column(FlatBufferBuilder& builder, const std::vector<ManifestEntry>& entries) {
  flatbuffers::Offset<flatbuffers::Vector<const fbs::ManifestEntry*>> column;
  std::vector<fbs::ManifestEntry> out;
  out.reserve(entries.size());
  for (const ManifestEntry& entry : entries)
    out.emplace_back(fixed<fbs::Bytes16>(entry.id.bytes), fixed<fbs::Bytes32>(entry.leaf),
                     entry.origin.value());
  if (!out.empty()) column = builder.CreateVectorOfStructs(out);
  return column;
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
  const Manifest& manifest = record.manifest;
  flatbuffers::Offset<flatbuffers::Vector<const fbs::DestinationCount*>> destination_column;
  std::vector<fbs::DestinationCount> destinations;
  for (const DestinationCount& each : manifest.destinations)
    destinations.emplace_back(each.office.value(), each.count);
  if (!destinations.empty()) destination_column = builder.CreateVectorOfStructs(destinations);
  const auto entries = entry_column(builder, manifest.entries);
  const auto missing = entry_column(builder, manifest.missing);
  const auto unexpected = entry_column(builder, manifest.unexpected);
  const auto vouched = entry_column(builder, record.vouched);
  const auto root = fixed<fbs::Bytes32>(manifest.root);
  const auto head = fixed<fbs::Bytes32>(record.audit_head);
  flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> statements;
  if (!record.statements.empty()) statements = builder.CreateVector(record.statements);
  const auto body = fbs::CreateRecordBody(
      builder, static_cast<std::uint8_t>(record.type), record.issuer.value(), record.key.number,
      record.target.value(), record.created.ms, receipt_column, inquiry_column, record.epoch,
      standing_column, static_cast<std::uint8_t>(record.subject), manifest.period.yyyymm,
      manifest.taker_epoch, manifest.number, manifest.count,
      is_manifest(record.type) ? &root : nullptr, destination_column, manifest.part, manifest.parts,
      entries, static_cast<std::uint8_t>(manifest.state), missing, unexpected, record.audit_number,
      is_head(record.type) ? &head : nullptr, record.about.value(), statements, record.boot,
      vouched, record.taken.ms);
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
  to.boot = from->boot();
  XJ_TRY(to.standing, take_standing(*from));
  if (is_manifest(to.type)) {
    XJ_TRY(to.manifest, take_manifest(*from, to.type));
  }
  if (is_head(to.type)) {
    if (from->audit_number() == 0) return corrupt("record: a head without its number");
    to.audit_number = from->audit_number();
    to.audit_head = array_of<Hash>(*from->audit_head());
  }
  if (from->about() != 0) {
    const auto about = OfficeId::from_value(from->about());
    if (!about) return corrupt("record: broken origin");
    to.about = *about;
    to.statements = to_bytes(view(from->statements()));
  }
  XJ_TRY(to.vouched, take_entries(from->vouched()));
  to.taken = {from->taken()};
  if (to.taken.is_set() && !in_range(to.taken)) return corrupt("record: time out of range");
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
