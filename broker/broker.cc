#include "broker/broker.h"

#include <algorithm>
#include <utility>

#include "broker/lives.h"
#include "routing/route.h"

namespace xianjie::broker {
namespace {

Bytes encode_counters(const Counters& counters, const Room& room) {
  Encoder out;
  out.u64(counters.queue_seq)
      .u64(counters.inbox_seq)
      .u64(counters.audit_seq)
      .u64(counters.record_seq);
  out.u64(counters.wire_batch)
      .u64(counters.seal_batch)
      .i64(counters.horizon.ms)
      .i64(counters.swept.ms)
      .i64(counters.born.ms);
  room.write(out);
  out.blob(counters.sweep_from);
  return std::move(out).bytes();
}

Result<> decode_counters(ByteView value, Counters& counters, Room& room) {
  Decoder in(value);
  counters.queue_seq = in.u64();
  counters.inbox_seq = in.u64();
  counters.audit_seq = in.u64();
  counters.record_seq = in.u64();
  counters.wire_batch = in.u64();
  counters.seal_batch = in.u64();
  counters.horizon.ms = in.i64();
  counters.swept.ms = in.i64();
  counters.born.ms = in.i64();
  room.read(in);
  counters.sweep_from = to_bytes(in.blob());
  if (!in.done()) return corrupt("meta: the counters row has the wrong length");
  return {};
}

// Takes from a turn's lines what one row of the audit log holds: whole lines, far below what the
// archive takes at once. A turn that brings 100,000 receipts writes megabytes.
std::string_view next_audit_row(std::string_view& rest) {
  constexpr std::size_t kRowBytesMax = 64 * 1024;
  std::size_t size = rest.size();
  if (size > kRowBytesMax) size = rest.rfind('\n', kRowBytesMax - 1) + 1;
  if (size == 0) size = kRowBytesMax;  // one line longer than a row
  const std::string_view row = rest.substr(0, size);
  rest.remove_prefix(size);
  return row;
}

}  // namespace

Broker::Broker(Store& store, crypto::KeyRing keys,
               std::shared_ptr<const DirectorySnapshot> snapshot, BrokerOptions options)
    : store_(store),
      keys_(std::move(keys)),
      snapshot_(std::move(snapshot)),
      options_(options),
      room_(options.store_bytes),
      clock_(options.skew),
      neighbours_(snapshot_->directory.neighbours(keys_.office()).size()) {}

Result<std::unique_ptr<Broker>> Broker::open(Store& store, crypto::KeyRing keys,
                                             std::shared_ptr<const DirectorySnapshot> snapshot,
                                             BrokerOptions options,
                                             std::span<const DamagedRow> damaged) {
  if (!snapshot->directory.contains(keys.office()))
    return refused("directory: " + to_text(keys.office()) + " is not in it");
  std::unique_ptr<Broker> broker(new Broker(store, std::move(keys), std::move(snapshot), options));
  XJ_TRY_VOID(broker->set_aside(damaged));
  XJ_TRY_VOID(broker->load());
  return broker;
}

// The store's own start is counted and made durable before anything is said. A store that others
// know further on is a restored backup: it goes on as a new one.
Result<> Broker::begin_life() {
  XJ_TRY(const auto txn, store_.write());
  const auto number = [&](std::string_view name) -> Result<std::optional<std::uint64_t>> {
    XJ_TRY(const auto value, txn->get(Table::kMeta, as_bytes(name)));
    if (!value) return std::optional<std::uint64_t>{};
    return std::optional(Decoder(*value).u64());
  };
  XJ_TRY(const auto epoch, number(kMetaEpoch));
  XJ_TRY(const auto boot, number(kMetaBoot));
  epoch_ = epoch.value_or(0);
  boot_ = boot.value_or(0);
  XJ_TRY(const auto counters, txn->get(Table::kMeta, as_bytes(kMetaCounters)));
  // A damaged epoch was set aside: the store is told as a new one, but its numbers go on, or the
  // next inbox entry would take the first one's place.
  if (counters) XJ_TRY_VOID(decode_counters(*counters, counters_, room_));
  const Witness& seen = options_.witness;
  // A start row that went bad says nothing, nor does a store from before there was one.
  const bool older = counters && epoch &&
                     ((boot && seen.boot > boot_) ||
                      std::max(seen.audit_seq, seen.archived) > counters_.audit_seq);
  if (!epoch || older) {
    XJ_CHECK(options_.fresh_epoch != 0);
    epoch_is_new_ = true;
    epoch_ = options_.fresh_epoch != epoch_ ? options_.fresh_epoch : ~options_.fresh_epoch;
    XJ_TRY_VOID(txn->put(Table::kMeta, as_bytes(kMetaEpoch), Encoder().u64(epoch_).bytes()));
  }
  if (older)
    XJ_TRY_VOID(txn->put(Table::kMeta, as_bytes(kMetaRestored), encode(RestoredRow{{}, 0, true})));
  boot_ = std::max(boot_, seen.boot) + 1;
  // The Archive takes no number twice.
  counters_.audit_seq = std::max(counters_.audit_seq, seen.archived);
  XJ_TRY_VOID(txn->put(Table::kMeta, as_bytes(kMetaBoot), Encoder().u64(boot_).bytes()));
  XJ_TRY_VOID(txn->put(Table::kMeta, as_bytes(kMetaCounters), encode_counters(counters_, room_)));
  return txn->commit();
}

Result<> Broker::load() {
  XJ_TRY_VOID(begin_life());
  XJ_TRY(const auto txn, store_.read());
  XJ_TRY(const auto restored, txn->get(Table::kMeta, as_bytes(kMetaRestored)));
  if (restored) {
    XJ_TRY(restored_, decode_restored_row(*restored));
  }
  XJ_TRY_VOID(txn->scan(Table::kRecalls, {}, {}, [&](const Row&) {
    recalls_ = true;
    return false;
  }));
  XJ_TRY(const auto seen, txn->get(Table::kMeta, as_bytes(kMetaWall)));
  if (seen) clock_.remember(WallTime{Decoder(*seen).i64()});
  for (const OfficeId neighbour : snapshot_->directory.neighbours(self())) {
    XJ_TRY(const auto known, txn->get(Table::kMeta, peer_epoch_key(neighbour)));
    if (known) peer_epochs_[neighbour] = Decoder(*known).u64();
    XJ_TRY(const auto life, txn->get(Table::kMeta, peer_life_key(neighbour)));
    if (life) {
      XJ_TRY(peer_lives_[neighbour], decode_peer_life(*life));
    }
  }
  Result<> inner;
  XJ_TRY_VOID(txn->scan(Table::kQueue, {}, {}, [&](const Row& row) {
    const auto key = parse_queue_key(row.key);
    Decoder in(row.value);
    in.raw(24);
    const auto quota = static_cast<Quota>(in.u8());
    const std::uint32_t bytes = in.u32();
    if (!key || !in.done()) {
      inner = corrupt("queue: a row has the wrong length");
      return false;
    }
    peers_[key->neighbour].work = true;
    if (quota == Quota::kClimbing || quota == Quota::kDescending)
      room_.restore_share(quota, key->neighbour, bytes);
    return true;
  }));
  XJ_TRY_VOID(inner);
  std::vector<EnvelopeKey> outstanding;
  XJ_TRY_VOID(txn->scan(Table::kBatches, Bytes{0}, Bytes{0}, [&](const Row& row) {
    Decoder in(row.key);
    in.u8();
    Peer& peer = peers_[OfficeId::from_value(in.u64()).value_or(OfficeId{})];
    const auto decoded = decode_batch_row(row.value);
    const std::uint64_t number = in.u64();
    if (!decoded || decoded->consignment == 0)
      peer.loose[number].resend = true;
    else
      peer.consigned_gated.insert(number);  // it may be: that is not known any more
    if (!decoded) return true;              // found again, and refused, when it is sent
    for (const BatchItem& item : decoded->items) outstanding.push_back(item.key);
    return true;
  }));
  for (const EnvelopeKey& key : outstanding) {  // what is on the wire takes its neighbour's share
    XJ_TRY(const auto value, txn->get(Table::kSeen, seen_key(key)));
    if (!value) continue;
    XJ_TRY(const StateRow row, decode_state_row(*value));
    const auto quota = static_cast<Quota>(row.room);
    if (row.place == Place::kQueued && (quota == Quota::kClimbing || quota == Quota::kDescending))
      room_.restore_share(quota, row.next, row.bytes);
  }
  XJ_TRY_VOID(txn->scan(Table::kArriving, {}, {}, [&](const Row& row) {
    const auto decoded = decode_arriving_row(row.value);
    if (!decoded) return true;
    peers_[decoded->from].arriving.insert(parse_seen_key(row.key));
    const auto quota = static_cast<Quota>(decoded->room);
    if (quota == Quota::kClimbing || quota == Quota::kDescending)
      room_.restore_share(quota, decoded->next, decoded->bytes);
    return true;
  }));
  XJ_TRY_VOID(txn->scan(Table::kRecords, {}, {}, [&](const Row& row) {
    peers_[OfficeId::from_value(Decoder(row.key).u64()).value_or(OfficeId{})].records_waiting =
        true;
    return true;
  }));
  XJ_TRY_VOID(txn->scan(Table::kConsignments, {}, {}, [&](const Row& row) {
    const auto decoded = decode_consignment_row(row.value);
    peers_[OfficeId::from_value(Decoder(row.key).u64()).value_or(OfficeId{})].consigns = true;
    if (decoded && decoded->state == ConsignmentState::kOnTheWay &&
        (!consignment_next_.is_set() || decoded->expires < consignment_next_))
      consignment_next_ = decoded->expires;
    if (decoded && decoded->state == ConsignmentState::kPrepared)
      consignment_next_ = WallTime{1};  // nobody can say any more whether it was written
    return true;
  }));
  XJ_TRY_VOID(txn->scan(Table::kTimers, {}, {}, [&](const Row& row) {
    timer_next_ = parse_timer_key(row.key).due;
    return false;
  }));
  retry_routes_ = true;
  plan_revoked_scans();
  // Offices may have moved while nobody was running here, or while the queues were looked through.
  XJ_TRY(const auto followed, txn->get(Table::kMeta, as_bytes(kMetaFollowed)));
  if (!followed || !std::ranges::equal(*followed, snapshot_->route_digest)) follow_from_ = Bytes{};
  return {};
}

void Broker::set_directory(std::shared_ptr<const DirectorySnapshot> snapshot) {
  if (snapshot->route_digest != snapshot_->route_digest) follow_from_ = Bytes{};
  snapshot_ = std::move(snapshot);
  neighbours_ = snapshot_->directory.neighbours(self()).size();
  retry_routes_ = true;
  keys_asked_ = true;
  best_classes_.clear();
  greet_again_ = true;
  plan_revoked_scans();
}

void Broker::set_freshness(const Freshness& freshness) {
  if (std::exchange(freshness_, freshness) == freshness) return;
  for (auto& [office, peer] : peers_) peer.work = true;  // what a stale one kept back
}

Result<Effects> Broker::step(std::span<Event> events, const Now& raw) {
  if (failed_) return fail(ErrorCode::kIo, "the broker has failed before: restart the process");
  const Now now = judged(raw);
  last_now_ = now;
  unfinished_ = false;
  Effects effects;
  auto txn = store_.write();
  if (!txn) {
    failed_ = true;
    return std::unexpected(std::move(txn).error());
  }
  Turn turn{**txn, now, effects, {}, 0, 0, 0, 0, {}, {}};
  Result<> done = run(events, turn);
  if (done) done = (*txn)->commit();
  if (!done) {
    failed_ = true;
    return std::unexpected(std::move(done).error());
  }
  return effects;
}

Result<> Broker::run(std::span<Event> events, Turn& turn) {
  XJ_TRY_VOID(watch_clock(turn));
  choose_keys(turn);
  if (greet_again_) directory_moved_ = turn.now.instant;
  for (Event& event : events)
    XJ_TRY_VOID(std::visit([&](auto& body) { return on(turn, body); }, event));
  if (restored_ && restored_->pending) {
    XJ_TRY_VOID(begin_recalls(turn, "what stands beside it says so"));
    XJ_TRY_VOID(announce_epoch(turn));
  }
  XJ_TRY_VOID(reconcile(turn));
  const bool moved = greet_again_;
  greet_again(turn);
  if (retry_routes_) {
    retry_routes_ = false;
    XJ_TRY_VOID(retry_held(turn, "route", {}));
    XJ_TRY_VOID(retry_held(turn, "no_route", {}));
    if (moved) XJ_TRY_VOID(retry_held(turn, "refused_by_next", {}));
    XJ_TRY_VOID(retry_held(turn, "revoked_key", {}));
    XJ_TRY_VOID(sign_records_again(turn));
    XJ_TRY_VOID(find_stale(turn));
    XJ_TRY_VOID(find_retired(turn));
  }
  XJ_TRY_VOID(follow_directory(turn));
  XJ_TRY_VOID(run_held_scans(turn));
  XJ_TRY_VOID(run_recalls(turn));
  XJ_TRY_VOID(run_revoked_scans(turn));
  XJ_TRY_VOID(run_timers(turn));
  XJ_TRY_VOID(run_consignments(turn));
  XJ_TRY_VOID(sweep(turn));
  XJ_TRY_VOID(flush_records(turn));
  XJ_TRY_VOID(recheck_taken(turn));
  XJ_TRY_VOID(pump(turn));
  XJ_TRY_VOID(run_manifests(turn));
  XJ_TRY_VOID(flush_proofs(turn));
  XJ_TRY_VOID(write_lives(turn));
  for (std::string_view rest = turn.audit; !rest.empty();) {
    const std::string_view lines = next_audit_row(rest);
    XJ_TRY_VOID(turn.txn.put(Table::kAudit, seq_key(++counters_.audit_seq), as_bytes(lines)));
    turn.effects.audit_waiting = true;
  }
  return write_counters(turn);
}

Result<> Broker::write_counters(Turn& turn) {
  return turn.txn.put(Table::kMeta, as_bytes(kMetaCounters), encode_counters(counters_, room_));
}

// Told once when trust goes, noted when it comes back; the newest trusted time is kept.
Result<> Broker::watch_clock(Turn& turn) {
  if (std::exchange(doubt_told_, turn.now.doubt) != turn.now.doubt) {
    if (turn.now.wall_trusted) {
      audit(turn, "clock", "trusted again");
    } else {
      const std::string why = describe_doubt(turn.now);
      turn.effects.alarms.push_back("clock: it is not trusted and gates stay shut: " + why);
      audit(turn, "clock", "not trusted: " + why);
    }
  }
  const WallTime keep = clock_.to_remember(turn.now);
  if (!keep.is_set()) return {};
  clock_.remember(keep);
  return turn.txn.put(Table::kMeta, as_bytes(kMetaWall), Encoder().i64(keep.ms).bytes());
}

void Broker::audit(Turn& turn, std::string_view event, std::string_view detail) {
  turn.audit += to_text(turn.now.wall);
  turn.audit += ' ';
  turn.audit += event;
  turn.audit += ' ';
  turn.audit += detail;
  turn.audit += '\n';
}

Result<> Broker::on(Turn& turn, const Audit& event) {
  audit(turn, "note", event.text);
  return {};
}

Result<> Broker::on(Turn& turn, const Lease& event) {
  Reply reply;
  reply.token = event.token;
  // A number must never come again, not even from an office that lost its store or had an older one
  // put back, and kept its key: each process begins above whatever others can have leased.
  if (!std::exchange(leased_here_, true))
    counters_.seal_batch = first_seal_batch(counters_.seal_batch, turn.now, options_.instance);
  reply.first = counters_.seal_batch + 1;
  counters_.seal_batch += event.count;
  turn.effects.replies.push_back(std::move(reply));
  return {};
}

Result<> Broker::on(Turn& turn, const Believe& event) {
  return turn.txn.put(Table::kMeta, as_bytes(kMetaBelieved),
                      Encoder().u64(event.root_version).u64(event.snapshot_version).bytes());
}

Result<Believe> believed(ReadTxn& txn) {
  XJ_TRY(const auto value, txn.get(Table::kMeta, as_bytes(kMetaBelieved)));
  if (!value || value->size() != 16) return Believe{};
  Decoder in(*value);
  const std::uint64_t root = in.u64();
  return Believe{root, in.u64()};
}

Result<> Broker::on(Turn& turn, const Archived& event) {
  std::vector<Bytes> keys;
  XJ_TRY_VOID(turn.txn.scan(Table::kAudit, {}, {}, [&](const Row& row) {
    if (Decoder(row.key).u64() > event.up_to) return false;
    keys.push_back(to_bytes(row.key));
    return true;
  }));
  for (const Bytes& key : keys) XJ_TRY_VOID(turn.txn.erase(Table::kAudit, key));
  return {};
}

std::optional<Instant> Broker::next_wakeup() const {
  if (unfinished_) return last_now_.instant;
  std::optional<Instant> next;
  const auto sooner = [&](Instant when) {
    if (!next || when < *next) next = when;
  };
  if (recalls_) sooner(recalls_asked_ ? *recalls_asked_ + recall_every() : last_now_.instant);
  for (const auto& [office, peer] : peers_) {
    for (const Rival& rival : peer.rivals)
      sooner(std::min(rival.pinged + rival_ping_every(), rival.asked + options_.rival_patience));
    for (const auto& [channel, link] : peer.links) {
      if (!link.up) continue;
      if (!link.greeted) {
        sooner(link.hello_sent + options_.ack_timeout);
        continue;
      }
      for (const auto& [number, batch] : link.outstanding)
        sooner(std::max(link.blocked_until,
                        batch.sent + options_.ack_timeout * std::min(batch.tries, 30)));
      for (const auto& [last, range] : link.records_out) sooner(range.sent + options_.ack_timeout);
    }
    if (peer.best() && peer.pull) sooner(peer.pull->asked + options_.ack_timeout);
    if (const auto best = peer.best(); best && peer.work)
      sooner(std::max(peer.links.at(*best).blocked_until, last_now_.instant));
  }
  if (const auto answered = clock_.waits_until(last_now_.instant)) sooner(*answered);
  if (const WallTime wall = next_wall_wakeup(); wall.is_set() && last_now_.wall_trusted)
    sooner(last_now_.instant + std::max(wall - last_now_.wall, milliseconds(0)));
  return next;
}

WallTime Broker::next_wall_wakeup() const {
  WallTime next = timer_next_;
  const auto sooner = [&](WallTime when) {
    if (when.is_set() && (!next.is_set() || when < next)) next = when;
  };
  // Gates that wait for a neighbour's word on the time are looked at when that is over.
  if (may_open_gates(last_now_))
    for (const auto& [office, peer] : peers_)
      if (peer.best()) sooner(peer.gate_next);
  sooner(keys_change_);
  sooner(manifests_next_);
  sooner(consignment_next_);
  sooner(counters_.swept.is_set() ? counters_.swept + days(1) : WallTime{});
  return next;
}

}  // namespace xianjie::broker
