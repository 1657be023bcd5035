#include "node/daemon/engine.h"

#include <algorithm>

#include "adapters/files.h"
#include "adapters/poller.h"
#include "broker/consignments.h"
#include "crypto/hash.h"
#include "crypto/statement.h"
#include "node/daemon/key_files.h"
#include "node/daemon/log.h"
#include "node/daemon/witness_file.h"
#include "node/office/continuation.h"

namespace xianjie::node {
namespace {

constexpr std::uint32_t kLeaseCount = 4096;
constexpr Duration kAuditEvery = milliseconds(500);
constexpr Duration kMaintenanceEvery = minutes(1);
constexpr std::size_t kAuditRowsPerDrain = 4096;
constexpr Duration kStandingEvery = minutes(1);
constexpr Duration kStandingEveryRehearsal = seconds(1);
constexpr Duration kRivalPatienceRehearsal = seconds(3);
constexpr Duration kRecallPatienceRehearsal = seconds(20);
constexpr std::int64_t kStandingShare = 20;  // counting takes at most one part in so many

// Whether what this office counts may have changed by it.
bool moves_mail(const broker::Event& event) {
  if (const auto* arrived = std::get_if<broker::FrameArrived>(&event))
    return std::holds_alternative<broker::CheckedBatch>(arrived->frame) ||
           std::holds_alternative<Ack>(arrived->frame) ||
           std::holds_alternative<broker::CheckedRecords>(arrived->frame);
  return !std::holds_alternative<broker::SetStanding>(event) &&
         !std::holds_alternative<broker::Archived>(event) &&
         !std::holds_alternative<broker::ArchiveHead>(event) &&
         !std::holds_alternative<broker::AskCustody>(event) &&
         !std::holds_alternative<broker::TellCustody>(event) &&
         !std::holds_alternative<broker::Audit>(event) &&
         !std::holds_alternative<broker::Lease>(event);
}

std::size_t envelopes_in(const broker::Event& event) {
  if (const auto* arrived = std::get_if<broker::FrameArrived>(&event))
    if (const auto* batch = std::get_if<broker::CheckedBatch>(&arrived->frame))
      return batch->envelopes.size();
  if (const auto* submit = std::get_if<broker::Submit>(&event)) return 2 * submit->items.size();
  return 0;
}

}  // namespace

// Without the deltas, which prove nothing that the snapshot does not.
Bytes Engine::directory_file() const {
  DirectoryBundle bundle = keeper_->sync().trust().bundle();
  bundle.deltas.clear();
  bundle.frozen.clear();
  return encode(bundle);
}

Result<std::unique_ptr<Engine>> Engine::open(const Config& config) {
  crypto::init();
  XJ_TRY(auto keeper, DirectoryKeeper::open(config));
  const auto snapshot = keeper.sync().snapshot();
  XJ_TRY(auto ring, load_ring(config, passphrase_of(config)));
  std::unique_ptr<Engine> engine(new Engine());
  engine->keeper_ = std::move(keeper);
  engine->clock_ = make_clock(config);
  XJ_TRY_VOID(choose_first_keys(ring, config, snapshot->directory, engine->now()));
  XJ_TRY(engine->store_,
         adapters::LmdbStore::open({config.store, config.store_bytes, !config.rehearsal}));
  XJ_TRY(engine->archive_, adapters::ArchiveFiles::open({config.archive, "audit", 64ULL << 20}));
  if (const auto cut = engine->archive_->cut_bytes(); cut > 0)
    log(LogEvent::kAuditCut, "bytes=" + std::to_string(cut));
  broker::BrokerOptions options;
  options.calendar = config.calendar;
  options.store_bytes = config.store_bytes;
  options.fresh_epoch = engine->random_.u64() | 1U;
  options.instance = engine->random_.u64() | 1U;
  engine->witness_ = config.epoch;
  XJ_TRY(options.witness, read_witness(config.epoch));
  options.witness.archived = engine->archive_->last_number();
  if (config.rehearsal) {
    options.ack_timeout = seconds(5);
    options.retry_max = kRetryMaxRehearsal;
    options.rival_patience = kRivalPatienceRehearsal;
    options.recall_patience = kRecallPatienceRehearsal;
    options.skew =
        std::max(kClockSkew, Duration{static_cast<std::int64_t>(1000 * config.rehearsal->rate)});
  }
  engine->standing_every_ = config.rehearsal ? kStandingEveryRehearsal : kStandingEvery;
  std::vector<broker::DamagedRow> damaged;
  for (const adapters::CorruptRow& row : engine->store_->check().corrupt)
    for (int i = 0; i < static_cast<int>(broker::Table::kCount); ++i)
      if (const auto table = static_cast<broker::Table>(i); broker::table_name(table) == row.table)
        damaged.push_back({table, row.key});
  XJ_TRY(engine->broker_,
         broker::Broker::open(*engine->store_, std::move(ring), snapshot, options, damaged));
  XJ_TRY_VOID(engine->check_not_older(config));
  engine->broker_->set_freshness(engine->keeper_->sync().freshness());
  XJ_TRY_VOID(engine->write_witness());
  // What a crash left between archive and store is reconciled by number.
  engine->post(broker::Archived{engine->archive_->last_number()});
  engine->audit_waiting_ = true;
  engine->maintenance_due_ = engine->now().instant + kMaintenanceEvery;
  XJ_TRY_VOID(engine->find_waiting_own());
  return engine;
}

void Engine::frame(broker::LinkId over, ByteView bytes, std::uint64_t connection) {
  auto checked = broker::check_frame(bytes, broker_->snapshot(), statements_);
  if (!checked) {
    count("frames_refused");
    log(LogEvent::kFrameRefused,
        "neighbour=" + to_text(over.neighbour) + " " + checked.error().text);
    return;
  }
  count("frames_in");
  if (connection != 0 && !std::holds_alternative<Hello>(*checked)) {
    count("frames_beside");
    return;
  }
  if (connection == 0 && keeper_->on_frame(over, *checked, now())) return;
  post(broker::FrameArrived{over.neighbour, std::move(*checked), over.channel, connection});
}

void Engine::link_up(broker::LinkId link, ChannelClass proved, Proof proof) {
  post(broker::LinkUp{link.neighbour, proved, link.channel, proof});
  keeper_->on_up(link, proved);
}

void Engine::link_down(broker::LinkId link) {
  post(broker::LinkDown{link.neighbour, link.channel});
  keeper_->on_down(link);
}

// A file that somebody put in the place of a newer one would let go back what must only go up.
Result<> Engine::check_not_older(const Config& config) const {
  XJ_TRY(const auto txn, store_->read());
  XJ_TRY(const auto known, broker::believed(*txn));
  const crypto::Trust& trust = keeper_->sync().trust();
  const broker::Believe has{trust.root().version, trust.snapshot_version()};
  if (has.root_version < known.root_version ||
      (has.root_version == known.root_version && has.snapshot_version < known.snapshot_version))
    return refused(config.directory.string() + ": holds version " +
                   std::to_string(has.snapshot_version) + " under root " +
                   std::to_string(has.root_version) + "; this office has known version " +
                   std::to_string(known.snapshot_version) + " under root " +
                   std::to_string(known.root_version) +
                   " already: restore the newer file, or take a neighbour's");
  return {};
}

Result<> Engine::keep_directory(broker::Transport& transport) {
  XJ_TRY(const auto moved, keeper_->turn(now(), transport));
  for (const std::string& text : moved.alarms) alarm(text);
  if (moved.freshness) broker_->set_freshness(keeper_->sync().freshness());
  if (!moved.snapshot) return {};
  const crypto::Trust& trust = keeper_->sync().trust();
  statements_ = {};  // what was good under older keys
  broker_->set_directory(keeper_->sync().snapshot());
  directory_moved_ = true;
  own_.clear();
  XJ_TRY_VOID(find_waiting_own());  // what followed nobody, or was signed by a key not known then
  post(broker::Believe{trust.root().version, trust.snapshot_version()});
  log(LogEvent::kDirectory, "version=" + std::to_string(trust.snapshot_version()) +
                                " root=" + std::to_string(trust.root().version) +
                                " offices=" + std::to_string(directory().size()));
  return {};
}

Result<broker::CheckedFrame> Engine::check_consigned(ByteView bytes, std::size_t index,
                                                     const Consignment& manifest) {
  return broker::check_consigned_frame(bytes, index, manifest, broker_->snapshot(), statements_);
}

broker::SealContext Engine::seal_context() {
  return {broker_->snapshot(), keys().current(), broker_->options().calendar, random_};
}

std::optional<std::uint64_t> Engine::batch_number() {
  if (!batch_number_ready()) return std::nullopt;
  return lease_next_++;
}

bool Engine::batch_number_ready() {
  if (lease_next_ < lease_end_) return true;
  if (!lease_asked_) {
    lease_asked_ = true;
    broker::Lease lease;
    lease.count = kLeaseCount;
    post(lease, [this](broker::Reply& reply) {
      lease_next_ = reply.first;
      lease_end_ = reply.first + kLeaseCount;
      lease_asked_ = false;
    });
  }
  return false;
}

bool Engine::has_work() const {
  return !events_.empty() || keeper_->has_work() || !own_.empty() || !stale_.empty() ||
         due_in() <= milliseconds(0);
}

Duration Engine::due_in() const {
  if (!events_.empty() || !own_.empty() || !stale_.empty() || keeper_->has_work())
    return milliseconds(0);
  const Now at = now();
  Duration due = adapters::kNever;
  const auto sooner = [&](Duration wait) { due = std::min(due, std::max(wait, milliseconds(0))); };
  const auto sooner_at = [&](WallTime wall) {  // 0, not almost 0, where the moment has come
    sooner(wall > at.wall ? clock_->real_between(at.wall, wall) + milliseconds(1)
                          : milliseconds(0));
  };
  if (const auto wakeup = broker_->next_wakeup()) sooner(*wakeup - at.instant);
  if (const WallTime wall = broker_->next_wall_wakeup(); wall.is_set() && at.wall_trusted)
    sooner_at(wall);
  if (const auto wakeup = keeper_->next_wakeup()) sooner(*wakeup - at.instant);
  if (at.wall_trusted) sooner_at(keeper_->next_wall_wakeup());
  if (audit_waiting_) sooner(audit_due_ - at.instant);
  sooner(maintenance_due_ - at.instant);
  if (standing_changed_ && at.wall_trusted) sooner(standing_due_ - at.instant);
  if (at.wall_trusted && archive_->last_number() > 0)  // the next hour's head
    sooner(std::max(
        clock_->real_between(at.wall, WallTime{(head_hour_ + 1) * hours(1).ms}) + milliseconds(1),
        head_due_ - at.instant));
  for (const CustodyInquiry& inquiry : inquiries_)
    sooner(inquiry.open.empty() ? milliseconds(0) : inquiry.until - at.instant);
  if (unwatched_) sooner(watch_due_ - at.instant);
  if (owed_next_.is_set() && at.wall_trusted) sooner_at(owed_next_);
  return due;
}

Duration Engine::due_at(WallTime moment) const {
  const Now at = now();
  if (!moment.is_set() || !at.wall_trusted || moment <= at.wall) return adapters::kNever;
  return clock_->real_between(at.wall, moment) + milliseconds(1);
}

// Gated envelopes that a newer directory sends elsewhere or to other keys: the origin opens its own
// copies and seals them again, a batch a turn.
Result<> Engine::replace_stale() {
  if (stale_.empty()) return {};
  const auto number = batch_number();
  if (!number) return {};
  XJ_TRY(const auto txn, store_->read());
  std::size_t count = std::min(stale_.size(), kBatchEnvelopesMax / 2), bytes = 0;
  std::vector<broker::Order> orders;
  std::vector<EnvelopeId> ids;
  for (std::size_t i = 0; i < count; ++i) {
    if (bytes > kTurnBytesMax) count = i;
    if (i >= count) break;
    const auto item = load_whole_item(*txn, {keys().office(), stale_[i].id});
    const auto payload = item ? open_item(*item, keys()) : std::unexpected(item.error());
    if (!payload) {
      log(LogEvent::kNotReplaced, "id=" + to_text(stale_[i].id) + " " + payload.error().text);
      continue;
    }
    broker::Order order;
    order.kind = item->header.kind;
    order.destination = stale_[i].destination;
    order.period = item->header.period;
    order.payload = encode(*payload);
    order.due = item->header.due;
    order.not_before = item->header.not_before;
    order.in_reply_to = item->header.in_reply_to;
    order.continues = item->header.continues;
    order.replaces = stale_[i].id;
    // Attachments name their subject by the first id it had.
    const EnvelopeId& refers_to = item->header.refers_to;
    order.refers_to = refers_to.is_set() ? refers_to : stale_[i].id;
    if (order.kind == Kind::kAttachment) order.not_after = item->header.not_after;
    bytes += order.payload.size();
    if (stale_[i].code != 0) order.police_copy_code = stale_[i].code;
    orders.push_back(std::move(order));
    ids.push_back(stale_[i].id);
  }
  stale_.erase(stale_.begin(), stale_.begin() + static_cast<std::ptrdiff_t>(count));
  auto prepared = broker::prepare_orders(orders, seal_context(), *number, now().wall);
  for (std::size_t i = 0; i < prepared.size(); ++i) {
    if (prepared[i])
      post(broker::Replace{ids[i], std::move(*prepared[i])});
    else
      log(LogEvent::kNotReplaced, "id=" + to_text(ids[i]) + " " + prepared[i].error().text);
  }
  return {};
}

// Counts how this office stands, for those above: soon after mail has moved, and once a day.
Result<> Engine::tell_standing() {
  const Now at = now();
  if (at.wall >= standing_told_ + days(1)) standing_changed_ = true;
  if (!standing_changed_ || !at.wall_trusted || at.instant < standing_due_) return {};
  broker::SetStanding event;
  {
    XJ_TRY(const auto txn, store_->read());
    auto rows = own_standing(*txn, month_context());
    const auto due = rows ? owed(*txn) : std::unexpected(rows.error());
    if (rows) add_health(*rows, health_, at.wall);
    if (due) add_overdue(*rows, *due, keys().office(), at.wall);
    if (rows)
      event.rows = std::move(*rows);
    else
      log(LogEvent::kNotCounted, rows.error().text);
    if (rows) post(std::move(event));
  }
  const Instant done = now().instant;
  standing_changed_ = false;
  standing_told_ = at.wall;
  standing_due_ = done + std::max(standing_every_, (done - at.instant) * kStandingShare);
  return {};
}

// After the store's commit, never before: it must not run ahead of a store that is not restored.
Result<> Engine::write_witness() {
  const broker::Witness now_known{broker_->boot(), broker_->audit_seq(), 0};
  if (now_known.boot == witnessed_boot_ && now_known.audit_seq == witnessed_audit_) return {};
  XJ_TRY_VOID(node::write_witness(witness_, broker_->epoch(), now_known));
  witnessed_boot_ = now_known.boot;
  witnessed_audit_ = now_known.audit_seq;
  return {};
}

Result<> Engine::drain_audit() {
  const Instant at = now().instant;
  if (!audit_waiting_ || at < audit_due_) return {};
  std::vector<broker::ArchiveRecord> records;
  {
    XJ_TRY(const auto txn, store_->read());
    std::uint64_t expected = archive_->last_number() + 1;
    XJ_TRY_VOID(txn->scan(
        broker::Table::kAudit, broker::seq_key(expected), {}, [&](const broker::Row& row) {
          const std::uint64_t number = Decoder(row.key).u64();
          // A few rows may have failed their checksum and been set aside; the archive takes no
          // gap, so the log says so in their place. More than that is a lost archive: it refuses.
          const std::uint64_t lost = number - expected;
          if (lost > 0 && lost <= adapters::kCorruptRowsListed) {
            log(LogEvent::kAuditLost,
                "rows=" + std::to_string(lost) + " before=" + std::to_string(number));
            while (expected < number)
              records.push_back({expected++, to_bytes(as_bytes("lost: a row was set aside\n"))});
          }
          records.push_back({number, to_bytes(row.value)});
          expected = number + 1;
          return records.size() < kAuditRowsPerDrain;
        }));
  }
  audit_waiting_ = records.size() >= kAuditRowsPerDrain;
  audit_due_ = at + (audit_waiting_ ? milliseconds(0) : kAuditEvery);
  if (records.empty()) return {};
  XJ_TRY_VOID(archive_->append(records));
  post(broker::Archived{records.back().number});
  return {};
}

Result<> Engine::turn(broker::Transport& transport) {
  XJ_TRY_VOID(keep_directory(transport));
  XJ_TRY_VOID(serve_own());
  XJ_TRY_VOID(watch());
  XJ_TRY_VOID(replace_stale());
  XJ_TRY_VOID(drain_audit());
  XJ_TRY_VOID(tell_standing());
  tell_head();
  end_inquiries();
  const Now at = now();
  if (at.instant >= maintenance_due_) {
    store_->maintain();
    XJ_TRY_VOID(write_witness());
    maintenance_due_ = at.instant + kMaintenanceEvery;
  }
  std::vector<broker::Event> events;
  std::size_t envelopes = 0;
  while (!events_.empty() && events.size() < kTurnEventsMax) {
    envelopes += envelopes_in(events_.front());
    if (!events.empty() && envelopes > kTurnEnvelopesMax) break;
    if (moves_mail(events_.front())) standing_changed_ = unwatched_ = true;
    events.push_back(std::move(events_.front()));
    events_.pop_front();
  }
  XJ_TRY(auto effects, broker_->step(events, at));
  count("turns");
  apply(std::move(effects), transport);
  return {};
}

void Engine::alarm(const std::string& text) {
  count("alarms");
  log(LogEvent::kAlarm, text);
}

void Engine::apply(broker::Effects effects, broker::Transport& transport) {
  if (broker_->boot() != witnessed_boot_)
    if (const auto kept = write_witness(); !kept) log(LogEvent::kWitnessNotKept, kept.error().text);
  for (const broker::Prefer& one : effects.prefers)
    transport.prefer(one.neighbour, one.channel, one.connection);
  for (const broker::Send& send : effects.sends) {
    if (!is_wire(send.channel)) continue;  // a disk takes it when it is written
    if (transport.send(send.neighbour, send.channel, send.frame, send.connection))
      count("frames_out");
    else
      count("frames_unsent");  // the broker sends it again when its acknowledgement does not come
  }
  for (broker::Reply& reply : effects.replies) {
    const auto found = replies_.find(reply.token);
    if (found == replies_.end()) continue;
    const OnReply on_reply = std::move(found->second);
    replies_.erase(found);
    on_reply(reply);
  }
  for (const broker::Delivered& delivered : effects.delivered) {
    count("delivered");
    if (delivered.passes_on || served_here(delivered.kind)) own_.push_back(delivered);
  }
  for (broker::CustodyTalk& told : effects.custody_told) custody_told(std::move(told));
  custody_wanted_.insert(custody_wanted_.end(), effects.custody_wanted.begin(),
                         effects.custody_wanted.end());
  stale_.insert(stale_.end(), effects.stale.begin(), effects.stale.end());
  if (effects.receipts > 0) count("receipts", effects.receipts);
  for (const std::string& text : effects.alarms) alarm(text);
  if (effects.audit_waiting && !audit_waiting_) {
    audit_waiting_ = true;
    audit_due_ = now().instant + kAuditEvery;
  }
}

}  // namespace xianjie::node
