// Held: stopped by policy with its reason, never expiring silently, and asked again when what stood
// against it has moved: the directory, the channel's class, the next office's directory.
#include <algorithm>

#include "broker/broker.h"
#include "routing/kinds.h"

namespace xianjie::broker {

Result<> Broker::hold(Turn& turn, const EnvelopeKey& key, StateRow& row, OfficeId next,
                      std::string reason) {
  turn.effects.alarms.push_back("held: " + name_of(key) + " " + reason);
  return put_held(turn, key, row, next, std::move(reason));
}

Result<> Broker::put_held(Turn& turn, const EnvelopeKey& key, StateRow& row, OfficeId next,
                          std::string reason) {
  row.place = Place::kHeld;
  row.changed = turn.now.wall;
  audit(turn, "held", name_of(key) + " reason=" + reason);
  XJ_TRY_VOID(turn.txn.put(Table::kHeld, seen_key(key),
                           encode(HeldRow{std::move(reason), next, turn.now.wall})));
  return put_state(turn, key, row);
}

Result<> Broker::retry_held(Turn& turn, std::string_view token, OfficeId next) {
  std::erase_if(held_scans_, [&](const HeldScan& scan) {  // it begins again
    return scan.token == token && scan.next == next;
  });
  held_scans_.push_back({std::string(token), next, {}});
  return run_held_scans(turn);
}

Result<> Broker::run_held_scans(Turn& turn) {
  while (!held_scans_.empty()) {
    HeldScan& scan = held_scans_.back();
    std::vector<EnvelopeKey> keys;
    Bytes stopped_at;
    XJ_TRY_VOID(turn.txn.scan(Table::kHeld, scan.from, {}, [&](const Row& row) {
      if (++turn.held_rows > kTurnEnvelopesMax) {
        stopped_at = to_bytes(row.key);
        return false;
      }
      const auto held = decode_held_row(row.value);
      if (held && held->reason.starts_with(scan.token) &&
          (!scan.next.is_set() || held->next == scan.next))
        keys.push_back(parse_seen_key(row.key));
      return true;
    }));
    for (const EnvelopeKey& key : keys) XJ_TRY_VOID(release_held(turn, key, scan.token));
    if (!stopped_at.empty()) {
      scan.from = std::move(stopped_at);
      unfinished_ = true;
      return {};
    }
    held_scans_.pop_back();
  }
  return {};
}

// Back into its queue, where it has a next hop and an allowed channel now; else it stays held.
Result<> Broker::release_held(Turn& turn, const EnvelopeKey& key, std::string_view token) {
  XJ_TRY(auto row, state(turn, key));
  XJ_TRY(const auto bytes, envelope(turn, key));
  if (!row || !bytes) return {};
  const auto header = decode_header(bytes->header);
  if (!header) return {};
  if (token == "revoked_key") {
    if (key.origin != self() && snapshot_->directory.revocation(key.origin, header->origin_key))
      return {};  // still: run_revoked_scans looks at it, and asks
    VouchersWanted none;
    return look_at_revoked(turn, key, *row, none);
  }
  if (lands_here(*header, row->from)) {
    XJ_TRY_VOID(turn.txn.erase(Table::kHeld, seen_key(key)));
    return land(turn, key, std::move(*row), *header);
  }
  const auto hop = next_for(*header, row->from);
  if (!hop) return {};
  const Peer& peer = peers_[*hop];
  const auto best = peer.best();
  if (token == "channel" &&
      (!best || !routing::channel_allowed(header->kind, peer.links.at(*best).channel_class,
                                          self().type(), hop->type())))
    return {};
  room_.remove(static_cast<Quota>(row->room), row->next, row->bytes);
  row->next = *hop;
  room_.add(static_cast<Quota>(row->room), row->next, row->bytes);
  row->changed = turn.now.wall;
  XJ_TRY_VOID(turn.txn.erase(Table::kHeld, seen_key(key)));
  XJ_TRY_VOID(enqueue(turn, key, *row));
  audit(turn, "released", name_of(key));
  return {};
}

}  // namespace xianjie::broker
