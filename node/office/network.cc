#include "node/office/network.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "node/office/alarms.h"
#include "node/office/census.h"
#include "routing/codes.h"
#include "routing/route.h"

namespace xianjie::node {
namespace {

using broker::Table;
using nlohmann::json;
using enum StandingColumn;

constexpr Kind kOfNoKind = Kind::kReceipt;

std::uint32_t up_to_power_of_four(std::uint64_t count) {
  std::uint64_t power = 1;
  while (power < count && power < (1U << 30)) power *= 4;
  return count == 0 ? 0 : static_cast<std::uint32_t>(power);
}

std::uint32_t up_to_limit(Duration age) {
  if (age.ms <= 0) return 0;
  for (const Duration limit : kAgeLimits)
    if (age <= limit) return static_cast<std::uint32_t>(limit.ms / 1000);
  return static_cast<std::uint32_t>(kAgeLimits.back().ms / 1000) * 4;
}

struct Said {
  WallTime as_of;  // not set: nothing was ever heard
  Counts health;   // of its newest standing
  std::uint64_t overdue = 0;
};

bool is_overdue(StandingColumn column) {
  return column >= kOverdueChecks && column <= kOverdueReports;
}

Result<Said> said_by(broker::ReadTxn& txn, OfficeId office) {
  Said said;
  XJ_TRY(const auto value, txn.get(Table::kStandings, broker::standing_key(office)));
  if (!value) return said;
  XJ_TRY(const auto row, broker::decode_standing_row(*value));
  XJ_TRY(const auto bytes, decode_signed_record(row.record));
  XJ_TRY(const Record record, decode_record_body(bytes.body));
  said.as_of = row.created;
  for (const StandingEntry& entry : record.standing) {
    if (entry.column >= kAlarmsCritical) said.health[entry.column] += entry.count;
    if (is_overdue(entry.column)) said.overdue += entry.count;
  }
  return said;
}

const char* health_word(const Said& said, bool has_key, bool cut_off, WallTime now) {
  if (!said.as_of.is_set() || !has_key) return "not_on_the_bus";
  if (now > said.as_of + kSilentAfter || cut_off) return "silent";
  if (counted(said.health, kAlarmsCritical) > 0) return "bad";
  return counted(said.health, kAlarmsWarning) + said.overdue > 0 ? "warning" : "good";
}

json parent_of(const routing::Directory& directory, OfficeId office) {
  const OfficeId parent = directory.parent(office);
  return parent.is_set() ? json(to_text(parent)) : json(nullptr);
}

}  // namespace

Health health_of(const json& overview, const Census& census) {
  Health health;
  health.critical = count_alarms(overview.at("alarms"), AlarmLevel::kCritical);
  health.warning = count_alarms(overview.at("alarms"), AlarmLevel::kWarning);
  const QueueCounts total = census.total();
  health.queued = total.gated + total.ready + total.sent + total.deferred;
  health.held = total.held;
  health.inbox = census.inbox();
  if (total.oldest.is_set()) health.oldest = census.as_of() - total.oldest;
  return health;
}

void add_health(std::vector<StandingEntry>& rows, const Health& health, WallTime now) {
  const auto add = [&](StandingColumn column, std::uint32_t count) {
    if (count > 0) rows.push_back({month_of(now), kOfNoKind, column, count});
  };
  add(kAlarmsCritical, static_cast<std::uint32_t>(std::min<std::uint64_t>(health.critical, 1000)));
  add(kAlarmsWarning, static_cast<std::uint32_t>(std::min<std::uint64_t>(health.warning, 1000)));
  add(kQueued, up_to_power_of_four(health.queued));
  add(kHeldHere, up_to_power_of_four(health.held));
  add(kOldestSeconds, up_to_limit(health.oldest));
  add(kInboxOpen, up_to_power_of_four(health.inbox));
}

std::set<OfficeId> cut_off_neighbours(const broker::Broker& broker) {
  std::set<OfficeId> out;
  for (const auto& [office, peer] : broker.peers())
    if (!peer.best() && std::ranges::any_of(peer.links, [](const auto& link) {
          return is_wire(link.first);
        }))
      out.insert(office);
  return out;
}

Result<json> network_view(broker::ReadTxn& txn, const MonthContext& context,
                          const std::set<OfficeId>& cut_off_neighbours) {
  const routing::Directory& directory = context.directory;
  json offices = json::array();
  for (const OfficeId office : directory.all()) {
    if (!routing::is_in_subtree(directory, office, context.self)) continue;
    XJ_TRY(const Said said, said_by(txn, office));
    const bool has_key = directory.newest_key(office, context.now).has_value();
    const bool cut_off = office != context.self && cut_off_neighbours.contains(office);
    const auto record = directory.find(office);
    offices.push_back(
        {{"office", to_text(office)},
         {"name", record ? record->name : ""},
         {"parent", office == context.self ? json(nullptr) : parent_of(directory, office)},
         {"health", health_word(said, has_key, cut_off, context.now)},
         {"as_of", said.as_of.is_set() ? json(to_text(said.as_of)) : json(nullptr)},
         {"alarms",
          {{"critical", counted(said.health, kAlarmsCritical)},
           {"warning", counted(said.health, kAlarmsWarning)}}},
         {"queued", counted(said.health, kQueued)},
         {"held", counted(said.health, kHeldHere)},
         {"oldest_s", counted(said.health, kOldestSeconds)},
         {"inbox", counted(said.health, kInboxOpen)},
         {"overdue", said.overdue}});
  }
  return json{{"as_of", to_text(context.now)}, {"offices", std::move(offices)}};
}

json offices_view(const routing::Directory& directory, OfficeId below, WallTime now) {
  json offices = json::array();
  for (const OfficeId office : directory.all()) {
    if (below.is_set() && !routing::is_in_subtree(directory, office, below)) continue;
    const auto record = directory.find(office);
    if (!record) continue;
    json codes = json::array();
    for (const std::uint32_t code : record->codes) codes.push_back(routing::code_text(code));
    offices.push_back({{"office", to_text(office)},
                       {"name", record->name},
                       {"parent", parent_of(directory, office)},
                       {"codes", std::move(codes)},
                       {"registered", directory.newest_key(office, now).has_value()}});
  }
  return {{"directory_version", directory.header().version}, {"offices", std::move(offices)}};
}

}  // namespace xianjie::node
