// The local API's commands of an operator's hand: hold, release, requeue, expire, of one envelope
// or of all that match; first as a trial.
#include <nlohmann/json.hpp>
#include <sstream>

#include "node/daemon/api.h"
#include "node/office/desk.h"

namespace xianjie::node {

using nlohmann::json;

namespace {

constexpr std::size_t kOperatedMax = 10'000, kRefusedListed = 100;

// The answers to the events of one call, as they come.
struct Operated {
  std::size_t open = 0, done = 0, matched = 0;
  bool only_asked = false, more = false;
  json refused = json::array();
  [[nodiscard]] json view() const {
    return {{"matched", matched}, {"done", only_asked ? 0 : done},
            {"would", done},      {"refused", refused},
            {"more", more},       {"dry_run", only_asked}};
  }
};

}  // namespace

Api::Outcome Api::operate(const Call& call, broker::Act act) {
  const std::string reason = call.option("reason"), by = call.option("operator");
  const bool only_asked = call.flag("dry_run");
  if (reason.empty() && !only_asked)
    return refused("reason: missing; it is kept in the audit log with who did it");
  XJ_TRY(const auto txn, engine_.read());
  auto told = std::make_shared<Operated>();
  told->only_asked = only_asked;
  std::vector<broker::EnvelopeKey> keys;
  if (!call.option("id").empty()) {
    for (std::istringstream ids(call.option("id")); keys.size() < kOperatedMax;) {
      std::string id;
      if (!std::getline(ids, id, ',')) break;
      XJ_TRY(const auto key, find_key(*txn, engine_.broker().self(), id));
      keys.push_back(key);
    }
  } else {
    XJ_TRY(const EnvelopeFilter filter, call.envelope_filter());
    if (filter.state.empty())
      return refused(
          "id: which envelope? Or a filter: state, and neighbour, kind, origin, "
          "destination");
    for (std::string after; keys.size() < kOperatedMax;) {
      XJ_TRY(const EnvelopePage page,
             find_envelopes(*txn, filter, after, kEnvelopesPerPage, engine_.now()));
      for (const EnvelopeFound& one : page.found) keys.push_back(one.key);
      after = page.more;
      told->more = !after.empty();
      if (after.empty()) break;
    }
  }
  told->matched = told->open = keys.size();
  if (keys.empty()) return std::optional<json>(told->view());
  for (const broker::EnvelopeKey& key : keys)
    engine_.post(
        broker::Operate{0, key, act, only_asked ? "trial" : reason, by.empty() ? "local" : by,
                        only_asked},
        [told, key, answer = answerer(call)](broker::Reply& reply) {
          if (reply.result)
            ++told->done;
          else if (told->refused.size() < kRefusedListed)
            told->refused.push_back({{"id", to_text(key.id)}, {"text", reply.result.error().text}});
          if (--told->open == 0) answer(told->view(), true);
        });
  return later();
}

}  // namespace xianjie::node
