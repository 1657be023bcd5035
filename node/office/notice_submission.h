// Notices of releases as a submission (flow A1). Read next: submission.h, notice_rows.h.
#pragma once

#include "crypto/key_ring.h"
#include "node/office/submission.h"

namespace xianjie::node {

bool is_notice(Kind kind);  // pre_release_notice, ad_hoc_report
// The period that a hand-in at `now` belongs to; `wanted` not set: the open one. kRefused: over.
Result<Period> notice_period(Kind kind, Period wanted, WallTime now);

// Under which `persons` knows whom this office has reported: HMAC(local key, kind ‖ period ‖
// number).
Hash reported_person(Kind kind, Period period, std::string_view id_number,
                     const crypto::KeyRing& keys);

std::unique_ptr<Submission> notice_submission(Submission::Basis basis);

}  // namespace xianjie::node
