// One file while it is being checked: what its sections decode to, the directory they are held
// against, and the verdict as it grows. For the .cc files of this folder. Read next: check.cc.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "node/evidence/check.h"
#include "node/evidence/sections.h"
#include "routing/directory.h"

namespace xianjie::node::evidence {

// The directory inside a file (directory.cc): its signatures verify, whose they are is not known.
struct DirectoryEvidence {
  routing::Directory directory;
  std::string fingerprint;  // of the newest root, as it is read out: "3f2a 9c01 …"
  std::size_t signers = 0;
  bool named = false;  // `root` is its, or that of a root before
};
// Its planned changes up to `at` are in force.
Result<DirectoryEvidence> open_directory(ByteView bytes, const std::string& root, WallTime at);

template <class T>
struct Part {
  std::size_t section = 0;  // index in the container
  T value;
};
struct KnownEnvelope {
  EnvelopeProof proof;
  Header header;
  Hash leaf{};
  WallTime written;   // when its batch was signed
  bool good = false;  // the origin's signature covers it
};

struct ProvedReceipt {
  ReceiptType type{};
  WallTime time;
  OfficeId by;
  WallTime signed_at;
};

class Case {
 public:
  Case(const Container& container, Verdict& verdict) : container_(container), verdict_(verdict) {}

  void prove(std::string token, std::string en, std::string zh) {
    verdict_.proved.push_back({std::move(token), std::move(en), std::move(zh)});
  }
  void cannot(std::string token, std::string en, std::string zh) {
    verdict_.not_proved.push_back({std::move(token), std::move(en), std::move(zh)});
  }
  void fault(std::size_t section, std::string token, std::string en, std::string zh);
  void fault_at_close(std::string token, std::string en, std::string zh);
  nlohmann::json& facts() { return verdict_.facts; }

  // Decodes every section; faults where one does not.
  void read_sections();
  void check_directory(const std::string& root);
  bool check_closing();  // false: whoever is named as its maker did not sign it
  void check_envelopes();  // check_envelope.cc
  void check_custody();
  void check_receipts();
  void check_content();
  void check_records();
  void check_month();  // check_month.cc
  void check_audit();  // check_audit.cc

  // The key by which an office signed at that time; the error says why it does not count.
  [[nodiscard]] Result<PublicKey> key_at(OfficeId office, KeyId key, WallTime at) const;
  [[nodiscard]] const KnownEnvelope* main() const;
  // Whether an office's word counts as the destination's: it itself, who has its mail since it
  // ended, or a reader that took it because the directory has moved (broker/follow.cc).
  [[nodiscard]] bool answers_for(const Header& header, OfficeId office) const;

 private:
  void say_directory(std::size_t section, const DirectoryEvidence& opened, bool root_named);
  void say_envelope(const Part<KnownEnvelope>& part);
  void check_one_custody(const Part<Custody>& part);
  void say_custody_gaps();
  void say_became();
  void say_receipts(const EnvelopeId& id, bool of_main);
  void gather_leaves();
  // check_month.cc
  void say_month(const LedgerSection& ledger);
  void check_passages(const Part<PassageSection>& part);
  void check_ledger_against_passages(const LedgerSection& ledger);
  void say_standings();
  // check_audit.cc
  void check_one_audit(const Part<AuditSection>& part);

  const Container& container_;
  Verdict& verdict_;
  std::optional<routing::Directory> directory_;
  std::vector<Part<KnownEnvelope>> envelopes_;
  std::vector<Part<Custody>> custodies_;
  std::vector<Part<Record>> records_;  // decoded; those whose signature counts after check_records
  std::vector<Part<SignedRecord>> signed_records_;
  std::vector<Part<Content>> contents_;
  std::vector<Part<LedgerSection>> ledgers_;
  std::vector<Part<PassageSection>> passages_;
  std::vector<Part<AuditSection>> audits_;
  std::vector<AskedEntry> asked_;
  std::vector<Part<SubjectEntry>> subjects_;
  std::map<EnvelopeId, std::vector<ProvedReceipt>> receipts_;
  std::map<Hash, EnvelopeId> leaves_;               // that the ledger or the subjects name
  std::set<std::pair<OfficeId, OfficeId>> passed_;  // hand-overs of the main envelope, proved
};

// Shared words.
std::string when(WallTime time);  // "2026-12-12 09:00:00 +08:00"
std::string word_and_zh(std::string_view word, std::string_view zh);  // "vpn (VPN网络)"

}  // namespace xianjie::node::evidence
