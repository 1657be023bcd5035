// Evidence files. An input is read as a file, and as one section inside a file that is hashed and
// signed anew around it: its first byte is the type, the rest the section. So what stands behind
// the hashes meets bytes that nobody meant to write too.
#include "node/evidence/check.h"

#include "node/evidence/sections.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/evidence_sample.h"

namespace {

using namespace xianjie;
using namespace xianjie::node::evidence;

template <class Decode>
void exact_section(ByteView bytes, Decode decode) {
  const auto read = decode(bytes);
  if (!read) return;
  fuzz::note_accepted();
  XJ_CHECK(encode(*read) == to_bytes(bytes));
}

void read_section(SectionType type, ByteView bytes) {
  if (type == SectionType::kEnvelope) exact_section(bytes, decode_envelope_proof);
  if (type == SectionType::kCustody) exact_section(bytes, decode_custody);
  if (type == SectionType::kContent) exact_section(bytes, decode_content);
  if (type == SectionType::kLedger) exact_section(bytes, decode_ledger);
  if (type == SectionType::kPassages) exact_section(bytes, decode_passages);
  if (type == SectionType::kAudit) exact_section(bytes, decode_audit);
  if (type == SectionType::kAsked) exact_section(bytes, decode_asked);
  if (type == SectionType::kSubjects) exact_section(bytes, decode_subjects);
}

// Says something in every case, and the same again.
void check_whole(ByteView file) {
  const Verdict verdict = check(file);
  XJ_CHECK(verdict.holds() || !verdict.broken.front().section.empty());
  XJ_CHECK(!to_words(verdict, Language::kBoth).empty());
  XJ_CHECK(to_json(verdict) == to_json(check(file)));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  if (read_container(input)) fuzz::note_accepted();
  check_whole(input);
  if (size == 0 || size > 64 * 1024) return 0;
  static const tests::EvidenceSample kSample;
  const auto type = static_cast<SectionType>(data[0]);
  if (data[0] < 1 || data[0] > 10) return 0;
  read_section(type, input.subspan(1));
  for (const Subject subject : {Subject::kEnvelope, Subject::kMonth})
    check_whole(
        write_container(subject,
                        {{SectionType::kDirectory, "", kSample.pieces.directory},
                         {SectionType::kEnvelope, "", encode(kSample.pieces.envelopes.front())},
                         {type, "", to_bytes(input.subspan(1))}},
                        tests::office_keys(tests::kPrison), tests::kNow));
  return 0;
}
