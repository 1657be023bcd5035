// The origin's own account of a month (DESIGN section 7): views over its ledger.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "node/office/desk.h"
#include "node/office/views.h"
#include "routing/codes.h"

namespace xianjie::node {
namespace {

using broker::LedgerRow;
using broker::Place;
using broker::Table;
using nlohmann::json;

struct Entry {
  EnvelopeId id;
  LedgerRow row;
};

Result<std::vector<Entry>> ledger_rows(broker::ReadTxn& txn, std::optional<Period> period) {
  std::vector<Entry> out;
  Result<> inner;
  XJ_TRY_VOID(txn.scan(Table::kLedger, {}, {}, [&](const broker::Row& row) {
    auto decoded = broker::decode_ledger_row(row.value);
    if (!decoded) {
      inner = std::unexpected(decoded.error());
      return false;
    }
    if (period && decoded->period != *period) return true;
    Entry entry{{}, std::move(*decoded)};
    std::copy_n(row.key.begin(), std::min<std::size_t>(row.key.size(), 16), entry.id.bytes.begin());
    out.push_back(std::move(entry));
    return true;
  }));
  XJ_TRY_VOID(inner);
  return out;
}

// One column an envelope, by its origin's ledger; `stuck`: held, dead or corrupt at the origin
// itself.
void count(MonthNumbers& numbers, const LedgerRow& row, bool stuck) {
  ++numbers.accepted;
  switch (row.receipt) {
    case ReceiptType::kDelivered:
    case ReceiptType::kCollected:
    case ReceiptType::kProcessed:
      ++numbers.delivered;
      return;
    case ReceiptType::kReturned:
      ++numbers.returned;
      return;
    case ReceiptType::kRejected:
    case ReceiptType::kExpired:
      ++numbers.held;
      return;
    case ReceiptType::kAccepted:
      break;
  }
  ++(stuck ? numbers.held : numbers.in_transit);
}

json to_json(const MonthNumbers& numbers) {
  return {{"accepted", numbers.accepted},
          {"delivered", numbers.delivered},
          {"returned", numbers.returned},
          {"held", numbers.held},
          {"in_transit", numbers.in_transit}};
}

json time_or_null(WallTime time) {
  return time.is_set() ? json(to_text(time)) : json(nullptr);
}
json id_or_null(const EnvelopeId& id) {
  return id.is_set() ? json(to_text(id)) : json(nullptr);
}

}  // namespace

Result<json> month_view(broker::ReadTxn& txn, OfficeId self, std::optional<Period> period,
                        std::optional<Kind> kind) {
  XJ_TRY(const auto entries, ledger_rows(txn, period));
  MonthNumbers numbers, copies;
  std::uint64_t own_area = 0, unlinked = 0, no_copy = 0;
  for (const Entry& entry : entries) {
    if (entry.row.kind != kind.value_or(Kind::kPreReleaseNotice) &&
        (kind || entry.row.kind != Kind::kAdHocReport))
      continue;
    XJ_TRY(const auto value, txn.get(Table::kSeen, broker::seen_key({self, entry.id})));
    bool stuck = false;
    if (value) {
      XJ_TRY(const auto state, broker::decode_state_row(*value));
      stuck = state.place == Place::kHeld || state.place == Place::kDead ||
              state.place == Place::kCorrupt;
    }
    const bool is_copy = entry.row.copy_of.is_set();
    count(is_copy ? copies : numbers, entry.row, stuck);
    if (is_copy) continue;
    no_copy += entry.row.copy.is_set() ? 0U : 1U;
    own_area += entry.row.outcome == static_cast<std::uint8_t>(CheckOutcome::kOwnArea) ? 1U : 0U;
    unlinked += entry.row.outcome == static_cast<std::uint8_t>(CheckOutcome::kUnlinked) ? 1U : 0U;
  }
  json origin = to_json(numbers);
  origin["origin"] = to_text(self);
  origin["own_area"] = own_area;
  origin["unlinked"] = unlinked;
  origin["copies"] = to_json(copies);
  origin["no_copy"] = no_copy;
  return json{{"period", period ? to_text(*period) : ""}, {"origins", json::array({origin})}};
}

json ledger_row_view(const EnvelopeId& id, const LedgerRow& row) {
  return {{"row", row.row},
          {"submission", to_hex(ByteView(row.submission).first(16))},
          {"id", to_text(id)},
          {"kind", std::string(to_word(row.kind))},
          {"period", to_text(row.period)},
          {"destination", to_text(row.destination)},
          {"code", routing::code_text(row.code)},
          {"confidence", std::string(to_word(row.confidence))},
          {"assigned", row.assigned},
          {"receipt", std::string(to_word(row.receipt))},
          {"outcome", std::string(check_outcome_word(row.outcome))},
          {"accepted", to_text(row.accepted)},
          {"delivered", time_or_null(row.delivered)},
          {"finished", time_or_null(row.finished)},
          {"copy", id_or_null(row.copy)},
          {"copy_of", id_or_null(row.copy_of)},
          {"in_reply_to", id_or_null(row.in_reply_to)},
          {"resends", row.resends}};
}

Result<json> ledger_view(broker::ReadTxn& txn, std::optional<Period> period) {
  XJ_TRY(const auto entries, ledger_rows(txn, period));
  json rows = json::array();
  for (const Entry& entry : entries) rows.push_back(ledger_row_view(entry.id, entry.row));
  return json{{"rows", rows}};
}

}  // namespace xianjie::node
