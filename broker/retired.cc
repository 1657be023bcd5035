// Mail that was sealed to a key set whose secrets its destination has no more. It is rejected there
// by rule; its origin, which keeps every payload until it is processed, seals it anew to the key
// set that counts now, and the new envelope takes the old one's place (replace.cc).
#include <algorithm>

#include "broker/broker.h"
#include "routing/kinds.h"

namespace xianjie::broker {
namespace {

constexpr std::size_t kRetiredPerTurn = 1024;

}  // namespace

// On its way: the key set of its destination that it was sealed to is not in the directory any
// more, or has been over for longer than mail lives. Whoever can read it takes it and seals it anew
// with the first one inside (follow.cc). A revoked one still opens what came before, where it is
// not lost.
bool Broker::is_sealed_to_retired(const Header& header) const {
  const Reader* slot = header.reader(header.destination);
  const Reader* own = header.reader(self());
  const auto& directory = snapshot_->directory;
  if (slot == nullptr || own == nullptr || keys_.find(own->key) == nullptr ||
      header.in_reply_to.is_set() || header.copy_of.is_set() ||
      header.directory_version >= directory.header().version)
    return false;
  const auto key = directory.key(header.destination, slot->key);
  const bool over = !key || (key->valid_until.is_set() &&
                             key->valid_until + routing::longest_way() < last_now_.wall);
  return over && directory.newest_key(header.destination, last_now_.wall);
}

// At its destination. Where sealing it anew would name the same key, or another one that is not
// here either, it is taken: a person has to put the key file back.
bool Broker::opens_no_more(const Turn& turn, const Header& header) const {
  const Reader* slot = header.reader(self());
  if (slot == nullptr || header.destination != self() || keys_.find(slot->key) != nullptr)
    return false;
  const auto newest = snapshot_->directory.newest_key(self(), turn.now.wall);
  return newest && newest->id != slot->key && keys_.find(newest->id) != nullptr;
}

// Settled by a rule: nothing of it is kept but the answer.
Result<> Broker::reject(Turn& turn, const EnvelopeKey& key, StateRow row, const std::string& why) {
  row.place = Place::kSettled;
  row.rejected = true;
  row.room = 0;
  turn.effects.alarms.push_back("rejected: " + name_of(key) + " " + why);
  audit(turn, "rejected", name_of(key) + " " + why);
  add_receipt(turn, key, row);
  return put_state(turn, key, row);
}

// Of an own one that was rejected: whether the directory has a newer key to seal it to. Named to
// the node, then.
Result<bool> Broker::sealed_to_retired(Turn& turn, const EnvelopeId& id, const LedgerRow& row) {
  if (row.copy_of.is_set()) return false;
  XJ_TRY(const auto bytes, envelope(turn, {self(), id}));
  const auto header = bytes ? decode_header(bytes->header) : corrupt("");
  const Reader* slot = header ? header->reader(row.destination) : nullptr;
  const auto newest = snapshot_->directory.newest_key(row.destination, turn.now.wall);
  if (slot == nullptr || !newest || newest->id == slot->key) return false;
  retired_.insert(id);
  turn.effects.stale.push_back({id, row.destination, row.code});
  audit(turn, "retired_key", "id=" + to_text(id) + " to=" + to_text(row.destination));
  return true;
}

// What was rejected before this office had heard of the newer key.
Result<> Broker::find_retired(Turn& turn) {
  std::vector<std::pair<EnvelopeId, LedgerRow>> rows;
  XJ_TRY_VOID(turn.txn.scan(Table::kLedger, {}, {}, [&](const Row& row) {
    const auto ledger = decode_ledger_row(row.value);
    if (ledger && ledger->receipt == ReceiptType::kRejected)
      rows.emplace_back(EnvelopeId{Decoder(row.key).array<16>()}, *ledger);
    return rows.size() < kRetiredPerTurn;
  }));
  for (const auto& [id, row] : rows) {
    XJ_TRY(const bool retired, sealed_to_retired(turn, id, row));
    (void)retired;
  }
  return {};
}

}  // namespace xianjie::broker
