#include "node/office/obligations.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "node/office/answers.h"
#include "node/office/reports.h"
#include "routing/calendar.h"
#include "routing/kinds.h"

namespace xianjie::node {
namespace {

using broker::Table;
using nlohmann::json;

constexpr std::array kOwedWords{
    Word{static_cast<std::uint8_t>(Owed::kCheck), "check", "核查"},
    Word{static_cast<std::uint8_t>(Owed::kArrival), "arrival", "衔接反馈"},
    Word{static_cast<std::uint8_t>(Owed::kAnswer), "answer", "反馈"},
    Word{static_cast<std::uint8_t>(Owed::kCollect), "collect", "签收"},
    Word{static_cast<std::uint8_t>(Owed::kReport), "report", "报表"},
};

bool is_checked_kind(Kind kind) {
  return routing::kind_row(kind).answer_kind == Kind::kCheckResult && kind != Kind::kRecordBatch;
}
bool is_own_area(std::uint8_t outcome) {
  return outcome == static_cast<std::uint8_t>(CheckOutcome::kOwnArea);
}

class OwedReader {
 public:
  OwedReader(broker::ReadTxn& txn, const crypto::KeyRing& keys) : txn_(txn), keys_(keys) {}

  Result<> read_inbox(const broker::InboxRow& row);
  void read_ledger(const EnvelopeId& id, const broker::LedgerRow& row);
  std::vector<Obligation> take() { return std::move(out_); }

 private:
  void add(Owed owed, const broker::EnvelopeKey& key, Kind kind, Period period, OfficeId by,
           WallTime due) {
    if (due.is_set()) out_.push_back({owed, key, kind, period, by, due});
  }
  broker::ReadTxn& txn_;
  const crypto::KeyRing& keys_;
  std::vector<Obligation> out_;
};

Result<> OwedReader::read_inbox(const broker::InboxRow& row) {
  const routing::KindRow& rule = routing::kind_row(row.kind);
  const OfficeId self = keys_.office();
  if (row.copy || row.continued_by.is_set()) return {};
  if (is_checked_kind(row.kind)) {
    if (self.type() == OfficeType::kPopulationPolice && row.kind != Kind::kUnlinkedReturn)
      return {};
    if (!row.settled) {
      add(Owed::kCheck, row.key, row.kind, row.period, self, check_due(row.period));
      return {};
    }
    if (self.type() != OfficeType::kTownship || !is_own_area(row.outcome)) return {};
    XJ_TRY(const auto told,
           txn_.get(Table::kSubmissions,
                    broker::submission_key(act_of("arrival", row.key.id, keys_), 1)));
    if (!told) add(Owed::kArrival, row.key, row.kind, row.period, self, row.due);
    return {};
  }
  if (row.settled) return {};
  if (rule.answer_kind != Kind::kNone)
    add(Owed::kAnswer, row.key, row.kind, row.period, self, row.due);
  if (rule.collect_days == 0) return {};
  XJ_TRY(const auto value, txn_.get(Table::kSeen, broker::seen_key(row.key)));
  if (!value) return {};
  XJ_TRY(const auto state, broker::decode_state_row(*value));
  if (!state.collected) add(Owed::kCollect, row.key, row.kind, row.period, self, row.due);
  return {};
}

void OwedReader::read_ledger(const EnvelopeId& id, const broker::LedgerRow& row) {
  const routing::KindRow& rule = routing::kind_row(row.kind);
  const broker::EnvelopeKey key{keys_.office(), id};
  if (row.copy_of.is_set() || row.receipt == ReceiptType::kReturned ||
      row.receipt == ReceiptType::kRejected || row.receipt == ReceiptType::kExpired)
    return;
  const auto answered = [&](Kind kind) {
    return std::ranges::find(row.answers, kind, &broker::LedgerAnswer::kind) != row.answers.end();
  };
  if (is_checked_kind(row.kind)) {
    const OfficeId by = row.checked_by.is_set() ? row.checked_by : row.destination;
    if (row.outcome == 0)
      add(Owed::kCheck, key, row.kind, row.period, by, check_due(row.period));
    else if (is_own_area(row.outcome) && !answered(Kind::kArrivalReport) &&
             !row.continues.id.is_set())  // it goes to the first origin
      add(Owed::kArrival, key, row.kind, row.period, by, row.due);
    return;
  }
  if (rule.answer_kind != Kind::kNone && !answered(rule.answer_kind))
    add(Owed::kAnswer, key, row.kind, row.period, row.destination, row.due);
  if (rule.collect_days > 0 && row.receipt != ReceiptType::kCollected &&
      row.receipt != ReceiptType::kProcessed)
    add(Owed::kCollect, key, row.kind, row.period, row.destination, row.due);
}

// The report of the newest period that has ended: this office's own, and its children's.
class OwedReports {
 public:
  OwedReports(OfficeId self, const routing::Directory& directory, WallTime now, WallTime since)
      : self_(self), directory_(directory), period_(last_report_period(now)), since_(since) {}

