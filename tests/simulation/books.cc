// The watcher's reading of the stores: custody, room, inboxes, ledgers, the month.
#include <nlohmann/json.hpp>

#include "broker/broker.h"
#include "node/office/month_status.h"
#include "node/office/views.h"
#include "tests/simulation/courier.h"
#include "tests/simulation/key_changes.h"
#include "tests/simulation/office.h"
#include "tests/simulation/watcher.h"

namespace xianjie::simulation {

using broker::EnvelopeKey;
using broker::LedgerRow;
using broker::Place;
using broker::Quota;
using broker::StateRow;
using broker::Table;

namespace {

template <class Visit>
void each_row(const World& world, SimOffice& office, Table table, const Visit& visit) {
  const auto txn = must(world, office.id(), office.store().read());
  must(world, office.id(), txn->scan(table, {}, {}, [&](const broker::Row& row) {
    visit(row);
    return true;
  }));
}

template <class Visit>  // of (EnvelopeKey, StateRow)
void each_state(const World& world, SimOffice& office, const Visit& visit) {
  each_row(world, office, Table::kSeen, [&](const broker::Row& row) {
    visit(broker::parse_seen_key(row.key),
          must(world, office.id(), broker::decode_state_row(row.value)));
  });
}

template <class Visit>  // of (EnvelopeId, LedgerRow)
void each_own(const World& world, SimOffice& office, const Visit& visit) {
  each_row(world, office, Table::kLedger, [&](const broker::Row& row) {
    visit(EnvelopeId{Decoder(row.key).array<16>()},
          must(world, office.id(), broker::decode_ledger_row(row.value)));
  });
}

// A work order that was passed on, and that nobody below answers.
bool waits_below(const broker::InboxRow& item) {
  return item.kind == Kind::kWorkOrder && item.continued_by.is_set();
}

bool is_notice(const LedgerRow& row) {
  return row.kind == Kind::kPreReleaseNotice || row.kind == Kind::kAdHocReport;
}

}  // namespace

void Watcher::check_books() {
  std::set<EnvelopeKey> held;  // by anybody but its origin
  for (const auto& [id, office] : world_.offices)
    each_state(world_, *office, [&](const EnvelopeKey& key, const StateRow& row) {
      const bool here = row.place == Place::kQueued || row.place == Place::kHeld ||
                        row.place == Place::kInbox || row.place == Place::kSettled;
      if (here && key.origin != id) held.insert(key);
    });
  for (const auto& [id, office] : world_.offices) {
    check_room(*office);
    check_inbox(*office);
    check_ledger(*office, held);
    check_month(*office, false);
  }
}

// The byte ledger is what the rows say.
void Watcher::check_room(SimOffice& office) {
  if (office.running() == nullptr) return;
  std::map<Quota, std::uint64_t> expected;
  each_state(world_, office, [&](const EnvelopeKey& key, const StateRow& row) {
    const auto quota = static_cast<Quota>(row.room);
    const bool waits = row.place == Place::kQueued || row.place == Place::kHeld;
    const bool counts = key.origin == office.id() || quota == Quota::kInbox || waits;
    if (counts) expected[quota] += row.bytes;
    // What its origin keeps counts as a copy from its end on.
    const bool own = key.origin == office.id() && row.room != 0;
    if (row.path_copy && !own) expected[Quota::kCopies] += row.bytes;
  });
  for (const Quota quota :
       {Quota::kClimbing, Quota::kDescending, Quota::kOrigin, Quota::kInbox, Quota::kCopies})
    if (office.running()->room().used(quota) != expected[quota])
      violated(world_, office.id(),
               "room " + std::string(quota_name(quota)) + ": " +
                   std::to_string(office.running()->room().used(quota)) + " bytes noted, " +
                   std::to_string(expected[quota]) + " held");
}

void Watcher::check_inbox(SimOffice& office) {
  std::set<EnvelopeKey> known;
  each_row(world_, office, Table::kInbox, [&](const broker::Row& row) {
    const auto item = must(world_, office.id(), broker::decode_inbox_row(row.value));
    if (!known.insert(item.key).second)
      violated(world_, office.id(), "twice in the inbox: " + to_text(item.key.id));
  });
}

// Whatever is not over is kept at its origin, and lies somewhere else or waits there.
void Watcher::check_ledger(SimOffice& office, const std::set<EnvelopeKey>& held) {
  const auto txn = must(world_, office.id(), office.store().read());
  each_own(world_, office, [&](const EnvelopeId& id, const LedgerRow& row) {
    if (is_terminal(row.receipt)) return;
    const EnvelopeKey key{office.id(), id};
    if (!must(world_, office.id(), txn->get(Table::kEnvelopes, broker::seen_key(key))))
      violated(world_, office.id(), "the origin no longer keeps " + to_text(id));
    if (!disks_lost_.empty()) return;
    const auto value = must(world_, office.id(), txn->get(Table::kSeen, broker::seen_key(key)));
    if (!value) violated(world_, office.id(), "no state of " + to_text(id));
    const auto state = must(world_, office.id(), broker::decode_state_row(*value));
    if (state.place == Place::kAway && !held.contains(key))
      violated(world_, office.id(), "let go, and in nobody's custody: " + to_text(id));
  });
}

void Watcher::check_month(SimOffice& office, bool finished) {
  if (office.application().accepted().empty()) return;
  const auto txn = must(world_, office.id(), office.store().read());
  const node::MonthContext context{
      world_.snapshot->directory, office.id(), world_.timeline.now(), {}};
  const auto view = must(world_, office.id(), node::month_view(*txn, context, {}, {}));
  for (const auto& origin : view.at("origins")) {
    if (origin.at("origin") != to_text(office.id())) continue;  // others as they said they stand
    for (const auto& numbers : {origin, origin.at("copies")}) {
      const auto number = [&](const char* name) {
        return numbers.at(name).template get<std::uint64_t>();
      };
      const std::uint64_t sum =
          number("delivered") + number("returned") + number("held") + number("in_transit");
      if (number("accepted") != sum || (finished && number("delivered") != sum))
        violated(world_, office.id(), "the month does not close: " + view.dump());
    }
  }
}

// Records go along with a disk, and wait for a wire too.
bool Watcher::stays_for_a_wire(SimOffice& office, const broker::Row& row) const {
  const auto neighbour = OfficeId::from_value(Decoder(row.key).u64());
  return neighbour && world_.courier->only_by_hand(office.id(), *neighbour);
}

void Watcher::check_nothing_waits(SimOffice& office) {
  for (const Table table : {Table::kQueue, Table::kHeld, Table::kRecords, Table::kQuarantine})
    each_row(world_, office, table, [&](const broker::Row& row) {
      if (table == Table::kRecords && stays_for_a_wire(office, row)) return;
      if (table == Table::kHeld && world_.keys->is_stolen(broker::parse_seen_key(row.key))) return;
      if (table == Table::kHeld && is_over(office, broker::parse_seen_key(row.key))) return;
      std::string about = to_hex(row.key);
      if (table == Table::kRecords) {
        const auto kept = must(world_, office.id(), decode_signed_record(row.value));
        const auto record = must(world_, office.id(), decode_record_body(kept.body));
        about += " type " + std::to_string(static_cast<int>(record.type)) + " of " +
                 to_text(record.issuer) + " to " + to_text(record.target) + ", " +
                 to_text(record.created);
      }
      if (const auto held = broker::decode_held_row(row.value); table == Table::kHeld && held)
        about += " " + held->reason;
      violated(world_, office.id(), "left in " + std::string(table_name(table)) + ": " + about);
    });
  each_row(world_, office, Table::kBatches, [&](const broker::Row& row) {
    if (row.key.front() == 0) violated(world_, office.id(), "a batch never acknowledged");
  });
  each_row(world_, office, Table::kInbox, [&](const broker::Row& row) {
    const auto item = must(world_, office.id(), broker::decode_inbox_row(row.value));
    if (!item.copy && !item.settled && !left_open_.contains({office.id(), item.key}) &&
        !waits_below(item))
      violated(world_, office.id(),
               "left in the inbox: " + std::string(to_word(item.kind)) + " " +
                   to_text(item.key.id) + " of " + to_text(item.key.origin) +
                   (item.continued_by.is_set() ? " as " + to_text(item.continued_by) : ""));
  });
}

// Every row handed in stands once in the ledger, with its copy where there are population-police.
void Watcher::check_accepted(SimOffice& office) {
  if (!office.application().all_answered())
    violated(world_, office.id(), "a submission without its answer");
  std::map<EnvelopeId, LedgerRow> own;
  std::size_t notices = 0;
  each_own(world_, office, [&](const EnvelopeId& id, const LedgerRow& row) {
    own.emplace(id, row);
    if (is_notice(row) && !row.copy_of.is_set() && !row.continues.id.is_set()) ++notices;
    if (!may_end_as(row))
      violated(world_, office.id(),
               std::string(to_word(row.kind)) + " " + to_text(id) + " to " +
                   to_text(row.destination) + " is only " + std::string(to_word(row.receipt)) +
                   ", sent again " + std::to_string(row.resends) + " times");
  });
  const auto& accepted = office.application().accepted();
  if (notices != accepted.size())
    violated(world_, office.id(),
             std::to_string(accepted.size()) + " notices were accepted, the ledger has " +
                 std::to_string(notices));
  for (const auto& [number, id] : accepted) {
    const Notice& notice = world_.notices.at(number);
    const auto row = own.find(id);
    if (row == own.end()) violated(world_, office.id(), "not in the ledger: " + to_text(id));
    // Where offices move, a custodian on the way may have come to stand in for it.
    const OfficeId at = row->second.destination;
    if (!stands_for(at, notice.destination) &&
        (world_.faults.moves + world_.faults.merges == 0 || at.type() == OfficeType::kTownship))
      violated(world_, office.id(), "another destination: " + to_text(id));
    if (row->second.copy.is_set() && !own.contains(row->second.copy))
      violated(world_, office.id(), "its copy is not in the ledger: " + to_text(id));
    check_end(office, notice, row->second);
  }
}

void Watcher::check_finished() {
  check_books();
  check_manifests();
  check_standings();
  for (const auto& [id, office] : world_.offices) {
    check_accepted(*office);
    check_requests(*office);
    check_consignments(*office);
    check_nothing_waits(*office);
    world_.keys->check(*office);
    check_month(*office, true);
  }
  for (const auto& [id, office] : world_.offices) check_reports(*office);
}

}  // namespace xianjie::simulation
