// What an origin knows of each of its own envelopes: views over its ledger.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "node/office/desk.h"
#include "node/office/views.h"
#include "routing/codes.h"

namespace xianjie::node {
namespace {

using broker::LedgerRow;
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

json id_or_null(const EnvelopeId& id) {
  return id.is_set() ? json(to_text(id)) : json(nullptr);
}

}  // namespace

json ledger_row_view(const EnvelopeId& id, const LedgerRow& row) {
  json answers = json::array();
  for (const broker::LedgerAnswer& answer : row.answers)
    answers.push_back({{"kind", std::string(to_word(answer.kind))},
                       {"id", to_text(answer.key.id)},
                       {"origin", to_text(answer.key.origin)},
                       {"time", to_text(answer.time)}});
  return {{"answers", answers},
          {"due", time_or_null(row.due)},
          {"row", row.row},
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
