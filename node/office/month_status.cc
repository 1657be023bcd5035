#include "node/office/month_status.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "broker/month_tables.h"
#include "routing/chain.h"
#include "routing/codes.h"
#include "routing/kinds.h"
#include "routing/route.h"

namespace xianjie::node {
namespace {

using broker::Table;
using nlohmann::json;
using routing::Directory;
using enum StandingColumn;

constexpr Kind kGatedKind = Kind::kPreReleaseNotice;
constexpr std::array kCheckedKinds{Kind::kPreReleaseNotice, Kind::kAdHocReport};
constexpr std::array kOriginColumns{kAccepted, kDelivered, kReturned,  kHeld,  kInTransit,
                                    kOwnArea,  kUnlinked,  kUnchecked, kNoCopy};
constexpr std::array<std::pair<StandingColumn, const char*>, 5> kCopyColumns{
    {{kCopiesAccepted, "accepted"},
     {kCopiesDelivered, "delivered"},
     {kCopiesReturned, "returned"},
     {kCopiesHeld, "held"},
     {kCopiesInTransit, "in_transit"}}};
constexpr std::array kOfficeColumns{
    kReceived,  kOpen,      kPassedOn,        kWaiting,         kStopped,         kLate,
    kContinued, kManifests, kManifestsAgreed, kManifestsDiffer, kManifestsMissing};

// One office as this one sees it.
struct Seen {
  OfficeId office;
  Counts counts;
  WallTime as_of;  // not set: never heard of
  bool on_the_bus = false;
  bool missing = false;  // 未报
};

bool is_origin(OfficeId office) {
  return office.type() == OfficeType::kPrison || office.type() == OfficeType::kDetentionHouse;
}

bool owes_manifests(const MonthContext& context, OfficeId office, Period period) {
  const auto opens = routing::gate(kGatedKind, period, office, context.calendar);
  if (!opens || context.now < *opens + kManifestPatience) return false;
  for (const OfficeId taker : context.directory.neighbours(office))
    if (routing::gives_in_chain(context.directory, office, taker) &&
        context.directory.newest_key(taker, context.now))
      return true;
  return false;
}

Result<> read_standing(broker::ReadTxn& txn, Seen& seen, std::optional<Period> period,
                       std::span<const Kind> kinds) {
  XJ_TRY(const auto value, txn.get(Table::kStandings, broker::standing_key(seen.office)));
  if (!value) return {};
  XJ_TRY(const auto row, broker::decode_standing_row(*value));
  XJ_TRY(const auto bytes, decode_signed_record(row.record));
  XJ_TRY(const Record record, decode_record_body(bytes.body));
  seen.as_of = row.created;
  for (const StandingEntry& entry : record.standing)
    if ((!period || entry.period == *period) &&
        (kinds.empty() || std::ranges::count(kinds, entry.kind) > 0))
      seen.counts[entry.column] += entry.count;
  return {};
}

Result<std::vector<Seen>> look_below(broker::ReadTxn& txn, const MonthContext& context,
                                     std::optional<Period> period,
                                     std::span<const Kind> kinds) {
  std::vector<Seen> out;
  const bool with_gated = kinds.empty() || std::ranges::count(kinds, kGatedKind) > 0;
  const Period owed = period.value_or(month_of(context.now));
  for (const OfficeId office : context.directory.all()) {
    if (!routing::is_in_subtree(context.directory, office, context.self)) continue;
    Seen seen{office, {}, {}, false, false};
    if (office == context.self) {
      XJ_TRY(seen.counts, own_counts(txn, context, period, kinds));
      seen.as_of = context.now;
    } else {
      XJ_TRY_VOID(read_standing(txn, seen, period, kinds));
    }
    seen.on_the_bus =
        seen.as_of.is_set() && context.directory.newest_key(office, context.now).has_value();
    seen.missing = seen.on_the_bus && with_gated &&
                   counted(seen.counts, kManifests) == 0 && owes_manifests(context, office, owed);
    out.push_back(std::move(seen));
  }
  return out;
}

json origin_json(const Seen& seen) {
  json out{{"origin", to_text(seen.office)}};
  for (const StandingColumn column : kOriginColumns)
    out[std::string(to_word(column))] = counted(seen.counts, column);
  for (const auto& [column, name] : kCopyColumns)
    out["copies"][name] = counted(seen.counts, column);
  out["missing"] = seen.missing ? 1 : 0;
  out["not_yet_on_the_bus"] = seen.on_the_bus ? 0 : 1;
  out["as_of"] = seen.as_of.is_set() ? json(to_text(seen.as_of)) : json(nullptr);
  return out;
}

json office_json(const Seen& seen) {
  json out{{"office", to_text(seen.office)}};
  for (const StandingColumn column : kOfficeColumns)
    out[std::string(to_word(column))] = counted(seen.counts, column);
  out["missing"] = seen.missing ? 1 : 0;
  out["not_yet_on_the_bus"] = seen.on_the_bus ? 0 : 1;
  out["as_of"] = seen.as_of.is_set() ? json(to_text(seen.as_of)) : json(nullptr);
  return out;
}

// Townships of the code table for which this office decides because they have none (flow A8).
void add_without_office(const Directory& directory, OfficeId self, std::uint32_t code, json& out) {
  for (const std::uint32_t child : routing::children_of(code)) {
    const OfficeId owner = directory.owner_of(child);
    if (owner.is_set() && owner != self) continue;
    if (child < routing::kTownshipMin) {
      add_without_office(directory, self, child, out);
    } else if (!owner.is_set()) {
      const auto info = routing::find_code(child);
      out.push_back({{"code", routing::code_text(child)},
                     {"name", info ? std::string(info->name) : std::string()}});
    }
  }
}

json totals_of(const std::vector<Seen>& seen) {
  Seen sum;
  json out;
  std::uint64_t missing = 0, absent = 0;
  for (const Seen& each : seen) {
    for (const auto& [column, count] : each.counts) sum.counts[column] += count;
    missing += each.missing ? 1U : 0U;
    absent += each.on_the_bus ? 0U : 1U;
  }
  out = origin_json(sum);
  out.update(office_json(sum));
  for (const char* const name : {"origin", "office", "as_of"}) out.erase(name);
  out["missing"] = missing;
  out["not_yet_on_the_bus"] = absent;
  return out;
}

json entries_json(const std::vector<ManifestEntry>& entries) {
  json out = json::array();
  for (const ManifestEntry& entry : entries)
    out.push_back({{"origin", to_text(entry.origin)}, {"id", to_text(entry.id)}});
  return out;
}

}  // namespace

Result<json> month_view(broker::ReadTxn& txn, const MonthContext& context,
                        std::optional<Period> period, std::optional<Kind> kind) {
  std::vector<Kind> kinds;
  if (kind) kinds.push_back(*kind);
  XJ_TRY(const auto seen, look_below(txn, context, period, kinds));
  json origins = json::array(), offices = json::array();
  json missing = json::array(), absent = json::array(), without = json::array();
  for (const Seen& each : seen) {
    if (is_origin(each.office) || counted(each.counts, kAccepted) > 0)
      origins.push_back(origin_json(each));
    offices.push_back(office_json(each));
    if (each.missing) missing.push_back(to_text(each.office));
    if (!each.on_the_bus) absent.push_back(to_text(each.office));
  }
  XJ_TRY(json closed, closed_view(txn, period));
  if (const auto record = context.directory.find(context.self))
    for (const std::uint32_t code : record->codes)
      add_without_office(context.directory, context.self, code, without);
  return json{{"period", period ? to_text(*period) : ""},
              {"office", to_text(context.self)},
              {"origins", std::move(origins)},
              {"offices", std::move(offices)},
              {"totals", totals_of(seen)},
              {"missing", std::move(missing)},
              {"not_yet_on_the_bus", std::move(absent)},
              {"without_office", std::move(without)},
              {"closed", std::move(closed)}};
}

Result<json> bulletin_view(broker::ReadTxn& txn, const MonthContext& context, Period period) {
  const bool at_county = context.self.type() == OfficeType::kCounty;
  std::map<OfficeId, Counts> rows;
  XJ_TRY(const auto seen, look_below(txn, context, period, kCheckedKinds));
  for (const Seen& each : seen) {
    if (each.office.type() != OfficeType::kTownship) continue;
    OfficeId row = each.office;
    while (!at_county && row.is_set() && row.type() != OfficeType::kCounty)
      row = context.directory.parent(row);
    Counts& into = rows[row.is_set() ? row : each.office];
    for (const auto& [column, count] : each.counts) into[column] += count;
  }
  json out = json::array();
  for (const auto& [office, counts] : rows) {
    const auto record = context.directory.find(office);
    out.push_back({{"office", to_text(office)},
                   {"name", record ? record->name : ""},
                   {"due", counted(counts, kReceived)},
                   {"on_time", counted(counts, kCheckedInTime)},
                   {"late", counted(counts, kCheckedLate)},
                   {"unlinked", counted(counts, kFoundUnlinked)},
                   {"overdue", counted(counts, kOverdueChecks)}});
  }
  return json{{"period", to_text(period)}, {"rows", std::move(out)}};
}

Result<json> closed_view(broker::ReadTxn& txn, std::optional<Period> period) {
  if (!period) return json(nullptr);
  XJ_TRY(const auto value, txn.get(Table::kMeta, broker::closed_key(*period)));
  if (!value) return json(nullptr);
  Decoder in(*value);
  const WallTime when{in.i64()};
  json out = json::parse(as_text(in.rest()), nullptr, false);
  if (!in.ok() || !out.is_object()) return corrupt("meta: the record of a closed month is broken");
  out["time"] = to_text(when);
  return out;
}

Result<json> manifests_view(broker::ReadTxn& txn, std::optional<Period> period) {
  json list = json::array();
  XJ_TRY_VOID(txn.scan(Table::kManifests, {}, {}, [&](const broker::Row& row) {
    const auto key = broker::parse_manifest_key(row.key);
    const auto manifest = broker::decode_manifest_row(row.value);
    if (!key || !manifest || (period && key->period != *period)) return true;
    list.push_back({{"period", to_text(key->period)},
                    {"direction", key->direction == broker::Direction::kGiven ? "given" : "taken"},
                    {"neighbour", to_text(key->neighbour)},
                    {"number", manifest->number},
                    {"count", manifest->count},
                    {"root", to_hex(manifest->root)},
                    {"state", std::string(to_word(manifest->state))},
                    {"made", to_text(manifest->made)},
                    {"told", to_text(manifest->told)},
                    {"faults", manifest->faults},
                    {"missing", entries_json(manifest->missing)},
                    {"unexpected", entries_json(manifest->unexpected)}});
    return true;
  }));
  return json{{"manifests", std::move(list)}};
}

}  // namespace xianjie::node
