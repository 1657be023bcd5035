#include "tests/simulation/office.h"

#include <algorithm>
#include <iostream>

#include "crypto/hash.h"
#include "node/office/standing.h"
#include "tests/simulation/clone.h"
#include "tests/simulation/holders_room.h"
#include "tests/simulation/key_changes.h"
#include "tests/simulation/trace.h"
#include "tests/simulation/watcher.h"

namespace xianjie::simulation {
namespace {

constexpr Duration kTurnWaitMax = milliseconds(3);
constexpr Duration kStandingEvery = hours(6);
constexpr Duration kRecallPatience = days(8);  // longer than any origin is out of reach
constexpr int kBusyTurnsMax = 200;             // at one moment: the broker would spin

bool moves_mail(const broker::Event& event) {
  if (const auto* arrived = std::get_if<broker::FrameArrived>(&event))
    return std::holds_alternative<broker::CheckedBatch>(arrived->frame) ||
           std::holds_alternative<Ack>(arrived->frame) ||
           std::holds_alternative<broker::CheckedRecords>(arrived->frame);
  return std::holds_alternative<broker::Submit>(event) ||
         std::holds_alternative<broker::Settle>(event) ||
         std::holds_alternative<broker::NoteOutcome>(event) ||
         std::holds_alternative<broker::Continue>(event);
}

}  // namespace

SimOffice::SimOffice(OfficeId id, World& world, std::uint64_t seed)
    : id_(id),
      world_(world),
      ring_(world.keys->ring_of(id)),
      random_(seed),
      application_(*this, world, seed + 1) {}

Now SimOffice::now() const {
  const WallTime wall = world_.timeline.now();
  return {Instant{instant_offset_ + (wall - world_.timeline.start()).ms}, wall, trusted_};
}

void SimOffice::start() {
  if (broker_) return;
  broker::BrokerOptions options;
  options.store_bytes = world_.faults.store_bytes;
  options.fresh_epoch = random_.u64() | 1U;
  options.instance = random_.u64() | 1U;
  options.witness = outside_;
  options.witness.archived = archive_.last_number();
  options.recall_patience = kRecallPatience;
  instant_offset_ = static_cast<std::int64_t>(random_.below(1'000'000'000));
  open_directory();
  broker_ = must(world_, id_, broker::Broker::open(store_, ring_, sync_->snapshot(), options));
  broker_->set_freshness(sync_->freshness());
  outside_ = {broker_->boot(), broker_->audit_seq(), 0};
  world_.network.started(id_, *this);
  application_.started();
  plan_change();
  plan_standing();
  schedule_turn(milliseconds(1));
}

// As the file has it; what was only in memory, neighbours tell again.
void SimOffice::open_directory() {
  if (kept_.roots.empty()) kept_ = world_.holders->first();
  auto trust = must(world_, id_, crypto::Trust::open(kept_, world_.holders->anchor()));
  sync_ = must(world_, id_,
               broker::DirectorySync::open(std::move(trust), trusted_ ? now().wall : WallTime{}));
}

void SimOffice::apply(broker::SyncEffects effects) {
  const crypto::Trust& trust = sync_->trust();
  if (effects.keep) kept_ = trust.bundle();
  if (std::pair(trust.root().version, trust.snapshot_version()) <
      std::pair(root_version_, snapshot_version_))
    violated(world_, id_, "believes an older directory than before");
  root_version_ = trust.root().version;
  snapshot_version_ = trust.snapshot_version();
  for (broker::Send& send : effects.sends)
    world_.network.send(id_, send.neighbour, send.channel, std::move(send.frame));
  if (effects.snapshot_moved) {
    cache_ = {};
    broker_->set_directory(sync_->snapshot());
    world_.network.directory_moved(id_);
    application_.directory_moved();
  }
  plan_change();
  if (effects.changed) {
    broker_->set_freshness(sync_->freshness());
    schedule_turn(milliseconds(1));
  }
  const auto next = sync_->next_wakeup();
  if (next == directory_due_) return;
  directory_due_ = next;
  if (!next) return;
  world_.timeline.in(*next - now().instant, [this, due = *next, life = life_] {
    if (life != life_ || directory_due_ != due) return;  // another one is planned
    directory_due_.reset();
    apply(sync_->on_time(now()));
  });
}

void SimOffice::plan_change() {
  const WallTime next = sync_->next_change();
  if (!next.is_set() || next == change_due_ || !trusted_) return;
  change_due_ = next;
  world_.timeline.at(std::max(next, world_.timeline.now() + milliseconds(1)),
                     [this, next, life = life_] {
                       if (life == life_ && change_due_ == next) apply(sync_->on_time(now()));
                     });
}

void SimOffice::import(const DirectoryBundle& news) {
  if (broker_) apply(sync_->import(news, now()));
}

void SimOffice::die() {
  broker_.reset();
  store_.crash();
  cache_ = {};
  pending_.clear();
  turn_planned_ = standing_planned_ = false;
  directory_due_.reset();
  change_due_ = {};
  ++life_;
  application_.died();
  world_.network.died(id_);
}

void SimOffice::crash(Duration down) {
  if (!broker_) return;
  die();
  world_.timeline.in(down, [this] { start(); });
}

void SimOffice::lose_disk(Duration down) {
  if (broker_) die();
  store_.lose_disk();
  archive_.lose_disk();
  outside_ = {};
  ++disk_;
  application_.requests().disk_lost();
  world_.watcher->disk_lost(id_);
  world_.watcher->forget_settled(id_);
  world_.timeline.in(down, [this] { start(); });
}

void SimOffice::back_up() {
  backup_ = std::make_unique<Backup>(store_, archive_, outside_, disk_);
}

void SimOffice::put_back(bool whole, Duration down) {
  if (!backup_) return;
  if (broker_) die();
  world_.watcher->restored(*this);
  store_.put_back(backup_->store);
  if (whole || backup_->disk != disk_) {  // an audit log of another store does not go with it
    archive_ = backup_->archive;
    outside_ = backup_->outside;
  }
  ++disk_;
  application_.requests().disk_lost();
  world_.watcher->disk_lost(id_);
  world_.timeline.in(down, [this] { start(); });
}

void SimOffice::hand_out() {
  post(broker::HandOut{});
}

void SimOffice::set_trusted(bool trusted) {
  trusted_ = trusted;
  if (broker_ && trusted) apply(sync_->on_time(now()));  // what was planned may be in force now
  if (broker_) plan_standing();
  if (broker_) schedule_turn(milliseconds(1));
}

bool SimOffice::may_link(OfficeId other) const {
  return is_neighbour(other) ||
         std::ranges::binary_search(sync_->snapshot()->directory.former_children(id_), other);
}

void SimOffice::post(broker::Event event) {
  if (!broker_) return;
  pending_.push_back(std::move(event));
  schedule_turn(up_to(random_, kTurnWaitMax));
}

void SimOffice::link_up(OfficeId neighbour, ChannelClass channel, ChannelClass worth) {
  post(broker::LinkUp{neighbour, worth, channel});
  if (worth != ChannelClass::kPublic) apply(sync_->on_up({neighbour, channel}));
}
void SimOffice::link_down(OfficeId neighbour, ChannelClass channel) {
  post(broker::LinkDown{neighbour, channel});
  sync_->on_down({neighbour, channel});
}

void SimOffice::frame(OfficeId from, ChannelClass channel, const Bytes& bytes) {
  auto checked = must(world_, id_, broker::check_frame(bytes, *sync_->snapshot(), cache_));
  const bool directory = std::visit(
      [&](const auto& body) {
        if constexpr (requires { sync_->on_frame(broker::LinkId{}, body, now()); }) {
          if (broker_) apply(sync_->on_frame({from, channel}, body, now()));
          return true;
        } else {
          return false;
        }
      },
      checked);
  if (directory) return;
  world_.watcher->arrived(*this, from, checked);
  post(broker::FrameArrived{from, std::move(checked), channel});
}

void SimOffice::beside(OfficeId from, ChannelClass channel, const Bytes& bytes,
                       std::uint64_t connection) {
  if (!broker_) return;
  auto checked = must(world_, id_, broker::check_frame(bytes, *sync_->snapshot(), cache_));
  post(broker::FrameArrived{from, std::move(checked), channel, connection});
}

// Some while after mail has moved, and when something falls due, as the daemon does it.
void SimOffice::plan_standing() {
  if (standing_planned_) return;
  standing_planned_ = true;
  world_.timeline.in(up_to(random_, kStandingEvery), [this, life = life_] {
    if (life != life_) return;
    standing_planned_ = false;
    const WallTime wall = now().wall;
    const auto txn = must(world_, id_, store_.read());
    post(broker::SetStanding{standing(wall)});
    for (const node::Obligation& one : owed(*txn, wall)) {
      if (one.due < wall) continue;
      world_.timeline.at(one.due + milliseconds(1), [this, life] {
        if (life == life_) plan_standing();
      });
      break;
    }
  });
}

std::vector<node::Obligation> SimOffice::owed(broker::ReadTxn& txn, WallTime wall) {
  return must(
      world_, id_,
      node::obligations(txn, ring_, world_.snapshot->directory, wall, world_.timeline.start()));
}

std::vector<StandingEntry> SimOffice::standing(WallTime wall) {
  const auto txn = must(world_, id_, store_.read());
  const node::MonthContext context{world_.snapshot->directory, id_, wall, {}};
  auto rows = must(world_, id_, node::own_standing(*txn, context));
  node::add_overdue(rows, owed(*txn, wall), id_, wall);
  return rows;
}

void SimOffice::schedule_turn(Duration wait) {
  if (turn_planned_) return;
  turn_planned_ = true;
  world_.timeline.in(wait, [this, life = life_] {
    if (life == life_) turn();
  });
}

void SimOffice::turn() {
  turn_planned_ = false;
  std::vector<broker::Event> events = std::move(pending_);
  pending_.clear();
  if (std::ranges::any_of(events, moves_mail)) plan_standing();
  const std::uint64_t commits = store_.commits();
  const bool failing = world_.faulty && chance(random_, world_.faults.commit_fails);
  if (failing) store_.fail_next_commit(random_.below(2) == 0);
  if (failing) world_.watcher->unheard(id_);
  auto effects = broker_->step(events, now());
  count_turn(effects);
  if (failing || !effects) {
    if (effects) violated(world_, id_, "effects of a turn whose commit failed");
    if (!failing) violated(world_, id_, "the turn failed: " + effects.error().text);
    return crash(up_to(random_, world_.faults.down_max));
  }
  if (store_.commits() == commits) violated(world_, id_, "effects without a commit");
  world_.watcher->after_turn(*this, *effects);
  if (world_.faulty && chance(random_, world_.faults.crash_before_effects))
    return crash(up_to(random_, world_.faults.down_max));
  carry_out(std::move(*effects));
  plan_wakeup();
}

void SimOffice::count_turn(const Result<broker::Effects>& effects) {
  ++turns_;
  ++world_.turns;
  const WallTime moment = world_.timeline.now();
  Encoder trace;
  trace.u64(world_.digest).i64(moment.ms).u64(id_.value());
  if (effects)
    for (const broker::Send& send : effects->sends)
      trace.u64(send.neighbour.value()).u64(crypto::checksum(send.frame));
  world_.digest = crypto::checksum(trace.bytes());
  if (moment != busy_since_) busy_turns_ = 0;
  busy_since_ = moment;
  if (++busy_turns_ > kBusyTurnsMax) violated(world_, id_, "turns without end at one moment");
  if (world_.options.trace) print_turn(std::cerr, moment, id_, effects);
}

void SimOffice::carry_out(broker::Effects effects) {
  outside_.boot = broker_->boot();
  const auto clone_of = [&](OfficeId office) {
    const auto found = world_.clones.find(office);
    return found == world_.clones.end() ? nullptr : found->second;
  };
  for (const broker::Prefer& prefer : effects.prefers) {
    if (Clone* clone = clone_of(prefer.neighbour)) clone->stop();
    world_.network.reconnect({Network::pair_of(id_, prefer.neighbour), prefer.channel});
  }
  std::erase_if(effects.sends, [&](const broker::Send& send) {
    if (send.connection == 0) return false;
    if (Clone* clone = clone_of(send.neighbour)) clone->answered(id_, send.channel, send.frame);
    return true;
  });
  for (broker::Send& send : effects.sends)
    if (is_wire(send.channel))  // what is said to a disk stays unsaid
      world_.network.send(id_, send.neighbour, send.channel, std::move(send.frame));
  for (const broker::Delivered& item : effects.delivered) application_.delivered(item);
  for (const broker::Reply& reply : effects.replies) application_.reply(reply);
  for (const std::string& alarm : effects.alarms) application_.alarmed(alarm);
  if (effects.audit_waiting && random_.below(4) == 0) archive();
}

void SimOffice::archive() {
  std::vector<broker::ArchiveRecord> records;
  {
    const auto txn = must(world_, id_, store_.read());
    must(world_, id_, txn->scan(broker::Table::kAudit, {}, {}, [&](const broker::Row& row) {
      records.push_back({Decoder(row.key).u64(), to_bytes(row.value)});
      return true;
    }));
  }
  if (records.empty()) return;
  must(world_, id_, archive_.append(records));
  outside_.audit_seq = broker_->audit_seq();
  post(broker::Archived{records.back().number});
}

void SimOffice::plan_wakeup() {
  const auto next = broker_->next_wakeup();
  const std::uint64_t number = ++wakeup_;
  if (!next) return;
  const Duration wait = std::max(*next - now().instant, milliseconds(0));
  world_.timeline.in(wait, [this, number, life = life_] {
    if (number == wakeup_ && life == life_ && broker_) turn();
  });
}

}  // namespace xianjie::simulation
