// From a resolved code or office to a path of custodians (DESIGN section 5, last part).
#pragma once

#include <vector>

#include "routing/directory.h"
#include "schemas/envelope.h"
#include "schemas/ids.h"
#include "schemas/result.h"

namespace xianjie::routing {

// The office that decides for a code: climb the code tree from `code` to the first code that an
// office owns. Not set where nobody does (a directory without the ministry).
OfficeId office_for_code(const Directory& directory, std::uint32_t code);

// Both ends included: up the office tree to the lowest common ancestor and down; provinces are
// direct neighbours of each other, and a lateral edge between the two ends is taken directly.
// kNotFound: an end is unknown or no path exists. kRefused: longer than kHopsMax.
Result<std::vector<OfficeId>> path(const Directory& directory, OfficeId from, OfficeId to);

// The second office of path(from, to).
Result<OfficeId> next_hop(const Directory& directory, OfficeId from, OfficeId to);

// Whether it is `root` or stands somewhere below it.
bool is_in_subtree(const Directory& directory, OfficeId office, OfficeId root);

// Whether the offices of its time may have stood otherwise: written by an older directory, or by
// this one before a change in it was in force. An office that was down on that day, or whose clock
// is not trusted, may still go by the tree before for 30 days. Its readers may stand in for its
// destination then.
bool written_before_change(const Directory& directory, const Header& header);

// population-police of the province in which `code` lies; not set where the directory has none.
OfficeId population_police_for(const Directory& directory, std::uint32_t code);

}  // namespace xianjie::routing
