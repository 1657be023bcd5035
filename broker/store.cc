#include "broker/store.h"

#include <array>

namespace xianjie::broker {

std::string_view table_name(Table table) {
  constexpr std::array<std::string_view, static_cast<std::size_t>(Table::kCount)> kNames{
      "envelopes",   "proofs",    "seen",     "queue",     "batches",      "inbox",  "persons",
      "meta",        "ledger",    "timers",   "records",   "held",         "audit",  "quarantine",
      "submissions", "standings", "passages", "manifests", "consignments", "chunks", "arriving",
      "imports",     "recalls",   "vouchers", "items"};
  return kNames[static_cast<std::size_t>(table)];
}

}  // namespace xianjie::broker
