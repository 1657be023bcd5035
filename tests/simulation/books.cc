// The watcher's reading of the stores: custody, room, inboxes, ledgers, the month.
#include <nlohmann/json.hpp>

#include "broker/broker.h"
#include "routing/chain.h"
#include "node/office/month_status.h"
#include "node/office/views.h"
#include "tests/simulation/courier.h"
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

// Each disk is acknowledged, or everybody has been told that it is overdue.
void Watcher::check_consignments(SimOffice& office) {
  each_row(world_, office, Table::kConsignments, [&](const broker::Row& row) {
    const auto consignment = must(world_, office.id(), broker::decode_consignment_row(row.value));
    Decoder in(row.key);
    const auto to = OfficeId::from_value(in.u64());
    const std::string name = std::to_string(in.u64()) + " to " + to_text(*to);
    using enum broker::ConsignmentState;
    if (consignment.state == kAcknowledged) return;
    if (consignment.state == kOverdue) {
      const auto told = overdue_.lower_bound({office.id(), name + " "});
      const bool said = told != overdue_.end() && told->first == office.id() &&
                        told->second.starts_with(name + " ");
      if (!said && !unheard_.contains(office.id()))
        violated(world_, office.id(), "overdue, and no alarm: disk " + name);
      return;
    }
    if (consignment.expires < world_.timeline.now())
      violated(world_, office.id(), "neither acknowledged nor overdue: disk " + name);
  });
}

void Watcher::check_nothing_waits(SimOffice& office) {
  for (const Table table : {Table::kQueue, Table::kHeld, Table::kRecords, Table::kQuarantine})
    each_row(world_, office, table, [&](const broker::Row& row) {
      if (table == Table::kRecords && stays_for_a_wire(office, row)) return;
      if (table == Table::kHeld && is_over(office, broker::parse_seen_key(row.key))) return;
      std::string about = to_hex(row.key);
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
    if (row->second.destination != notice.destination)
      violated(world_, office.id(), "another destination: " + to_text(id));
    if (row->second.copy.is_set() && !own.contains(row->second.copy))
      violated(world_, office.id(), "its copy is not in the ledger: " + to_text(id));
    check_end(office, notice, row->second);
  }
}

// Each person's way ends once, at one office, and the first origin has heard of that.
void Watcher::check_end(SimOffice& office, const Notice& notice, const LedgerRow& row) {
  const std::string name = "notice " + std::to_string(notice.number);
  const auto found = ends_.find(notice.number);
  if (found == ends_.end()) {
    // Said in a turn that nobody heard the end of.
    if (row.outcome == 0) violated(world_, office.id(), name + " was checked nowhere");
    return;
  }
  std::set<EnvelopeKey> ends;
  for (const End& end : found->second) ends.insert(end.key);
  if (!disks_lost_.empty()) return;
  if (ends.size() > 1) violated(world_, office.id(), name + " ended twice");
  const End& end = found->second.front();
  if (row.outcome != static_cast<std::uint8_t>(end.outcome) || row.checked_by != end.office)
    violated(world_, office.id(),
             name + " was checked by " + to_text(end.office) + ", its origin knows of outcome " +
                 std::to_string(row.outcome) + " by " +
                 (row.checked_by.is_set() ? to_text(row.checked_by) : "nobody"));
  if (end.outcome == CheckOutcome::kOwnArea && end.office != notice.truth)
    violated(world_, office.id(), name + " ended at the wrong office");
}

// The root knows of every office what that office counts itself.
void Watcher::check_standings() {
  const auto root = world_.snapshot->directory.all().front();
  const auto above = must(world_, root, world_.offices.at(root)->store().read());
  for (const auto& [id, office] : world_.offices) {
    const auto counted = office->standing(world_.timeline.now());
    const auto value = must(world_, root, above->get(Table::kStandings, broker::standing_key(id)));
    if (!value) violated(world_, id, "the root never heard how it stands");
    const auto row = must(world_, root, broker::decode_standing_row(*value));
    const auto bytes = must(world_, root, decode_signed_record(row.record));
    if (must(world_, root, decode_record_body(bytes.body)).standing != counted)
      violated(world_, id, "stands otherwise than the root knows");
  }
}

// Each pair of the chain has a manifest, of nothing too, and its two ends agree on it.
void Watcher::check_manifests() {
  const Period month{202612};
  for (const auto& [id, office] : world_.offices) {
    const auto txn = must(world_, id, office->store().read());
    const auto row_of = [&](broker::ReadTxn& at, broker::Direction direction,
                            OfficeId neighbour) -> std::optional<broker::ManifestRow> {
      const auto value =
          must(world_, id,
               at.get(Table::kManifests, broker::manifest_key({direction, neighbour, month})));
      if (!value) return std::nullopt;
      return must(world_, id, broker::decode_manifest_row(*value));
    };
    for (const OfficeId neighbour : world_.snapshot->directory.neighbours(id)) {
      const auto other = must(world_, id, world_.offices.at(neighbour)->store().read());
      const auto given = row_of(*txn, broker::Direction::kGiven, neighbour);
      const auto taken = row_of(*other, broker::Direction::kTaken, id);
      // Without a wire, and with nothing to say, nobody hears that a store was lost.
      if (world_.courier->only_by_hand(id, neighbour) &&
          (disks_lost_.contains(id) || disks_lost_.contains(neighbour)))
        continue;
      if (!given && !routing::gives_in_chain(world_.snapshot->directory, id, neighbour)) continue;
      if (!given || !taken)
        violated(world_, id,
                 "no manifest at both ends for " + to_text(neighbour) + ": " +
                     (given   ? "given only"
                      : taken ? "taken only"
                              : "none"));
      if (given->number != taken->number || given->root != taken->root ||
          given->state != ManifestState::kAgreed || taken->state != ManifestState::kAgreed)
        violated(world_, id,
                 "no agreement with " + to_text(neighbour) + ": number " +
                     std::to_string(given->number) + " " + std::string(to_word(given->state)) +
                     ", there " + std::to_string(taken->number) + " " +
                     std::string(to_word(taken->state)));
    }
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
    check_reports(*office);
    check_nothing_waits(*office);
    check_month(*office, true);
  }
}

}  // namespace xianjie::simulation
