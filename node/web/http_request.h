// What stands in a browser's request.
#pragma once

#include <httplib.h>

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "schemas/bytes.h"
#include "schemas/result.h"

namespace xianjie::node {

inline constexpr std::size_t kJsonBodyMax = 64 * 1024;

// The value of one cookie; "" where it is not there.
std::string cookie_of(const httplib::Request& request, const std::string& name);
// A JSON object; "misuse: …" where the body is none, or longer.
Result<nlohmann::json> body_of(const httplib::Request& request,
                               std::size_t size_max = kJsonBodyMax);
std::map<std::string, std::string> options_of(const httplib::Request& request);  // its query
Result<Bytes> from_base64(const std::string& text);
// What stands behind "account=" in a line, up to the next space.
std::string value_of(const std::string& line, std::string_view key);
bool same(std::string_view a, std::string_view b);  // in constant time

}  // namespace xianjie::node
