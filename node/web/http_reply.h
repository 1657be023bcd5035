// How a browser is answered: JSON, a fault, a file.
#pragma once

#include <httplib.h>

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "schemas/bytes.h"
#include "schemas/result.h"

namespace xianjie::node {

inline constexpr const char* kJsonType = "application/json";

void answer(httplib::Response& to, const nlohmann::json& value, int status = 200);
void answer_fault(httplib::Response& to, const Error& error);  // http_answer.h
void answer(httplib::Response& to, const Result<nlohmann::json>& result);
// The last step of every answer. Long ones go packed, quickly, where the browser takes that: left
// to itself the HTTP library packs with Brotli at its slowest, two seconds for a megabyte.
void pack(const httplib::Request& from, httplib::Response& to);
// As a download of this name, .csv or .xlsx.
void send_file(httplib::Response& to, const Bytes& bytes, const std::string& name);

}  // namespace xianjie::node
