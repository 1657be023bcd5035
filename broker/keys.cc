// Which of its own key sets this office signs with, and when that changes.
#include <algorithm>

#include "broker/broker.h"
#include "crypto/statement.h"

namespace xianjie::broker {

void Broker::choose_keys(Turn& turn) {
  const bool due = turn.now.wall_trusted && keys_change_.is_set() && turn.now.wall >= keys_change_;
  if (!keys_asked_ && !due) return;
  keys_asked_ = false;
  const OwnKeys own = own_keys(keys_, snapshot_->directory, turn.now.wall);
  keys_change_ = own.changes;
  if (!own.current) {
    turn.effects.alarms.push_back(
        "no_key: none of this office's key sets counts now: `xianjie keys list` says why");
    return;
  }
  if (*own.current == keys_.current().id()) return;
  keys_.use(*own.current);
  retry_routes_ = true;  // what it could not stand by under the one before
  audit(turn, "key", "current=" + std::to_string(own.current->number));
}

// What this office has said and nobody has taken yet, under a key that is revoked since: said again
// under the current one, or nobody would believe it.
Result<> Broker::sign_records_again(Turn& turn) {
  const auto revoked = [&](KeyId key) {
    return snapshot_->directory.revocation(self(), key).has_value();
  };
  const auto all = snapshot_->directory.revocations();
  if (revoked(keys_.current().id()) ||
      std::ranges::none_of(all, [&](const auto& one) { return one.office == self(); }))
    return {};
  std::vector<std::pair<Bytes, Bytes>> signed_again;
  XJ_TRY_VOID(turn.txn.scan(Table::kRecords, {}, {}, [&](const Row& row) {
    const auto bytes = decode_signed_record(row.value);
    const auto record = bytes ? decode_record_body(bytes->body) : corrupt("");
    if (record && record->issuer == self() && revoked(record->key)) {
      SignedRecord again = crypto::sign_record(*record, keys_.current());
      again.hops = bytes->hops;
      signed_again.emplace_back(to_bytes(row.key), encode(again));
    }
    return true;
  }));
  for (const auto& [key, value] : signed_again)
    XJ_TRY_VOID(turn.txn.put(Table::kRecords, key, value));
  return {};
}

}  // namespace xianjie::broker
