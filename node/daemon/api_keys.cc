// `keys …`, as far as the daemon is asked.
#include <nlohmann/json.hpp>

#include "node/daemon/api.h"
#include "node/office/key_retirement.h"

namespace xianjie::node {

using nlohmann::json;

Api::Outcome Api::keys_retire(const Call&) {
  XJ_TRY(const auto txn, engine_.read());
  XJ_TRY(const auto rows, retirements(*txn, engine_.keys(), engine_.directory(), engine_.now()));
  json keys = json::array();
  for (const Retirement& row : rows)
    keys.push_back({{"key_id", row.id.number},
                    {"may_delete", row.may_delete},
                    {"reason", row.reason},
                    {"envelopes", row.envelopes}});
  return std::optional<json>({{"office", to_text(engine_.broker().self())},
                              {"current", engine_.keys().current().id().number},
                              {"keys", std::move(keys)}});
}

}  // namespace xianjie::node
