// The local API between an application or the CLI and its daemon, over ipc:// (file permissions
// guard it). One request, then any number of progress replies, then one final reply. Bodies are
// JSON with CONTRACT's names, so that `xianjie --json` prints what the daemon said.
// Format: fbs/api.fbs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "schemas/bytes.h"
#include "schemas/result.h"

namespace xianjie {
inline namespace schemas {

struct ApiRequest {
  std::uint64_t id = 0;                        // repeated in every reply
  std::string command;                         // "submit", "inbox.list", "month.status" …
  std::map<std::string, std::string> options;  // names as the CLI's long options
  Bytes body;                                  // a submitted file's bytes
};
struct ApiReply {
  std::uint64_t id = 0;
  bool final = true;  // false: progress
  bool ok = false;
  ErrorCode code = ErrorCode::kRefused;  // where not ok
  std::string text;                      // where not ok: what to do
  std::string json;                      // where ok, or progress
  Bytes body;                            // an export's bytes
};

Bytes encode(const ApiRequest& request);
Result<ApiRequest> decode_api_request(ByteView bytes);
Bytes encode(const ApiReply& reply);
Result<ApiReply> decode_api_reply(ByteView bytes);

}  // namespace schemas
}  // namespace xianjie
