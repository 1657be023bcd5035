// From the text of a registration address to a place of the code table (DESIGN section 5, rule 2):
// the longest name, level by level inside the matched parent, kinds (省 市 区 县 街道 …) optional.
// The way in is a province, a prefecture or a county; a township name alone never matches. A name
// without its kind counts where a lower place follows it, or a higher one was read before it: the
// first characters of a township's name are often the name of a county elsewhere. Read next:
// resolve.h.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace xianjie::routing {

struct AddressMatch {
  // The matched place; with several candidates the lowest place covering all of them; 0: nothing
  // matched, or the candidates lie in several provinces. Always an agency, never a statistical row.
  std::uint32_t code = 0;
  std::vector<std::uint32_t>
      candidates;  // two or more where the text fits several places equally well
  std::vector<std::uint32_t> provinces;  // of the candidates, distinct, sorted
};

AddressMatch match_address(std::string_view address);

}  // namespace xianjie::routing
