// The watcher's eye on requests: each is answered once, or everybody can see that it is not.
#include <algorithm>

#include "node/office/obligations.h"
#include "routing/kinds.h"
#include "tests/simulation/office.h"
#include "tests/simulation/watcher.h"

namespace xianjie::simulation {

using broker::EnvelopeKey;
using broker::LedgerRow;
using broker::Table;

void Watcher::asked(SimOffice& office, const node::Item& item, const Request& request) {
  if (!stands_for(office.id(), request.to) && !stands_for(office.id(), request.handler))
    violated(world_, office.id(), "request " + std::to_string(request.number) + " is not for here");
  if (item.header.kind != request.kind)
    violated(world_, office.id(),
             "request " + std::to_string(request.number) + " changed its kind");
}

void Watcher::answered(std::uint32_t request) {
  answered_.insert(request);
}

void Watcher::answer_read(SimOffice& office, const node::Item& item) {
  const auto [first, is_new] =
      answer_.emplace(std::pair(office.id(), item.header.in_reply_to), item.key);
  if (first->second != item.key && disks_lost_.empty())
    violated(world_, office.id(), "two answers to " + to_text(item.header.in_reply_to));
}

void Watcher::left_open(SimOffice& office, const EnvelopeKey& key) {
  left_open_.emplace(office.id(), key);
}

// How what an office has sent may stand when everything has come to its end.
bool Watcher::may_end_as(const LedgerRow& row) const {
  const routing::KindRow& rule = routing::kind_row(row.kind);
  if (row.receipt == ReceiptType::kProcessed) return true;
  // What it goes on with had come there another way.
  if (row.receipt == ReceiptType::kReturned && row.continues.id.is_set()) return true;
  if (rule.goes == routing::Goes::kToRequester)  // a second answer, or one that came first
    return row.receipt == ReceiptType::kRejected;
  if (row.kind == Kind::kArrivalReport)  // told again by a township that had forgotten
    return row.receipt == ReceiptType::kRejected && !disks_lost_.empty();
  const bool waits =
      row.receipt == ReceiptType::kDelivered || row.receipt == ReceiptType::kCollected;
  if (row.kind == Kind::kCollaborationNotice) return waits;
  const bool asks = row.kind == Kind::kAssistanceRequest || row.kind == Kind::kWorkOrder;
  return asks && (waits || row.receipt == ReceiptType::kExpired);
}

// Held for good, for an operator to see: what only lives until it is due.
bool Watcher::is_over(SimOffice& office, const EnvelopeKey& key) {
  const auto txn = must(world_, office.id(), office.store().read());
  const auto value = must(world_, office.id(), txn->get(Table::kSeen, broker::seen_key(key)));
  if (!value) return false;
  const auto row = must(world_, office.id(), broker::decode_state_row(*value));
  return (row.kind == Kind::kAssistanceRequest || row.kind == Kind::kWorkOrder) &&
         row.not_after < world_.timeline.now();
}

void Watcher::check_requests(SimOffice& office) {
  const auto& accepted = office.application().requests().accepted();
  if (accepted.empty()) return;
  const auto txn = must(world_, office.id(), office.store().read());
  const auto owed = office.owed(*txn, world_.timeline.now());
  for (const auto& [number, id] : accepted) {
    const Request& request = world_.requests.at(number);
    const std::string name = "request " + std::to_string(number) + " " + to_text(id);
    const auto value = must(world_, office.id(), txn->get(Table::kLedger, broker::ledger_key(id)));
    if (!value) violated(world_, office.id(), name + " is not in the ledger");
    const auto row = must(world_, office.id(), broker::decode_ledger_row(*value));
    const Kind answer = routing::kind_row(request.kind).answer_kind;
    if (answer == Kind::kNone) continue;
    const auto noted = std::ranges::count(row.answers, answer, &broker::LedgerAnswer::kind);
    if (noted > 1) violated(world_, office.id(), name + " has two answers");
    if (noted == 1) {
      const auto read = answer_.find({office.id(), id});
      if (read == answer_.end()) violated(world_, office.id(), name + ": nobody read its answer");
      continue;
    }
    if (disks_lost_.empty() && answered_.contains(number))
      violated(world_, office.id(), name + " was answered, and whoever asked does not know");
    const bool seen =
        std::ranges::any_of(owed, [&](const node::Obligation& one) { return one.key.id == id; });
    if (!seen && row.receipt != ReceiptType::kExpired)
      violated(world_, office.id(), name + " has no answer, and nobody sees that");
  }
}

}  // namespace xianjie::simulation
