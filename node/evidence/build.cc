#include "node/evidence/build.h"

#include <set>

#include "schemas/trust.h"

namespace xianjie::node::evidence {
namespace {

std::string record_label(const Record& record) {
  const auto between = [&](const char* what) {
    return std::string(what) + ", " + to_text(record.issuer) + " to " + to_text(record.target);
  };
  switch (record.type) {
    case RecordType::kReceipts:
      return between("receipts");
    case RecordType::kStanding:
      return "standing of " + to_text(record.issuer);
    case RecordType::kManifest:
      return between("manifest") + ", " + to_text(record.manifest.period);
    case RecordType::kManifestAnswer:
      return between("answer to a manifest") + ", " + to_text(record.manifest.period);
    case RecordType::kHead:
      return between("head of an audit log") + ", " + std::to_string(record.audit_number);
    case RecordType::kHeadSeen:
      return between("countersigned head") + ", " + std::to_string(record.audit_number);
    default:
      return between("record");
  }
}

std::string directory_label(ByteView bytes) {
  Bytes body;
  if (is_directory_bundle(bytes)) {
    const auto bundle = decode_directory_bundle(bytes);
    if (bundle && bundle->snapshot) body = bundle->snapshot->body;
  } else if (auto file = decode_signed_directory(bytes)) {
    body = std::move(file->body);
  }
  const auto contents = DirectoryFile::open(std::move(body));
  return contents ? "version " + std::to_string(contents->header().version) : "";
}

class Sections {
 public:
  void add(SectionType type, std::string label, Bytes bytes) {
    if (!seen_.emplace(type, bytes).second) return;
    size_ += bytes.size() + label.size();
    out_.push_back({type, std::move(label), std::move(bytes)});
  }
  [[nodiscard]] const std::vector<Section>& all() const { return out_; }
  [[nodiscard]] bool fits() const {
    return out_.size() <= kSectionsMax && size_ + out_.size() * 64 < kFileBytesMax / 2;
  }

 private:
  std::set<std::pair<SectionType, Bytes>> seen_;
  std::vector<Section> out_;
  std::size_t size_ = 0;
};

void add_month(const Pieces& pieces, Sections& out) {
  if (pieces.ledger)
    out.add(SectionType::kLedger,
            to_text(pieces.ledger->office) + ", " + to_text(pieces.ledger->period),
            encode(*pieces.ledger));
  for (const PassageSection& list : pieces.passages) {
    const bool given = list.direction == broker::Direction::kGiven;
    out.add(SectionType::kPassages,
            to_text(given ? list.office : list.neighbour) + " to " +
                to_text(given ? list.neighbour : list.office) + ", " + to_text(list.period),
            encode(list));
  }
}

}  // namespace

Result<Bytes> build(const Pieces& pieces, const crypto::OfficeKeys& maker, WallTime time) {
  Sections out;
  out.add(SectionType::kDirectory, directory_label(pieces.directory), pieces.directory);
  add_month(pieces, out);
  for (const EnvelopeProof& proof : pieces.envelopes) {
    const auto header = decode_header(proof.header);
    out.add(SectionType::kEnvelope, header ? to_text(header->id) : "", encode(proof));
  }
  for (const Custody& custody : pieces.custodies)
    out.add(SectionType::kCustody, to_text(custody.from) + " to " + to_text(custody.to),
            encode(custody));
  for (SignedRecord record : pieces.records) {
    record.hops = 0;  // not signed: the same record by two ways is one
    const auto body = decode_record_body(record.body);
    out.add(SectionType::kRecord, body ? record_label(*body) : "", encode(record));
  }
  for (const Content& content : pieces.contents)
    out.add(SectionType::kContent, to_text(content.id), encode(content));
  for (const AuditSection& audit : pieces.audits)
    out.add(SectionType::kAudit,
            to_text(audit.office) + ", from record " + std::to_string(audit.first), encode(audit));
  if (!pieces.subjects.empty()) out.add(SectionType::kSubjects, "", encode(pieces.subjects));
  if (!pieces.asked.empty()) out.add(SectionType::kAsked, "", encode(pieces.asked));
  if (!out.fits())
    return fail(ErrorCode::kFull,
                "too_large: one evidence file holds at most 512 MiB: ask for single envelopes");
  return write_container(pieces.subject, out.all(), maker, time);
}

}  // namespace xianjie::node::evidence
