// The offices of the directory, and how those below this one are, by what each has said of itself:
// the health numbers in its newest standing (schemas/record.h), and for neighbours the link. Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <set>

#include "broker/broker.h"
#include "node/office/census.h"
#include "node/office/standing.h"

namespace xianjie::node {

// An office that has said nothing for longer than this is silent: each says how it stands once a
// day.
inline constexpr Duration kSilentAfter = hours(26);

// {as_of, offices: [{office, name, parent, health, as_of, alarms: {critical, warning}, queued,
// oldest_s, held, inbox, overdue}]}: this office and all below it. `health`: good, warning, bad,
// silent, or not_on_the_bus. Queued and oldest are rounded up (health_columns).
// A neighbour that is cut off is seen at once, its standing only tomorrow.
Result<nlohmann::json> network_view(broker::ReadTxn& txn, const MonthContext& context,
                                    const std::set<OfficeId>& cut_off_neighbours);
// Those with wires, none of which carries anything now.
std::set<OfficeId> cut_off_neighbours(const broker::Broker& broker);

// {directory_version, offices: [{office, name, parent, codes, registered}]}; `below` not set: all.
// `registered`: it has a key that is valid now.
nlohmann::json offices_view(const routing::Directory& directory, OfficeId below, WallTime now);

// What an office says of its health: further entries of its standing, in front of the others,
// rounded so that a busy office does not speak at every envelope: counts up to the next power of
// four, ages up to the next limit of kAgeLimits.
struct Health {
  std::uint64_t critical = 0, warning = 0, queued = 0, held = 0, inbox = 0;
  Duration oldest{};
};
Health health_of(const nlohmann::json& overview, const Census& census);
void add_health(std::vector<StandingEntry>& rows, const Health& health, WallTime now);

}  // namespace xianjie::node
