// The signed, versioned list of offices as bytes and as plain records. A DirectoryFile is verified
// once as a whole and then read in place: 44,000 offices cost their bytes and nothing more.
// The tree, its indices and its rules stand in routing/directory.h. Format: fbs/directory.fbs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "schemas/bytes.h"
#include "schemas/ids.h"
#include "schemas/result.h"
#include "schemas/time.h"
#include "schemas/vocabulary.h"

namespace xianjie {
inline namespace schemas {

struct OfficeKeySet {
  KeyId id;
  PublicKey signing{}, sealing{}, link{};  // Ed25519, X25519, CURVE; never converted
  WallTime valid_from, valid_until;        // valid_until not set: open
  bool revoked = false;
  WallTime revoked_at{};  // from then on it counts no more; not set: it never counted
  friend bool operator==(const OfficeKeySet&, const OfficeKeySet&) = default;
};

struct Channel {
  ChannelClass klass = ChannelClass::kPublic;
  std::string endpoint;               // "tcp://10.1.2.3:7901" where others dial in, or ""
  std::vector<std::string> networks;  // CIDR; both ends must lie in them
  std::string interface;              // bound to it; "" in a rehearsal
  // Who vouches that the interface is a closed tunnel where it cannot be proved, and since when;
  // "" where nobody does. Counts for vpn only, and is shown as attested.
  std::string attested{};
  friend bool operator==(const Channel&, const Channel&) = default;
};

struct OfficeRecord {
  OfficeId id;
  std::string name;
  OfficeId parent;  // not set at the root
  std::vector<OfficeId> laterals;
  std::vector<std::uint32_t> codes;  // owned: 6 or 9 digits; the ministry owns 0, the whole tree
  std::vector<OfficeKeySet> keys;    // newest last
  std::vector<Channel> channels;     // at most one of each class; pairs form by class
  friend bool operator==(const OfficeRecord&, const OfficeRecord&) = default;
};

// What becomes of an office at a moment that everybody knows ahead.
struct OfficeChange {
  enum class What : std::uint8_t {
    kMove = 1,   // `other` is its parent from then on
    kMerge = 2,  // it is no more: `other` has its codes, children and mail
    kClose = 3,  // the same, with its parent of that moment for `other` (not set)
    kCode = 4,   // `other` owns `code` from then on, which the office owned
  };
  OfficeId office;
  WallTime effective;
  What what = What::kMove;
  OfficeId other;
  std::uint32_t code = 0;
  friend bool operator==(const OfficeChange&, const OfficeChange&) = default;
};

// A row of the official list of code changes: extends and overrides the built-in table.
struct CodeChange {
  std::uint32_t code = 0;  // 6 or 9 digits
  std::string name;
  Date from, to;                          // 1970-01-01: not known; `to` open where it is current
  std::vector<std::uint32_t> successors;  // none: it is current, or nobody knows
  std::string source;                     // the document that says so
  friend bool operator==(const CodeChange&, const CodeChange&) = default;
};

struct DirectoryHeader {
  std::uint64_t version = 0;
  bool rehearsal = false;  // loopback counts as vpn only here
  WallTime created, valid_until;
  std::vector<Date> holidays{};            // rising; days off besides Saturdays and Sundays
  std::vector<Date> working_weekends{};    // rising; Saturdays and Sundays that are worked instead
  std::vector<OfficeChange> changes{};     // by `effective`, then office
  std::vector<CodeChange> code_changes{};  // by code, distinct
};

struct DirectoryContents {
  DirectoryHeader header;
  std::vector<OfficeRecord> offices;  // any order; encode sorts by id
};

struct DirectorySignature {
  PublicKey key{};
  Signature signature{};  // over "XJ1/directory" ‖ H(body)
};
struct SignedDirectory {
  Bytes body;
  std::vector<DirectorySignature> signatures;
};

Bytes encode_directory_body(const DirectoryContents& contents);
Bytes encode(const SignedDirectory& directory);
Result<SignedDirectory> decode_signed_directory(ByteView bytes);

// A verified body, read in place. Copies share the bytes. Offices are sorted by id, distinct.
class DirectoryFile {
 public:
  static Result<DirectoryFile> open(Bytes body);  // structure, order, ranges; not the tree's sense
  [[nodiscard]] const DirectoryHeader& header() const;
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] OfficeId id(std::size_t index) const;
  [[nodiscard]] OfficeId parent(std::size_t index) const;
  [[nodiscard]] std::string_view name(std::size_t index) const;  // lives as long as the bytes
  [[nodiscard]] OfficeRecord record(std::size_t index) const;    // a copy of the whole entry
  [[nodiscard]] ByteView body() const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

}  // namespace schemas
}  // namespace xianjie
