// Text as people type it and spreadsheets export it, made plain: full-width forms, stray spaces and
// invisible marks. Input is UTF-8; broken sequences pass through untouched and harm nothing.
#pragma once

#include <string>
#include <string_view>

namespace xianjie::node {

// Without white space and invisible marks (no-break and ideographic space, byte order mark,
// zero-width and direction marks) at either end.
std::string_view trim(std::string_view text);

// Full-width ASCII (U+FF01 to U+FF5E) to ASCII, ideographic space to space; the rest unchanged.
std::string narrow(std::string_view text);

std::size_t count_characters(std::string_view text);  // code points

// Control characters other than tab, carriage return and line feed: never in an honest cell.
bool has_control_characters(std::string_view text);

bool all_digits(std::string_view text);  // ASCII, at least one

// 4.5E+17, 1.10101e17: what a spreadsheet leaves of a long number.
bool is_scientific(std::string_view text);

}  // namespace xianjie::node
