// The local API's commands about the directory.
#include "node/daemon/api.h"

namespace xianjie::node {

using nlohmann::json;

Api::Outcome Api::directory_status(const Call&) {
  return std::optional<json>(engine_.directory_status());
}

Api::Outcome Api::directory_import(const Call& call) {
  XJ_TRY(const DirectoryBundle news, decode_directory_bundle(call.request.body));
  return std::optional<json>(engine_.import_directory(news));
}

}  // namespace xianjie::node
