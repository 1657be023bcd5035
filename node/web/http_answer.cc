#include "node/web/http_answer.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace xianjie::node {
namespace {

struct FaultRow {
  std::string_view token;
  int status;
};
constexpr std::array kTokens{FaultRow{"misuse", 400}, FaultRow{"sign_in", 401},
                             FaultRow{"second_factor", 401}, FaultRow{"forbidden", 403},
                             FaultRow{"locked", 429}};

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kRetry:
      return 503;
    case ErrorCode::kRefused:
      return 409;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kCorrupt:
    case ErrorCode::kFull:
    case ErrorCode::kIo:
      break;
  }
  return 500;
}

}  // namespace

HttpFault http_fault(const Error& error) {
  const std::string_view text = error.text;
  const std::string_view token = text.substr(0, std::min(text.find(':'), text.size()));
  const auto row = std::ranges::find(kTokens, token, &FaultRow::token);
  nlohmann::json fault{{"code", row == kTokens.end() ? to_word(error.code) : row->token},
                       {"text", error.text}};
  if (token == "second_factor") {
    fault["code"] = "sign_in";
    fault["second_factor"] = true;
  }
  return {row == kTokens.end() ? status_of(error.code) : row->status, {{"error", fault}}};
}

}  // namespace xianjie::node
