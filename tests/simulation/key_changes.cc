#include "tests/simulation/key_changes.h"

#include <algorithm>

#include "tests/simulation/holders_room.h"
#include "tests/simulation/office.h"
#include "tests/support/one_broker.h"

namespace xianjie::simulation {
namespace {

constexpr Duration kHeardWithin = hours(6);
constexpr Duration kOverlapMax = days(2);
constexpr std::uint64_t kThiefsFrames = 1ULL << 62;

}  // namespace

KeyChanges::KeyChanges(World& world, std::uint64_t seed) : world_(world), random_(seed) {
  world.keys = this;
  const WallTime start = world.timeline.start();
  const auto all = world.snapshot->directory.all();
  const auto pick = [&] { return all[static_cast<std::size_t>(random_.below(all.size()))]; };
  for (int k = 0; k < world.faults.rotations; ++k) {
    const OfficeId office = pick();
    if (std::ranges::find(changed_, office) != changed_.end()) continue;
    const WallTime from = start + hours(6) + up_to(random_, days(15));
    changes_.push_back({office, from, from + minutes(10) + up_to(random_, kOverlapMax)});
    changed_.push_back(office);
  }
  for (int k = 0; k < world.faults.thefts; ++k) {
    const OfficeId office = pick();
    if (std::ranges::find(changed_, office) != changed_.end()) continue;
    changed_.push_back(office);
    thefts_.push_back({office, start + days(1) + up_to(random_, days(13))});
  }
}

void KeyChanges::publish_ahead(DirectoryContents& contents) const {
  for (const Change& change : changes_) {
    auto& keys = tests::record_of(contents, change.office).keys;
    keys[0].valid_until = change.until;
    keys.push_back(tests::office_keys(change.office, {2}).public_set(change.from, {}));
  }
}

void KeyChanges::plan(WallTime healing) {
  for (const Theft& theft : thefts_) {
    world_.timeline.at(theft.at + up_to(random_, kHeardWithin),
                       [this, &theft, healing] { hand_in(theft, healing + days(1)); });
    world_.timeline.at(theft.at + up_to(random_, kHeardWithin), [this, &theft] {
      world_.holders->revoke(theft.office, theft.at,
                             tests::office_keys(theft.office, {2}).public_set(theft.at, {}));
    });
  }
}

crypto::KeyRing KeyChanges::ring_of(OfficeId office) const {
  if (std::ranges::find(changed_, office) == changed_.end()) return tests::office_keys(office);
  return tests::office_ring(office, {1, 2});
}

// At a neighbour of the office, over its link, with its first key: something that waits there until
// everybody has heard, so that nobody has opened it before.
void KeyChanges::hand_in(const Theft& theft, WallTime waits_until) {
  const auto& directory = world_.snapshot->directory;
  const OfficeId at = directory.parent(theft.office);
  const auto townships = directory.all();
  OfficeId to;
  for (const OfficeId one : townships)
    if (one.type() == OfficeType::kTownship && one != theft.office && one != at) to = one;
  if (!at.is_set() || !to.is_set()) return;
  tests::Writer thief(theft.office, world_.snapshot, random_.u64());
  const WallTime now = world_.timeline.now();
  const WallTime dated = random_.below(2) == 0 ? now : theft.at - up_to(random_, hours(20));
  Header header = thief.header(to, Kind::kAssistanceRequest, dated);
  header.not_before = waits_until;
  header.due = header.not_after = waits_until + days(20);
  const Envelope envelope = thief.seal(header);
  forged_.insert({theft.office, header.id});
  EnvelopeBatch batch;
  batch.number = kThiefsFrames + ++frames_;
  batch.envelopes.push_back(envelope);
  world_.offices.at(at)->frame(theft.office, ChannelClass::kVpn, encode(Frame(batch)));
}

void KeyChanges::check(SimOffice& office) {
  const auto txn = must(world_, office.id(), office.store().read());
  for (const broker::EnvelopeKey& key : forged_) {
    const auto value =
        must(world_, office.id(), txn->get(broker::Table::kSeen, broker::seen_key(key)));
    if (!value) continue;
    const auto state = must(world_, office.id(), broker::decode_state_row(*value));
    const auto row =
        must(world_, office.id(), txn->get(broker::Table::kHeld, broker::seen_key(key)));
    const auto held = row ? broker::decode_held_row(*row) : corrupt("");
    if (state.place != broker::Place::kHeld || !held || !held->reason.starts_with("revoked_key"))
      violated(world_, office.id(), "what a thief handed in is not held: " + to_text(key.id));
  }
}

}  // namespace xianjie::simulation