  void read_inbox(const broker::InboxRow& row) {
    if (is_report(row.kind) && row.period == period_) in_.insert(row.key.origin);
  }
  void read_ledger(const broker::LedgerRow& row) {
    if (is_report(row.kind) && row.period == period_) in_.insert(self_);
  }
  void add_missing(std::vector<Obligation>& out) const {
    std::vector<OfficeId> offices = directory_.children(self_);
    if (directory_.parent(self_).is_set()) offices.push_back(self_);
    for (const OfficeId office : offices) {
      const auto due = routing::report_deadline(period_, office.type());
      if (!due || !since_.is_set() || *due < since_ || in_.contains(office)) continue;
      const Kind kind =
          office.type() == OfficeType::kTownship ? Kind::kDetailedReport : Kind::kStatisticalReport;
      out.push_back({Owed::kReport, {}, kind, period_, office, *due});
    }
  }

 private:
  OfficeId self_;
  const routing::Directory& directory_;
  Period period_;
  WallTime since_;
  std::set<OfficeId> in_;
};

}  // namespace

std::span<const Word> words_of(Owed) {
  return kOwedWords;
}

WallTime check_due(Period period) {
  if (!period.is_set()) return {};
  const Period after = period.next();
  return local_time(*Date::make(after.year(), after.month(), 1));
}

Result<std::vector<Obligation>> obligations(broker::ReadTxn& txn, const crypto::KeyRing& keys,
                                            const routing::Directory& directory, WallTime now,
                                            WallTime since) {
  OwedReader reader(txn, keys);
  OwedReports reports(keys.office(), directory, now, since);
  std::vector<broker::InboxRow> inbox;
  XJ_TRY_VOID(txn.scan(Table::kInbox, {}, {}, [&](const broker::Row& row) {
    if (const auto decoded = broker::decode_inbox_row(row.value)) inbox.push_back(*decoded);
    return true;
  }));
  for (const broker::InboxRow& row : inbox) {
    txn.rest();
    XJ_TRY_VOID(reader.read_inbox(row));
    reports.read_inbox(row);
  }
  XJ_TRY_VOID(txn.scan(Table::kLedger, {}, {}, [&](const broker::Row& row) {
    EnvelopeId id;
    if (row.key.size() != id.bytes.size()) return true;
    std::ranges::copy(row.key, id.bytes.begin());
    if (const auto decoded = broker::decode_ledger_row(row.value)) {
      reader.read_ledger(id, *decoded);
      reports.read_ledger(*decoded);
    }
    return true;
  }));
  auto out = reader.take();
  reports.add_missing(out);
  std::ranges::stable_sort(out, {}, &Obligation::due);
  return out;
}

void add_overdue(std::vector<StandingEntry>& rows, const std::vector<Obligation>& list,
                 OfficeId self, WallTime now) {
  const auto column_of = [](Owed owed) {
    switch (owed) {
      case Owed::kCheck:
        return StandingColumn::kOverdueChecks;
      case Owed::kArrival:
        return StandingColumn::kOverdueArrivals;
      case Owed::kAnswer:
        return StandingColumn::kOverdueAnswers;
      case Owed::kReport:
        return StandingColumn::kOverdueReports;
      case Owed::kCollect:
        break;
    }
    return StandingColumn::kUncollected;
  };
  std::map<std::tuple<Period, Kind, StandingColumn>, std::uint32_t> counts;
  for (const Obligation& one : list) {
    if (one.by != self || !one.overdue(now)) continue;
    const Date due = local_date(one.due);  // its month stands for a kind without a period
    const Period period = one.period.is_set() ? one.period : *Period::make(due.year, due.month);
    ++counts[{period, one.kind, column_of(one.owed)}];
  }
  for (const auto& [key, count] : counts)
    rows.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), count});
  std::ranges::stable_sort(rows, {}, [](const StandingEntry& row) {
    return std::tuple(row.period, row.kind, row.column);
  });
  if (rows.size() > kRecordEntriesMax)
    rows.erase(rows.begin(), rows.end() - static_cast<std::ptrdiff_t>(kRecordEntriesMax));
}

json obligations_view(const std::vector<Obligation>& list, OfficeId self, WallTime now,
                      const ObligationsShown& shown) {
  json rows = json::array();
  std::uint64_t overdue = 0;
  for (const Obligation& one : list) {
    overdue += one.overdue(now) ? 1U : 0U;
    if (rows.size() >= shown.limit || (shown.overdue_only && !one.overdue(now))) continue;
    rows.push_back({{"owed", schemas::to_word(one.owed)},
                    {"owed_zh", schemas::to_zh(one.owed)},
                    {"id", one.key.id.is_set() ? json(to_text(one.key.id)) : json(nullptr)},
                    {"kind", to_word(one.kind)},
                    {"period", to_text(one.period)},
                    {"by", to_text(one.by)},
                    {"here", one.by == self},
                    {"due", to_text(one.due)},
                    {"overdue", one.overdue(now)}});
  }
  return {{"office", to_text(self)}, {"due", rows}, {"count", list.size()}, {"overdue", overdue}};
}

}  // namespace xianjie::node
