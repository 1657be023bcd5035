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

// What one call acts on, and the answers to its events, as they come.
struct Operated {
  std::vector<broker::EnvelopeKey> keys;
  std::size_t open = 0, done = 0;
  bool only_asked = false, more = false;
  json refused = json::array();
  [[nodiscard]] json view() const {
    return {{"matched", keys.size()}, {"done", only_asked ? 0 : done},
            {"would", done},          {"refused", refused},
            {"more", more},           {"dry_run", only_asked}};
  }
};

Result<> find_by_id(broker::ReadTxn& txn, OfficeId self, const std::string& listed,
                    Operated& into) {
  std::istringstream ids(listed);
  for (std::string id; std::getline(ids, id, ',');) {
    if (into.keys.size() >= kOperatedMax)
      return refused("id: at most " + std::to_string(kOperatedMax) + " at once");
    XJ_TRY(const auto key, find_key(txn, self, id));
    into.keys.push_back(key);
  }
  return {};
}

Result<> find_by_filter(broker::ReadTxn& txn, const EnvelopeFilter& filter, const Now& now,
                        Operated& into) {
  for (std::string after; into.keys.size() < kOperatedMax;) {
    XJ_TRY(const EnvelopePage page, find_envelopes(txn, filter, after, kEnvelopesPerPage, now));
    for (const EnvelopeFound& one : page.found) into.keys.push_back(one.key);
    after = page.more;
    into.more = !after.empty();
    if (after.empty()) break;
  }
  return {};
}

}  // namespace

// What it acts on is looked for beside the loop: a filter may read all that lies here.
Api::Outcome Api::operate(const Call& call, broker::Act act) {
  const std::string by = call.option("operator"), ids = call.option("id");
  const bool only_asked = call.flag("dry_run");
  const std::string reason = only_asked ? "trial" : call.option("reason");
  if (reason.empty())
    return refused("reason: missing; it is kept in the audit log with who did it");
  XJ_TRY(const EnvelopeFilter filter, call.envelope_filter());
  if (ids.empty() && filter.state.empty())
    return refused(
        "id: which envelope? Or a filter: state, and neighbour, kind, origin, "
        "destination");
  auto told = std::make_shared<Operated>();
  told->only_asked = only_asked;
  const auto find = [told, ids, filter, self = engine_.broker().self(),
                     now = engine_.now()](broker::ReadTxn& txn) -> Result<json> {
    XJ_TRY_VOID(ids.empty() ? find_by_filter(txn, filter, now, *told)
                            : find_by_id(txn, self, ids, *told));
    return json();
  };
  const auto post_all = [this, told, act, reason, by = by.empty() ? "local" : by,
                         answer = answerer(call)](const Result<std::string>& found) {
    if (!found) return answer(std::unexpected(found.error()), true);
    if (told->keys.empty()) return answer(told->view(), true);
    told->open = told->keys.size();
    const auto all = std::make_shared<const Answer>(answer);
    for (const broker::EnvelopeKey& key : told->keys)
      engine_.post(broker::Operate{0, key, act, reason, by, told->only_asked}, [told, key,
                                                                                all](broker::Reply&
                                                                                         reply) {
        if (reply.result)
          ++told->done;
        else if (told->refused.size() < kRefusedListed)
          told->refused.push_back({{"id", to_text(key.id)}, {"text", reply.result.error().text}});
        if (--told->open == 0) (*all)(told->view(), true);
      });
  };
  looks_.ask(find, post_all);
  return later();
}

}  // namespace xianjie::node
