// An evidence file from what an office holds: repeated pieces once, each section with its name.
// Nothing is checked here; whoever makes a file from what verifies gets one that verifies.
// Read next: container.h.
#pragma once

#include "node/evidence/container.h"
#include "node/evidence/sections.h"

namespace xianjie::node::evidence {

struct Pieces {
  Subject subject = Subject::kEnvelope;
  Bytes directory;  // the signed file
  std::vector<EnvelopeProof> envelopes;
  std::vector<Custody> custodies;
  std::vector<SignedRecord> records;
  std::vector<Content> contents;
  std::optional<LedgerSection> ledger;
  std::vector<PassageSection> passages;
  std::vector<AuditSection> audits;
  std::vector<AskedEntry> asked;
  std::vector<SubjectEntry> subjects;
};

// kFull: more than a file may hold.
Result<Bytes> build(const Pieces& pieces, const crypto::OfficeKeys& maker, WallTime time);

}  // namespace xianjie::node::evidence
