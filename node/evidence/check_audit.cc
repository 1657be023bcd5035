// Lines of an audit log, the chain that leads from them to a head, and who countersigned that head.
#include "broker/archive.h"
#include "crypto/hash.h"
#include "node/evidence/case.h"

namespace xianjie::node::evidence {
namespace {

using nlohmann::json;

// The lines of a record of text; what else there is (statements, records) has sections of its own.
json lines_of(ByteView bytes) {
  json out = json::array();
  std::string_view text = as_text(bytes);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.push_back(std::string(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace

void Case::check_audit() {
  for (const auto& part : audits_) check_one_audit(part);
  std::set<OfficeId> shown;
  for (const auto& part : audits_) shown.insert(part.value.office);
  for (const auto& part : records_)
    if ((part.value.type == RecordType::kHead && !shown.contains(part.value.issuer)) ||
        (part.value.type == RecordType::kHeadSeen && !shown.contains(part.value.target)))
      fault(part.section, "other", "it covers no audit lines of this file",
            "与本文件中的审计日志无关");
}

void Case::check_one_audit(const Part<AuditSection>& part) {
  const AuditSection& audit = part.value;
  const std::string office = to_text(audit.office);
  if (audit.first == 1 && audit.before != Hash{})
    return fault(part.section, "chain", "a log begins with a hash of zeros", "日志链起点有误");
  std::map<std::uint64_t, Hash> heads;  // as the chain here has them
  Hash head = audit.before;
  std::uint64_t number = audit.first;
  std::vector<std::uint64_t> shown;
  for (const AuditEntry& entry : audit.entries) {
    head = broker::chain_hash(head, number, entry.hash);
    heads[number] = head;
    if (entry.bytes) shown.push_back(number);
    ++number;
  }
  std::uint64_t covered = 0;
  for (const auto& record : records_) {
    const Record& seen = record.value;
    const bool own = seen.type == RecordType::kHead && seen.issuer == audit.office;
    if (!own && (seen.type != RecordType::kHeadSeen || seen.target != audit.office)) continue;
    const auto at = heads.find(seen.audit_number);
    if (at == heads.end()) continue;
    if (at->second != seen.audit_head) {
      fault(part.section, "chain",
            "its chain has another hash at record " + std::to_string(seen.audit_number) + " than " +
                to_text(seen.issuer) + " signed",
            "日志链在第 " + std::to_string(seen.audit_number) + " 条与 " + to_text(seen.issuer) +
                " 签名的不一致");
      return;
    }
    if (own) continue;
    covered = std::max(covered, seen.audit_number);
    prove("audit_head",
          to_text(seen.issuer) + " countersigned on " + when(seen.created) + " the audit log of " +
              office + " up to record " + std::to_string(seen.audit_number),
          to_text(seen.issuer) + " 于 " + when(seen.created) + " 会签 " + office +
              " 的审计日志至第 " + std::to_string(seen.audit_number) + " 条");
  }
  std::size_t proved = 0, open = 0;
  json& rows = facts()["audit"];
  for (const std::uint64_t at : shown) {
    const AuditEntry& entry = audit.entries[at - audit.first];
    rows.push_back({{"office", office},
                    {"number", at},
                    {"countersigned", at <= covered},
                    {"lines", lines_of(*entry.bytes)}});
    (at <= covered ? proved : open) += 1;
  }
  if (proved > 0)
    prove("audit",
          std::to_string(proved) + " record(s) of the audit log of " + office +
              " shown here stood in it when it was countersigned",
          "此处所示 " + office + " 的 " + std::to_string(proved) + " 条审计记录在会签时已在日志中");
  if (open > 0)
    cannot(
        "audit",
        "that " + std::to_string(open) + " record(s) of the audit log of " + office +
            " were not written later: no countersigned head in this file covers them",
        office + " 的 " + std::to_string(open) + " 条审计记录并非事后补写：本文件中无会签覆盖它们");
}

}  // namespace xianjie::node::evidence
