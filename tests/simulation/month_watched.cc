// The watcher's eye on what offices agree on and tell each other: outcomes, manifests, standings,
// disks.
#include "broker/broker.h"
#include "routing/chain.h"
#include "tests/simulation/courier.h"
#include "tests/simulation/office.h"
#include "tests/simulation/watcher.h"

namespace xianjie::simulation {

using broker::EnvelopeKey;
using broker::LedgerRow;
using broker::Table;

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
  if (end.outcome == CheckOutcome::kOwnArea && !stands_for(end.office, notice.truth))
    violated(world_, office.id(), name + " ended at the wrong office");
}

// Each disk is acknowledged, or everybody has been told that it is overdue.
void Watcher::check_consignments(SimOffice& office) {
  const auto txn = must(world_, office.id(), office.store().read());
  const auto each = [&](const broker::Row& row) {
    const auto consignment = must(world_, office.id(), broker::decode_consignment_row(row.value));
    Decoder in(row.key);
    const auto to = OfficeId::from_value(in.u64());
    const std::string name = std::to_string(in.u64()) + " to " + to_text(*to);
    using enum broker::ConsignmentState;
    if (consignment.state == kAcknowledged) return true;
    if (consignment.state == kOverdue) {
      const auto told = overdue_.lower_bound({office.id(), name + " "});
      const bool said = told != overdue_.end() && told->first == office.id() &&
                        told->second.starts_with(name + " ");
      if (!said && !unheard_.contains(office.id()))
        violated(world_, office.id(), "overdue, and no alarm: disk " + name);
    } else if (consignment.expires < world_.timeline.now()) {
      violated(world_, office.id(), "neither acknowledged nor overdue: disk " + name);
    }
    return true;
  };
  must(world_, office.id(), txn->scan(Table::kConsignments, {}, {}, each));
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
      // Without a wire, and with nothing to say, nobody hears that a store was lost; and who has
      // never sent a disk is owed none.
      const auto& peers = office->running()->peers();
      const auto peer = peers.find(neighbour);
      if (world_.courier->only_by_hand(id, neighbour) &&
          (disks_lost_.contains(id) || disks_lost_.contains(neighbour) || peer == peers.end() ||
           peer->second.epoch == 0))
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

}  // namespace xianjie::simulation
