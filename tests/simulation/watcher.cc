#include "tests/simulation/watcher.h"

#include <algorithm>

#include "broker/broker.h"
#include "crypto/hash.h"
#include "crypto/seal.h"
#include "routing/calendar.h"
#include "routing/kinds.h"
#include "routing/route.h"
#include "tests/simulation/key_changes.h"
#include "tests/simulation/office.h"

namespace xianjie::simulation {

using broker::EnvelopeKey;
using broker::Place;
using broker::Table;

void violated(const World& world, OfficeId office, const std::string& what) {
  throw Violation(to_text(world.timeline.now()) + " " + to_text(office) + ": " + what);
}

void Watcher::disk_lost(OfficeId office) {
  disks_lost_.insert(office);
  std::erase_if(batches_, [&](const auto& entry) { return std::get<1>(entry.first) == office; });
}

void Watcher::arrived(SimOffice& office, OfficeId from, const broker::CheckedFrame& frame) {
  if (const auto* batch = std::get_if<broker::CheckedBatch>(&frame)) {
    std::vector<Leaf> leaves;
    for (const broker::CheckedEnvelope& each : batch->envelopes) {
      // Not every office has heard of a new key yet: what it signs comes again.
      if (each.fault && !(world_.keys->any_stolen() && each.fault->text.starts_with("unknown_key")))
        violated(world_, office.id(), "an honest envelope is refused: " + each.fault->text);
      leaves.push_back({{each.header.origin, each.header.id}, each.leaf});
    }
    auto& known = batches_[{office.id(), from, batch->number}];
    known.push_back(std::move(leaves));
  } else if (const auto* records = std::get_if<broker::CheckedRecords>(&frame)) {
    if (records->refused > 0 && !world_.keys->any_stolen())
      violated(world_, office.id(), "an honest record is refused");
    records_[{office.id(), from, records->number}] = records->records;
  }
}

void Watcher::after_turn(SimOffice& office, const broker::Effects& effects) {
  for (const std::string& alarm : effects.alarms)
    if (alarm.starts_with("restored: this store")) {
      forget_kept_back(office);
      anew_.insert(office.id());
    }
  // Given back by the inbox, and taken again when somebody vouches for it.
  for (const std::string& alarm : effects.alarms)
    if (alarm.starts_with("held: ") && alarm.find(" revoked_key: ") != std::string::npos)
      std::erase_if(delivered_, [&](const auto& one) {
        return std::get<0>(one) == office.id() &&
               alarm.find(to_text(std::get<2>(one).id)) != std::string::npos;
      });
  for (const broker::Delivered& item : effects.delivered)
    if (world_.keys->is_stolen(item.key))
      violated(world_, office.id(), "delivered what a thief handed in: " + to_text(item.key.id));
    else if (!delivered_.emplace(office.id(), office.disk(), item.key).second ||
             (never_again_.contains({office.id(), item.key}) &&
              !disks_lost_.contains(item.key.origin)))
      violated(world_, office.id(), "delivered twice: " + to_text(item.key.id));
  for (const broker::Send& send : effects.sends)
    on_frame_out(office, send.neighbour, send.channel, send.frame);
  for (const std::string& alarm : effects.alarms)
    if (alarm.starts_with("consignment_overdue: ") ||
        alarm.starts_with("consignment_interrupted: "))
      overdue_.emplace(office.id(), alarm.substr(alarm.find(' ') + 1));
}

void Watcher::consigned(SimOffice& office, OfficeId to, ChannelClass channel,
                        const broker::Consigned& consigned) {
  for (const Bytes& frame : consigned.frames) on_frame_out(office, to, channel, frame);
}

void Watcher::on_frame_out(SimOffice& office, OfficeId to, ChannelClass channel, ByteView bytes) {
  const Frame frame = must(world_, office.id(), decode_frame(bytes));
  std::visit(
      [&](const auto& body) {
        if constexpr (requires { on_sent(office, to, channel, body); })
          on_sent(office, to, channel, body);
        else if constexpr (requires { on_sent(office, to, body); })
          on_sent(office, to, body);
      },
      frame);
}

// Whoever hands over still holds it durably, may use the link, and its gate is open.
void Watcher::on_sent(SimOffice& office, OfficeId to, ChannelClass channel,
                      const EnvelopeBatch& batch) {
  const auto txn = must(world_, office.id(), office.store().read());
  for (const Envelope& envelope : batch.envelopes) {
    ++envelopes_sent_;
    const Header header = must(world_, office.id(), decode_header(envelope.header));
    const auto gate = routing::gate(header.kind, header.period, office.id(), {});
    if (gate && world_.timeline.now() < *gate)
      violated(world_, office.id(), "left before its gate: " + to_text(header.id));
    const bool by_hand = !is_wire(channel);
    const ChannelClass worth =
        by_hand ? channel : office.running()->peers().at(to).links.at(channel).own_class;
    if (!routing::channel_allowed(header.kind, worth, office.id().type(), to.type()))
      violated(world_, office.id(), "over a channel that is not allowed: " + to_text(header.id));
    const Bytes key = broker::seen_key({header.origin, header.id});
    const auto value = must(world_, office.id(), txn->get(Table::kSeen, key));
    const auto bytes = must(world_, office.id(), txn->get(Table::kEnvelopes, key));
    if (!value || !bytes) violated(world_, office.id(), "sent but not held: " + to_text(header.id));
    const auto row = must(world_, office.id(), broker::decode_state_row(*value));
    if (row.place != Place::kQueued || row.leaf != crypto::leaf_of(envelope))
      violated(world_, office.id(), "sent but not in custody: " + to_text(header.id));
  }
}

void Watcher::on_sent(SimOffice& office, OfficeId to, const Ack& ack) {
  const auto& arrived = batches_[{office.id(), to, ack.number}];
  // By disk, to a store that is gone since.
  if (arrived.empty() && disks_lost_.contains(to)) return;
  if (std::ranges::none_of(arrived,
                           [&](const auto& leaves) { return has_taken(office, ack, leaves); }))
    violated(world_, office.id(),
             "acknowledged before its commit: batch " + std::to_string(ack.number));
}

bool Watcher::has_taken(SimOffice& office, const Ack& ack, const std::vector<Leaf>& leaves) {
  if (leaves.size() != ack.outcomes.size()) return false;
  const auto txn = must(world_, office.id(), office.store().read());
  for (std::size_t k = 0; k < leaves.size(); ++k) {
    if (ack.outcomes[k] != AckOutcome::kTaken && ack.outcomes[k] != AckOutcome::kKnown) continue;
    const Bytes key = broker::seen_key(leaves[k].key);
    const auto value = must(world_, office.id(), txn->get(Table::kSeen, key));
    if (!value) return false;
    const auto row = must(world_, office.id(), broker::decode_state_row(*value));
    if (row.leaf != leaves[k].leaf) return false;
    const bool in_custody =
        row.place == Place::kQueued || row.place == Place::kHeld || row.place == Place::kInbox;
    const auto bytes = must(world_, office.id(), txn->get(Table::kEnvelopes, key));
    if (in_custody && !bytes) return false;
  }
  return true;
}

// By a way that is none any more: how an office stands, from a neighbour that is not on its way to
// the root; what would go back to where it came from. It is dropped, and said again by the new way.
bool Watcher::comes_another_way(SimOffice& office, OfficeId from, const Record& record) const {
  const auto& directory = office.sync().snapshot()->directory;
  if (record.type != RecordType::kStanding) {
    const auto next = routing::next_hop(directory, office.id(), record.target);
    return next && *next == from;
  }
  for (OfficeId at = record.issuer; at.is_set(); at = directory.parent(at))
    if (directory.parent(at) == office.id()) return at != from;
  return true;
}

void Watcher::on_sent(SimOffice& office, OfficeId to, const RecordsAck& ack) {
  for (const broker::CheckedRecord& record : records_[{office.id(), to, ack.number}])
    if (!comes_another_way(office, to, record.record) && !has_kept(office, record))
      violated(world_, office.id(),
               "acknowledged a record before its commit: type " +
                   std::to_string(static_cast<int>(record.record.type)) + " of " +
                   to_text(record.record.issuer) + " to " + to_text(record.record.target) +
                   " from " + to_text(to));
}

// What is said in answer is never owed again: the giver asks anew.
bool Watcher::keeps_manifest(SimOffice& office, const Record& record) {
  if (record.type != RecordType::kManifest ||
      record.manifest.taker_epoch != office.running()->epoch())
    return true;
  const auto txn = must(world_, office.id(), office.store().read());
  const auto value = must(
      world_, office.id(),
      txn->get(Table::kManifests, broker::manifest_key({broker::Direction::kTaken, record.issuer,
                                                        record.manifest.period})));
  if (!value) return false;
  const auto row = must(world_, office.id(), broker::decode_manifest_row(*value));
  return row.epoch == record.epoch ? row.number >= record.manifest.number
                                   : row.made >= record.created;
}

// This one or a newer one.
bool Watcher::keeps_standing(SimOffice& office, const Record& record) {
  const auto txn = must(world_, office.id(), office.store().read());
  const auto value =
      must(world_, office.id(), txn->get(Table::kStandings, broker::standing_key(record.issuer)));
  return value &&
         must(world_, office.id(), broker::decode_standing_row(*value)).created >= record.created;
}

// On to the next office, or in the ledger of the one it is for. An issuer that lost a disk has
// taken its word back; epochs end where they are known.
bool Watcher::has_kept(SimOffice& office, const broker::CheckedRecord& checked) {
  const Record& record = checked.record;
  if (record.type == RecordType::kEpoch) return true;
  if (record.type >= RecordType::kRecall && record.target == office.id()) return true;
  if (record.type > RecordType::kStanding) return keeps_manifest(office, record);
  if (record.type == RecordType::kStanding) return keeps_standing(office, record);
  const auto txn = must(world_, office.id(), office.store().read());
  if (record.target != office.id()) {
    const auto next =
        routing::next_hop(office.sync().snapshot()->directory, office.id(), record.target);
    if (!next) return true;
    bool found = false;
    const Bytes prefix = broker::record_prefix(*next);
    must(world_, office.id(),
         txn->scan(Table::kRecords, prefix, prefix, [&](const broker::Row& row) {
           const auto kept = decode_signed_record(row.value);
           found = kept && kept->body == checked.bytes.body;
           return !found;
         }));
    return found;
  }
  if (disks_lost_.contains(record.issuer) || disks_lost_.contains(office.id())) return true;
  if (anew_.contains(record.issuer)) return true;  // it took that word back
  for (const Receipt& receipt : record.receipts) {
    const auto value =
        must(world_, office.id(), txn->get(Table::kLedger, broker::ledger_key(receipt.id)));
    if (!value) return false;
    const auto row = must(world_, office.id(), broker::decode_ledger_row(*value));
    // A custodian's word counts once the directory that made it one is here, and comes again then.
    if (row.receipt == ReceiptType::kAccepted && row.destination == record.issuer) return false;
  }
  return true;
}

bool Watcher::stands_for(OfficeId office, OfficeId meant) const {
  return office == meant || office == world_.snapshot->directory.successor(meant);
}

void Watcher::opened_copy(SimOffice& office, const node::Item& item, const Notice& meant) {
  const OfficeId police =
      routing::population_police_for(world_.snapshot->directory, meant.destination.code());
  if (office.id() != police || item.key.origin != meant.origin || item.header.kind != meant.kind)
    violated(world_, office.id(),
             "a copy of notice " + std::to_string(meant.number) + " is not for here");
}

void Watcher::opened(SimOffice& office, const node::Item& item, const node::OpenedNotice& notice,
                     const Notice& meant) {
  const auto bad = [&](const std::string& what) {
    violated(world_, office.id(), "notice " + std::to_string(meant.number) + " " + what);
  };
  const bool first = notice.steps.empty();
  if (notice.first_header.origin != meant.origin || notice.first_header.kind != meant.kind ||
      !stands_for(office.id(), first ? meant.destination : notice.steps.back().to))
    bad("is not for here");
  // What comes back to where it was returned goes to a desk, never there by itself.
  const auto returned_here = [&](const Step& step) {
    return step.action == StepAction::kReturned && step.office == office.id();
  };
  if (!first && notice.steps.back().action == StepAction::kDistributed &&
      std::ranges::any_of(notice.steps, returned_here))
    bad("goes in a circle");
  // Opened again after a crash or a lost disk, but only ever as the same envelope.
  const EnvelopeId before = first ? EnvelopeId{} : notice.steps.back().id;
  const bool told_again = std::ranges::any_of(
      notice.steps, [&](const Step& s) { return disks_lost_.contains(s.office); });
  const auto [known, is_new] =
      opened_.emplace(std::tuple(office.id(), meant.number, before), item.key);
  if (known->second != item.key && !told_again) bad("came as two envelopes");
}

void Watcher::checked(SimOffice& office, const EnvelopeKey& key, std::uint32_t notice,
                      CheckOutcome outcome) {
  ends_[notice].push_back({office.id(), key, outcome});
}

}  // namespace xianjie::simulation
