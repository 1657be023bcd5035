// What an office may look at: read-only pictures of the store as JSON with CONTRACT's names, for
// the local API, the CLI and later the dashboard. Pure: a snapshot and the time come in. Nothing
// here opens a payload. Numbers are integers, times ISO 8601 with +08:00, words those of DESIGN
// section 2.
#pragma once

#include <limits>
#include <nlohmann/json_fwd.hpp>

#include "broker/broker.h"
#include "broker/store.h"
#include "node/office/duplicates.h"
#include "schemas/payload.h"

namespace xianjie::node {

// ISO 8601, or null where it is not set.
nlohmann::json time_or_null(WallTime time);

struct InboxFilter {
  std::optional<Kind> kind;
  std::optional<Period> period;
  bool settled_too = false;
  bool settled_only = false;
  bool collected_only = false;  // signed for, and not settled
  bool notices = true;          // kinds that carry a notice
  bool items = true;            // addressed here
  bool copies = false;          // path copies
  EnvelopeId id{};              // set: only this one
  std::string after{};          // an earlier answer's `more`; "": from the beginning
  std::size_t limit = std::numeric_limits<std::size_t>::max();  // items of one answer
};
[[nodiscard]] bool matches(const InboxFilter& filter, const broker::InboxRow& row);

// {items: […], more}, what came first first. `more`: where the next answer begins; null: it is all.
Result<nlohmann::json> inbox_view(broker::ReadTxn& txn, const InboxFilter& filter,
                                  const Duplicates& duplicates);
Result<nlohmann::json> inbox_item_view(broker::ReadTxn& txn, const broker::InboxRow& row);
// The ids of those that may be about the same person (duplicates.h).
nlohmann::json duplicates_view(const Duplicates& duplicates, const broker::EnvelopeKey& key);
nlohmann::json payload_view(const Payload& payload);  // of notices and check results
// Remarks may speak of the person: only where the item is opened for a clerk.
nlohmann::json steps_view(const std::vector<Step>& steps, bool with_remarks = true);

Result<nlohmann::json> queue_view(broker::ReadTxn& txn, OfficeId self, const Now& now);
Result<nlohmann::json> envelope_view(broker::ReadTxn& txn, const broker::EnvelopeKey& key,
                                     const Now& now);
nlohmann::json links_view(const broker::Broker& broker, const Now& now);
// The word of DESIGN section 2 for where an envelope stands here, or "passed_on". `queued`: its
// queue row is there.
std::string state_word(const broker::StateRow& row, bool queued, const Now& now);
// null, or where this store is a restored backup: what it keeps back, and what it does not know.
Result<nlohmann::json> restored_view(broker::ReadTxn& txn, const broker::Broker& broker);
// Neighbours that say that two machines run as this office, and whether this one is refused.
nlohmann::json clones_view(const broker::Broker& broker);
// Whether the wall clock is trusted, else why not: gates stay shut for it.
nlohmann::json clock_view(const Now& now);

Result<nlohmann::json> ledger_view(broker::ReadTxn& txn, std::optional<Period> period);
nlohmann::json ledger_row_view(const EnvelopeId& id, const broker::LedgerRow& row);

// Every envelope that this office has held, and every insertion into its inbox: for reconciliation.
Result<nlohmann::json> custody_view(broker::ReadTxn& txn);

}  // namespace xianjie::node
