// The watcher's eye on stores that are put back: what an office had settled, and its origin knew,
// is never handed to its application again.
#include <algorithm>

#include "broker/broker.h"
#include "routing/kinds.h"
#include "tests/simulation/office.h"
#include "tests/simulation/watcher.h"

namespace xianjie::simulation {

using broker::EnvelopeKey;
using broker::Table;

void Watcher::forget_settled(OfficeId office) {
  std::erase_if(never_again_, [&](const auto& each) { return each.first == office; });
}

// Handed out before it came to light that this is an older store; and again when it may be.
void Watcher::forget_kept_back(SimOffice& office) {
  const auto txn = must(world_, office.id(), office.store().read());
  std::erase_if(delivered_, [&](const auto& each) {
    return std::get<0>(each) == office.id() &&
           must(world_, office.id(), broker::is_kept_back(*txn, std::get<2>(each)));
  });
}

void Watcher::restored(SimOffice& office) {
  std::vector<EnvelopeKey> settled;
  const auto txn = must(world_, office.id(), office.store().read());
  must(world_, office.id(), txn->scan(Table::kInbox, {}, {}, [&](const broker::Row& row) {
    const auto item = must(world_, office.id(), broker::decode_inbox_row(row.value));
    if (item.settled && !item.copy && item.kind != Kind::kCheckResult) settled.push_back(item.key);
    return true;
  }));
  for (const EnvelopeKey& key : settled) {
    const auto origin = must(world_, key.origin, world_.offices.at(key.origin)->store().read());
    const auto value =
        must(world_, key.origin, origin->get(Table::kLedger, broker::ledger_key(key.id)));
    if (!value) continue;
    const auto row = must(world_, key.origin, broker::decode_ledger_row(*value));
    const Kind owed = routing::kind_row(row.kind).answer_kind;
    const bool answered =
        owed == Kind::kNone || row.outcome != 0 ||
        std::ranges::find(row.answers, owed, &broker::LedgerAnswer::kind) != row.answers.end();
    if (row.receipt == ReceiptType::kProcessed && answered) never_again_.emplace(office.id(), key);
  }
}

}  // namespace xianjie::simulation
