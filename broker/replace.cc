// A gated envelope whose path, office or reader's key the directory has changed since acceptance is
// made anew before its gate (DESIGN section 5): the turn names it, the node opens the origin's own
// copy and seals it again, and one turn puts the new one in the old one's place.
#include <algorithm>

#include "broker/broker.h"
#include "routing/kinds.h"
#include "routing/route.h"

namespace xianjie::broker {
namespace {

constexpr std::size_t kStalePerTurn = 4096;

}  // namespace

// Whether sealing it now would name other readers, keys or another next hop.
bool Broker::is_stale(const Turn& turn, const Header& header, OfficeId next,
                      OfficeId destination) const {
  const auto& directory = snapshot_->directory;
  const auto way = routing::path(directory, self(), destination);
  if (!way) return false;  // nothing better is known; it is held where it stands
  if (header.destination != destination || (*way)[1] != next) return true;
  for (const Reader& reader : header.readers) {
    const auto key = directory.newest_key(reader.office, turn.now.wall);
    if (!key || key->id != reader.key) return true;
  }
  if (routing::kind_row(header.kind).readers != routing::ReaderRule::kPath ||
      header.copy_of.is_set())
    return false;
  return std::any_of(way->begin(), way->end(),
                     [&](OfficeId office) { return header.reader(office) == nullptr; });
}

Result<> Broker::find_stale(Turn& turn) {
  std::vector<std::pair<EnvelopeId, LedgerRow>> rows;
  XJ_TRY_VOID(turn.txn.scan(Table::kLedger, {}, {}, [&](const Row& row) {
    const auto ledger = decode_ledger_row(row.value);
    if (!ledger || ledger->copy_of.is_set() || ledger->code == 0) return true;
    if (ledger->receipt != ReceiptType::kAccepted || ledger->resends != 0) return true;
    EnvelopeId id;
    std::copy(row.key.begin(), row.key.end(), id.bytes.begin());
    rows.emplace_back(id, *ledger);
    return rows.size() < kStalePerTurn;
  }));
  for (const auto& [id, ledger] : rows) {
    XJ_TRY(const auto row, state(turn, {self(), id}));
    if (!row || row->place != Place::kQueued || !row->not_before.is_set()) continue;
    XJ_TRY(const auto bytes, envelope(turn, {self(), id}));
    const auto header = bytes ? decode_header(bytes->header) : corrupt("");
    if (!header || header->directory_version == snapshot_->directory.header().version) continue;
    const OfficeId destination = routing::office_for_code(snapshot_->directory, ledger.code);
    if (destination.is_set() && is_stale(turn, *header, row->next, destination))
      turn.effects.stale.push_back({id, destination, ledger.code});
  }
  return {};
}

// Takes the old one out of its queue; false: it has left, or is settled, and stays what it is.
Result<bool> Broker::withdraw(Turn& turn, const EnvelopeId& id) {
  const EnvelopeKey key{self(), id};
  XJ_TRY(auto row, state(turn, key));
  const bool rejected = retired_.contains(id);
  if (!row || (row->place != Place::kQueued && !rejected)) return false;
  XJ_TRY(
      const bool queued,
      turn.txn.erase(Table::kQueue, queue_key({row->next, row->lane, row->not_before, row->seq})));
  if (!queued && !rejected) return false;
  room_.remove(static_cast<Quota>(row->room), row->next, row->bytes);
  row->room = 0;
  row->place = Place::kSettled;
  row->changed = turn.now.wall;
  XJ_TRY_VOID(erase_bytes(turn, key, *row));
  XJ_TRY(auto old, ledger(turn, id));
  if (old) XJ_TRY_VOID(set_timer(turn, id, *old, {}));
  XJ_TRY_VOID(turn.txn.erase(Table::kLedger, ledger_key(id)));
  XJ_TRY_VOID(put_state(turn, key, *row));
  return true;
}

Result<> Broker::on(Turn& turn, Replace& event) {
  XJ_TRY(const auto old, ledger(turn, event.old));
  if (!old) return {};
  XJ_TRY(const bool withdrawn, withdraw(turn, event.old));
  if (!withdrawn) return {};
  if (old->copy.is_set()) {
    XJ_TRY(const bool copy_withdrawn, withdraw(turn, old->copy));
    if (!copy_withdrawn) event.order.copy.reset();  // the old copy is on its way already
  }
  LedgerRow row = *old;
  row.copy = {};
  row.due_next = {};
  if (retired_.erase(event.old) > 0) {
    row.receipt = ReceiptType::kAccepted;
    row.finished = row.delivered = row.collected = {};
    row.resends = 0;
    row.asked = false;
  }
  row.assigned = event.order.main.header.destination.type() == OfficeType::kTownship;
  audit(turn, "replaced",
        "id=" + to_text(event.old) + " by=" + to_text(event.order.main.header.id));
  return accept_order(turn, event.order, row);
}

}  // namespace xianjie::broker
