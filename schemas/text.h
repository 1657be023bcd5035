// Checks on text from outside, shared by the codecs here and the importers above.
#pragma once

#include <string_view>

namespace xianjie {
inline namespace schemas {

// Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF, no NUL.
bool is_utf8(std::string_view text);

bool is_ascii_digits(std::string_view text);  // one or more, and nothing else

// A word of codes and logs: 1 to 64 of a-z, 0-9, '_', '-', '.'.
bool is_token(std::string_view text);

}  // namespace schemas
}  // namespace xianjie
