// From what a row says of a person's household registration to one code, and how it was reached
// (DESIGN section 5, rules 1 to 4). Deterministic; birth dates are never used; a wrong guess is a
// privacy breach, so doubt ends at a desk where a person decides.
#pragma once

#include <string>
#include <vector>

#include "routing/code_changes.h"
#include "schemas/result.h"
#include "schemas/vocabulary.h"

namespace xianjie::routing {

struct ResolveInput {
  std::string code;  // as handed in; "" where the row has none
  std::string address;
  std::string id_number;  // 18 digits, normalised; ""
};

struct Resolution {
  std::uint32_t code = 0;  // current code whose office decides
  Confidence confidence = Confidence::kAmbiguous;
  std::string rule;                  // one line for people: which rule, through which codes
  std::vector<std::uint32_t> steps;  // the chain of codes walked
};

// Refusals: Error::text is "token: text for a person" with CONTRACT's tokens (malformed,
// unknown_code, several_places, missing); `field` is CONTRACT's column to blame.
struct ResolveRefusal {
  std::string field;
  std::string reason;
};
// `changes`: the directory's own (routing/directory.h).
std::expected<Resolution, ResolveRefusal> resolve(const ResolveInput& input,
                                                  const CodeChanges& changes = {});

}  // namespace xianjie::routing
