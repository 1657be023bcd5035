#include "node/office/standing.h"

#include <algorithm>
#include <functional>
#include <set>

#include "broker/month_tables.h"
#include "node/office/obligations.h"
#include "routing/chain.h"
#include "routing/kinds.h"
#include "schemas/limits.h"
#include "schemas/payload.h"

namespace xianjie::node {
namespace {

using broker::LedgerRow;
using broker::Place;
using broker::StateRow;
using broker::Table;
using enum StandingColumn;

constexpr Kind kChainKind = Kind::kPreReleaseNotice;  // whose gates are the chain's

Period months_before(Period period, int count) {
  const int months = period.year() * 12 + period.month() - 1 - count;
  return Period::make(months / 12, months % 12 + 1).value_or(Period{});
}

using Sink = std::function<void(Period, Kind, StandingColumn)>;

bool is_stuck(Place place) {
  return place == Place::kHeld || place == Place::kDead || place == Place::kCorrupt;
}

// One of the four columns, by the origin's ledger; `stuck`: held, dead or corrupt at the origin.
StandingColumn column_of(const LedgerRow& row, bool stuck) {
  const bool copy = row.copy_of.is_set();
  switch (row.receipt) {
    case ReceiptType::kDelivered:
    case ReceiptType::kCollected:
    case ReceiptType::kProcessed:
      return copy ? kCopiesDelivered : kDelivered;
    case ReceiptType::kReturned:
      return copy ? kCopiesReturned : kReturned;
    case ReceiptType::kRejected:
    case ReceiptType::kExpired:
      return copy ? kCopiesHeld : kHeld;
    case ReceiptType::kAccepted:
      break;
  }
  if (stuck) return copy ? kCopiesHeld : kHeld;
  return copy ? kCopiesInTransit : kInTransit;
}

void count_own(const LedgerRow& row, bool stuck, const Sink& sink) {
  const auto add = [&](StandingColumn column) { sink(row.period, row.kind, column); };
  if (row.continues.id.is_set()) return add(kContinued);  // its first origin counts it
  const StandingColumn column = column_of(row, stuck);
  add(row.copy_of.is_set() ? kCopiesAccepted : kAccepted);
  add(column);
  if (row.copy_of.is_set()) return;
  if (!row.copy.is_set()) add(kNoCopy);
  if (row.outcome == static_cast<std::uint8_t>(CheckOutcome::kOwnArea)) add(kOwnArea);
  if (row.outcome == static_cast<std::uint8_t>(CheckOutcome::kUnlinked)) add(kUnlinked);
  if (row.outcome == 0 && column == kDelivered) add(kUnchecked);
}

// `stuck`: own ones that are held, dead or corrupt here.
Result<> each_own(broker::ReadTxn& txn, const std::set<EnvelopeId>& stuck, const Sink& sink) {
  Result<> inner;
  XJ_TRY_VOID(txn.scan(Table::kLedger, {}, {}, [&](const broker::Row& row) {
    const auto ledger = broker::decode_ledger_row(row.value);
    if (!ledger) {
      inner = std::unexpected(ledger.error());
      return false;
    }
    const EnvelopeId id{Decoder(row.key).array<16>()};
    count_own(*ledger, stuck.contains(id), sink);
    return true;
  }));
  return inner;
}

// `checked`: settled here with an outcome, in time or not by when that was.
Result<> each_received(broker::ReadTxn& txn, const Sink& sink) {
  std::vector<broker::InboxRow> checked;
  XJ_TRY_VOID(txn.scan(Table::kInbox, {}, {}, [&](const broker::Row& row) {
    const auto inbox = broker::decode_inbox_row(row.value);
    if (!inbox || inbox->copy) return true;
    sink(inbox->period, inbox->kind, kReceived);
    if (!inbox->settled) sink(inbox->period, inbox->kind, kOpen);
    if (inbox->settled && inbox->outcome != 0 && inbox->period.is_set()) checked.push_back(*inbox);
    return true;
  }));
  for (const broker::InboxRow& row : checked) {
    XJ_TRY(const auto value, txn.get(Table::kSeen, broker::seen_key(row.key)));
    if (!value) continue;
    XJ_TRY(const StateRow state, broker::decode_state_row(*value));
    sink(row.period, row.kind,
         state.changed <= check_due(row.period) ? kCheckedInTime : kCheckedLate);
    if (row.outcome == static_cast<std::uint8_t>(CheckOutcome::kUnlinked))
      sink(row.period, row.kind, kFoundUnlinked);
  }
  return {};
}

// What passes through; own ones that are stuck go into `stuck`.
Result<> each_passing(broker::ReadTxn& txn, OfficeId self, std::set<EnvelopeId>& stuck,
                      const Sink& sink) {
  return txn.scan(Table::kSeen, {}, {}, [&](const broker::Row& row) {
    const auto state = broker::decode_state_row(row.value);
    if (!state) return true;
    const broker::EnvelopeKey key = broker::parse_seen_key(row.key);
    if (key.origin == self && is_stuck(state->place)) stuck.insert(key.id);
    if (state->destination == self || key.origin == self) return true;
    const auto add = [&](StandingColumn column) { sink(state->period, state->kind, column); };
    if (state->place == Place::kAway) add(kPassedOn);
    if (state->place == Place::kQueued) add(kWaiting);
    if (is_stuck(state->place)) add(kStopped);
    if (state->late) add(kLate);
    return true;
  });
}

// Of the chain's own kind, whatever else a gate lets out.
Result<> each_manifest(broker::ReadTxn& txn, const Sink& sink) {
  return txn.scan(Table::kManifests, {}, {}, [&](const broker::Row& row) {
    const auto key = broker::parse_manifest_key(row.key);
    const auto manifest = broker::decode_manifest_row(row.value);
    if (!key || !manifest) return true;
    const auto add = [&](StandingColumn column) { sink(key->period, kChainKind, column); };
    if (manifest->state == ManifestState::kDiffers) add(kManifestsDiffer);
    if (key->direction == broker::Direction::kTaken) return true;
    add(kManifests);
    if (manifest->state == ManifestState::kAgreed) add(kManifestsAgreed);
    return true;
  });
}

Result<> each_count(broker::ReadTxn& txn, const MonthContext& context, const Sink& sink) {
  std::set<EnvelopeId> stuck;
  XJ_TRY_VOID(each_passing(txn, context.self, stuck, sink));
  XJ_TRY_VOID(each_own(txn, stuck, sink));
  XJ_TRY_VOID(each_received(txn, sink));
  XJ_TRY_VOID(each_manifest(txn, sink));
  XJ_TRY(const auto missing, missing_manifests(txn, context));
  for (const auto& [giver, period] : missing) sink(period, kChainKind, kManifestsMissing);
  return {};
}

bool is_counted(Kind kind) {
  return from_number<Kind>(static_cast<std::uint8_t>(kind)) && kind != Kind::kNone &&
         routing::counted_in_month(kind);
}

}  // namespace

Period month_of(WallTime time) {
  const Date date = local_date(time);
  return {static_cast<std::uint32_t>(date.year * 100 + date.month)};
}

Result<std::vector<std::pair<OfficeId, Period>>> missing_manifests(broker::ReadTxn& txn,
                                                                   const MonthContext& context) {
  std::vector<std::pair<OfficeId, Period>> out;
  XJ_TRY(const auto born, txn.get(Table::kMeta, as_bytes(broker::kMetaBorn)));
  if (!born) return out;
  const WallTime since{Decoder(*born).i64()};
  const Period month = month_of(context.now);
  for (const OfficeId giver : routing::chain_givers(context.directory, context.self, context.now)) {
    XJ_TRY(const auto met, txn.get(Table::kMeta, broker::peer_epoch_key(giver)));
    if (!met) continue;
    for (const Period period : {months_before(month, 1), month}) {
      const auto opens = routing::gate(kChainKind, period, giver, context.calendar);
      if (!opens || *opens < since || context.now < *opens + kManifestPatience) continue;
      XJ_TRY(const auto taken,
             txn.get(Table::kManifests,
                     broker::manifest_key({broker::Direction::kTaken, giver, period})));
      if (!taken) out.emplace_back(giver, period);
    }
  }
  return out;
}

Result<std::vector<StandingEntry>> own_standing(broker::ReadTxn& txn, const MonthContext& context) {
  const Period first = months_before(month_of(context.now), kStandingMonths - 1);
  std::map<std::tuple<Period, Kind, StandingColumn>, std::uint32_t> counts;
  XJ_TRY_VOID(each_count(txn, context, [&](Period period, Kind kind, StandingColumn column) {
    if (period.is_set() && period >= first && is_counted(kind)) ++counts[{period, kind, column}];
  }));
  while (counts.size() > kRecordEntriesMax) counts.erase(counts.begin());
  std::vector<StandingEntry> out;
  out.reserve(counts.size());
  for (const auto& [key, count] : counts)
    out.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), count});
  return out;
}

Result<Counts> own_counts(broker::ReadTxn& txn, const MonthContext& context,
                          std::optional<Period> period, std::span<const Kind> kinds) {
  Counts counts;
  XJ_TRY_VOID(each_count(txn, context, [&](Period of, Kind what, StandingColumn column) {
    if (period && of != *period) return;
    if (kinds.empty() ? is_counted(what) : std::ranges::count(kinds, what) > 0) ++counts[column];
  }));
  return counts;
}

}  // namespace xianjie::node
