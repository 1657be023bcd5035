// The bytes of an evidence file (存证文件, .xje): named sections under one table and one signature,
// so that whatever was changed, lost or added can be named. Knows nothing of what the sections
// say; that stands in sections.h. Integers are big-endian (schemas/bytes.h, Encoder). A file is
//   "xianjie-evidence 1\n"
//   u32 length of the table · table · 32 H(table)
//   the sections' bytes, one after the other
//   closing: u32 sections · 32 H(all before the closing) · u64 maker · u32 key · i64 time · 64
//   Ed25519
// where the table is u8 subject (1 envelope, 2 month) · u32 sections, and of each
//   u8 type · u64 length · 32 H(bytes) · u8 length of its label · label
// and the maker signs "XJ1/evidence" ‖ maker ‖ key ‖ time ‖ sections ‖ H(all before the closing).
// Example: one section, type 9, label "x", bytes 00:
//   7869616e6a69652d65766964656e63652031 0a  0000002f
//   01 00000001  09 0000000000000001 H(00) 01 78   H(table)  00
//   00000001 H(all above)  04000000000951f2 00000001 800001a267c39280  signature
// Read next: sections.h (what they hold), check.h (what they prove).
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "crypto/keys.h"
#include "schemas/bytes.h"
#include "schemas/ids.h"
#include "schemas/time.h"

namespace xianjie::node::evidence {

inline constexpr std::size_t kFileBytesMax = std::size_t{1} << 30;
inline constexpr std::size_t kSectionsMax = std::size_t{1} << 19;
inline constexpr std::size_t kLabelBytesMax = 200;
inline constexpr std::size_t kClosingBytes = 4 + 32 + 8 + 4 + 8 + 64;

enum class Subject : std::uint8_t { kEnvelope = 1, kMonth = 2 };

enum class SectionType : std::uint8_t {
  kDirectory = 1,  // the signed directory, as its file
  kEnvelope = 2,   // header, hashes of slots and sealed bytes, batch proof
  kCustody = 3,    // one signed acknowledgement with the leaves it covers
  kRecord = 4,     // one signed record (schemas/record.h)
  kContent = 5,    // a disclosed payload key, with the sealed bytes that it opens
  kLedger = 6,     // what the office says became of its own envelopes of a month
  kPassages = 7,   // what passed between the office and a neighbour for a month
  kAudit = 8,      // lines of the audit log, and the chain from them to a head
  kAsked = 9,      // which offices were asked for their custody statements, and answered
  kSubjects = 10,  // ids and leaves of what the file is about, as its maker knows them
};

struct Section {
  SectionType type = SectionType::kDirectory;
  std::string label;  // which of its type, in ids and office names: "county:610802 to …"
  Bytes bytes;
};

struct Closing {
  OfficeId maker;
  KeyId key;
  WallTime time;
  std::uint32_t sections = 0;
  Hash digest{};  // of all before the closing
  Signature signature{};
  [[nodiscard]] Bytes signed_bytes() const;  // after the domain "XJ1/evidence"
};
inline constexpr std::string_view kEvidenceDomain = "XJ1/evidence";

struct Container {
  Subject subject = Subject::kEnvelope;
  std::vector<Section> sections;
  Closing closing;  // whose signature is for check.h: it needs the directory inside
};

// What is wrong, where, in both languages. `section`, `zh_section`: the part's name in words.
struct Fault {
  std::string section, zh_section;
  std::string token;  // version, title, contents, changed, cut, added, closing, and of check.h
  std::string en, zh;
  friend bool operator==(const Fault&, const Fault&) = default;
};

// "custody statement 3: county:610802 to township:610802001"; `number` counts its type from 1.
std::string name_of(SectionType type, std::size_t number, const std::string& label);
std::string zh_name_of(SectionType type, std::size_t number, const std::string& label);

// XJ_CHECKs the limits above. Labels are cut to kLabelBytesMax.
Bytes write_container(Subject subject, const std::vector<Section>& sections,
                      const crypto::OfficeKeys& maker, WallTime time);
// Every length and hash; the first that is wrong is named.
std::expected<Container, Fault> read_container(ByteView file);

}  // namespace xianjie::node::evidence
