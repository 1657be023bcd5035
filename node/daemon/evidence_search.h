// Finds in the archive, and in what is not yet there, all that proves something about some
// envelopes or a month (broker/kept.h says what an archive record is). In slices, so that the loop
// goes on. Read next: evidence_export.cc, evidence_answer.cc (who searches).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "node/daemon/engine.h"
#include "node/evidence/build.h"

namespace xianjie::node {

class EvidenceSearch {
 public:
  struct Wanted {
    std::map<Hash, EnvelopeId> leaves;
    std::set<EnvelopeId> ids;     // whose receipts and proofs; none: custody statements only
    std::optional<Period> month;  // its manifests and answers too
    std::string line;             // audit records with this in a line; "": none
  };
  struct Found {
    std::vector<evidence::Custody> custodies;
    std::vector<SignedRecord> records;
    std::map<EnvelopeId, broker::KeptProof> proofs;
    // The audit log from the first record shown on; empty: none.
    std::optional<evidence::AuditSection> audit;
    std::uint64_t audit_last_shown = 0;
    std::map<std::uint64_t, Hash> chain;  // the log's hash after each record of `audit`
  };
  EvidenceSearch(OfficeId self, Wanted wanted) : self_(self), wanted_(std::move(wanted)) {}

  // True: all has been looked at.
  Result<bool> advance(Engine& engine);
  [[nodiscard]] Found& found() { return found_; }

 private:
  void look(ByteView bytes);
  void look_at_line(std::uint64_t number, ByteView bytes, const std::optional<Hash>& before);
  void add_custody(const broker::CustodyRow& row);
  void add_record(const SignedRecord& record);
  Result<> look_at_store(Engine& engine);

  OfficeId self_;
  Wanted wanted_;
  Found found_;
  std::uint64_t next_ = 1;
  std::optional<Hash> before_ = Hash{};  // the chain's hash before `next_`, where it is known
};

}  // namespace xianjie::node
