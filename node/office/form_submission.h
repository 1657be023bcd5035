// Filled-in forms as a submission: every kind but notices and answers (flows B, D, E). Each row is
// one form and goes to one office, or to several: to all of a subtree, to the parent and those it
// names. Read next: forms.h, form_rows.h.
#pragma once

#include "node/office/form_rows.h"
#include "node/office/submission.h"

namespace xianjie::node {

// The period of a kind that has one (a month's records); not set for the others.
Result<Period> form_period(Kind kind, Period wanted, WallTime now);

std::unique_ptr<Submission> form_submission(Submission::Basis basis);

// Where a row goes, by its kind's rule: pure, for requests that the bus makes by itself too.
struct Address {
  std::string_view subject, to, region_code;
  routing::ResolveInput registration;
};
struct Resolved {
  std::vector<OfficeId> offices;  // at least one, none of them this office
  std::uint32_t code = 0;         // where a registration led there
  Confidence confidence = Confidence::kExact;
};
std::expected<Resolved, FormFault> resolve_address(Kind kind, const Address& address, OfficeId self,
                                                   const routing::Directory& directory);

}  // namespace xianjie::node
