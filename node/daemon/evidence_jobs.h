// Work about evidence, a slice at a time: an export, and the answer to an office that asks what
// custody statements this one holds. Each in a queue of its own (daemon.h): an export waits for
// others' answers, and must not keep this office from answering. Read next: evidence_search.h.
#pragma once

#include <optional>
#include <string>

#include "node/daemon/jobs.h"

namespace xianjie::node {

inline constexpr Duration kCustodyWait = seconds(10);
inline constexpr Duration kCustodyWaitMax = minutes(5);

struct EvidenceRequest {
  std::optional<broker::EnvelopeKey> envelope;  // or
  std::optional<Period> month;
  bool with_payload_key = false;
  Duration wait = kCustodyWait;  // for the custody statements of others; none: they are not asked
  std::string account;           // who asks, for the audit log
};
using EvidenceAnswer = std::function<void(Result<nlohmann::json> answer, Bytes file)>;
std::unique_ptr<Job> evidence_job(EvidenceRequest request, EvidenceAnswer answer);

std::unique_ptr<Job> custody_answer_job(broker::CustodyTalk wanted);

}  // namespace xianjie::node
