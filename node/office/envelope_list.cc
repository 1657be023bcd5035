#include "node/office/envelope_list.h"

#include <nlohmann/json.hpp>

#include "node/office/views.h"
#include "routing/kinds.h"

namespace xianjie::node {
namespace {

using broker::Place;
using broker::Table;
using nlohmann::json;

bool may_match(const EnvelopeFilter& filter, const broker::EnvelopeKey& key,
               const broker::StateRow& row) {
  if (filter.kind && row.kind != *filter.kind) return false;
  if (filter.neighbour.is_set() && row.next != filter.neighbour) return false;
  if (filter.origin.is_set() && key.origin != filter.origin) return false;
  if (filter.destination.is_set() && row.destination != filter.destination) return false;
  const bool in_custody = row.place != Place::kAway && row.place != Place::kSettled;
  return in_custody || !filter.state.empty();
}

Result<std::string> reason_of(broker::ReadTxn& txn, const broker::EnvelopeKey& key,
                              const broker::StateRow& row) {
  if (row.place != Place::kHeld) return std::string();
  XJ_TRY(const auto value, txn.get(Table::kHeld, broker::seen_key(key)));
  if (!value) return std::string();
  XJ_TRY(auto held, broker::decode_held_row(*value));
  return std::move(held.reason);
}

}  // namespace

Result<EnvelopePage> find_envelopes(broker::ReadTxn& txn, const EnvelopeFilter& filter,
                                    const std::string& after, std::size_t limit, const Now& now) {
  const auto from = from_hex(after);
  if (!from || (!from->empty() && from->size() != 24))
    return refused("after: what an earlier answer called `more`");
  EnvelopePage page;
  std::vector<EnvelopeFound> candidates;
  std::size_t looked = 0;
  // One more than the page: its key is where the next one begins.
  XJ_TRY_VOID(txn.scan(Table::kSeen, *from, {}, [&](const broker::Row& row) {
    if (candidates.size() > limit || looked++ >= kEnvelopeRowsLooked) {
      page.more = to_hex(row.key);
      return false;
    }
    const auto state = broker::decode_state_row(row.value);
    const broker::EnvelopeKey key = broker::parse_seen_key(row.key);
    if (!state || !may_match(filter, key, *state)) return true;
    if (!filter.state.empty() && state->place != Place::kQueued &&
        state_word(*state, false, now) != filter.state)
      return true;
    candidates.push_back({key, *state, {}, {}});
    return true;
  }));
  for (EnvelopeFound& one : candidates) {
    if (page.found.size() >= limit) {
      page.more = to_hex(broker::seen_key(one.key));
      break;
    }
    const broker::StateRow& row = one.row;
    XJ_TRY(
        const auto queued,
        txn.get(Table::kQueue, broker::queue_key({row.next, row.lane, row.not_before, row.seq})));
    one.state = state_word(row, queued.has_value(), now);
    if (!filter.state.empty() && one.state != filter.state) continue;
    XJ_TRY(one.reason, reason_of(txn, one.key, row));
    page.found.push_back(std::move(one));
  }
  return page;
}

Result<EnvelopePage> peek_queue(broker::ReadTxn& txn, OfficeId neighbour, std::size_t limit,
                                const Now& now) {
  std::vector<broker::EnvelopeKey> first;
  const Bytes prefix = broker::queue_prefix(neighbour);
  XJ_TRY_VOID(txn.scan(Table::kQueue, prefix, prefix, [&](const broker::Row& row) {
    if (first.size() < limit && row.value.size() >= broker::seen_key({}).size())
      first.push_back(broker::parse_seen_key(row.value.first(broker::seen_key({}).size())));
    return first.size() < limit;
  }));
  EnvelopePage page;
  for (const broker::EnvelopeKey& key : first) {
    XJ_TRY(const auto value, txn.get(Table::kSeen, broker::seen_key(key)));
    const auto row = value ? broker::decode_state_row(*value) : refused("gone");
    if (row) page.found.push_back({key, *row, std::string(state_word(*row, true, now)), {}});
  }
  return page;
}

json envelopes_view(const EnvelopePage& page) {
  json list = json::array();
  for (const EnvelopeFound& one : page.found)
    list.push_back(
        {{"id", to_text(one.key.id)},
         {"origin", to_text(one.key.origin)},
         {"destination", to_text(one.row.destination)},
         {"kind", to_word(one.row.kind)},
         {"class",
          one.row.kind == Kind::kNone ? "" : to_word(routing::kind_row(one.row.kind).klass)},
         {"period", to_text(one.row.period)},
         {"state", one.state},
         {"lane", to_word(one.row.lane)},
         {"neighbour", one.row.next.is_set() ? json(to_text(one.row.next)) : json(nullptr)},
         {"bytes", one.row.bytes},
         {"taken", to_text(one.row.taken)},
         {"changed", to_text(one.row.changed)},
         {"reason", one.reason.empty() ? json(nullptr) : json(one.reason)}});
  return {{"envelopes", std::move(list)},
          {"more", page.more.empty() ? json(nullptr) : json(page.more)}};
}

}  // namespace xianjie::node
