// What the sections of an evidence file hold, each with its codec. Fixed-width and big-endian
// (schemas/bytes.h); a blob is u32 length and bytes. Decoders refuse what no office writes.
//   envelope   u8 role · blob header · 32 H(slots) · 32 H(sealed) · blob proof
//              (of a payload in chunks, the root over them in the place of H(sealed))
//   custody    u64 from · u64 to · u32 key · u64 sender epoch · u64 batch · i64 time · u8 channel
//   class ·
//              64 signature · u16 count · count × (u8 outcome · 32 leaf)
//   record     a SignedRecord, as schemas/record.h encodes it; its hops count for nothing
//   content    16 id · 32 payload key · blob sealed · u32 chunks · each a blob
//   ledger     u64 office · u32 period · i64 as of · u32 count · count × entry (LedgerEntry, 99
//   bytes) passages   u8 direction · u64 office · u64 neighbour · u32 period · u64 giver's store
//   epoch ·
//              u64 taker's · u32 number · u32 count · count × (u8 kind · u64 origin · 16 id · 32
//              leaf)
//   audit      u64 office · u64 first number · 32 hash before · u32 count ·
//              count × (u8 1 · blob, or u8 0 · 32 H(bytes))
//   subjects   u32 count · count × (u8 role · u64 origin · 16 id · 32 leaf)
//   asked      u32 count · count × (u64 office · u8 answered)
// The example of each is in tests/unit/evidence/sections_test.cc. Read next: check.h.
#pragma once

#include <optional>
#include <vector>

#include "broker/kept.h"
#include "broker/month_tables.h"
#include "schemas/link.h"
#include "schemas/record.h"

namespace xianjie::node::evidence {

// What an envelope is to the one that the file is about.
enum class Relation : std::uint8_t {
  kMain = 1,          // it itself; in a month, one of the ledger's
  kCopy = 2,          // its copy to population-police
  kContinuation = 3,  // goes on with it
  kContinued = 4,     // what it goes on with
  kReplacement = 5,   // was made anew in its place
  kReplaced = 6,      // the one in whose place it was made
  kAnswer = 7,        // answers it
  kAnswered = 8,      // what it answers
};

struct EnvelopeProof : broker::KeptProof {
  Relation role = Relation::kMain;
};
// Of an envelope's bytes as they are kept.
Result<EnvelopeProof> proof_of(const Envelope& envelope, Relation role);
Bytes encode(const EnvelopeProof& proof);
Result<EnvelopeProof> decode_envelope_proof(ByteView bytes);

struct Custody {
  OfficeId from, to;  // from gave, to took and signed
  Ack ack;            // without retry_after_ms, which is not signed
  std::vector<Hash> leaves;
};
Bytes encode(const Custody& custody);
Result<Custody> decode_custody(ByteView bytes);
// Without its codec's length: what decode_custody takes, one after the other.
Result<std::vector<Custody>> decode_custodies(ByteView bytes);

struct Content {
  EnvelopeId id;
  Hash key{};
  Bytes sealed;
  std::vector<Bytes> chunks;
};
Bytes encode(const Content& content);
Result<Content> decode_content(ByteView bytes);

struct LedgerEntry {
  EnvelopeId id;
  Hash leaf{};
  OfficeId destination;
  Kind kind = Kind::kNone;
  ReceiptType receipt = ReceiptType::kAccepted;  // the newest that counts
  bool stuck = false;                            // held, dead or corrupt here
  bool continues = false;  // it goes on with another office's: that one's origin counts it
  EnvelopeId copy_of;      // set: a copy to population-police
  WallTime accepted, delivered, finished;  // the last two may be not set
};
struct LedgerSection {
  OfficeId office;
  Period period;
  WallTime as_of;
  std::vector<LedgerEntry> entries;
};
Bytes encode(const LedgerSection& ledger);
Result<LedgerSection> decode_ledger(ByteView bytes);

struct PassageEntry {
  Kind kind = Kind::kNone;
  broker::EnvelopeKey key;
  Hash leaf{};
};
struct PassageSection {
  broker::Direction direction = broker::Direction::kGiven;
  OfficeId office, neighbour;
  Period period;
  std::uint64_t giver_epoch = 0, taker_epoch = 0;
  std::uint32_t number = 0;           // of the manifest about it
  std::vector<PassageEntry> entries;  // in the order of the store's keys, as the root wants them
};
Bytes encode(const PassageSection& passages);
Result<PassageSection> decode_passages(ByteView bytes);

struct AuditEntry {
  std::optional<Bytes> bytes;  // shown; else only its hash
  Hash hash{};                 // of its bytes
};
struct AuditSection {
  OfficeId office;
  std::uint64_t first = 1;  // number of the first entry
  Hash before{};            // the chain's hash before it
  std::vector<AuditEntry> entries;
};
Bytes encode(const AuditSection& audit);
Result<AuditSection> decode_audit(ByteView bytes);

// An office that passed an envelope on has no header of it any more, and still its leaf.
struct SubjectEntry {
  Relation role = Relation::kMain;
  broker::EnvelopeKey key;
  Hash leaf{};
};
Bytes encode(const std::vector<SubjectEntry>& subjects);
Result<std::vector<SubjectEntry>> decode_subjects(ByteView bytes);

struct AskedEntry {
  OfficeId office;
  bool answered = false;
};
Bytes encode(const std::vector<AskedEntry>& asked);
Result<std::vector<AskedEntry>> decode_asked(ByteView bytes);

}  // namespace xianjie::node::evidence
