// Release dates in the forms of CONTRACT: 2027-01-15, 2027/1/15, 2027.1.15, 2027年1月15日,
// 20270115. Full-width characters count as their plain ones; month and day may have one digit or
// two.
#pragma once

#include <optional>
#include <string_view>

#include "schemas/time.h"

namespace xianjie::node {

// Empty where the text has another form or names no real day.
std::optional<Date> parse_release_date(std::string_view text);

}  // namespace xianjie::node
