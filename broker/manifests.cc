// The giver's side of a manifest (DESIGN section 7): after the last slice of a gate has left, what
// this office has given to a next hop for the period is summed up, signed and sent; again with the
// next number when more has passed, and until the next office says that it has exactly that.
// The taker's side is manifest_check.cc.
#include <algorithm>
#include <utility>

#include "broker/broker.h"
#include "crypto/statement.h"
#include "routing/chain.h"
#include "routing/kinds.h"

namespace xianjie::broker {
namespace {

constexpr Duration kUnansweredFor = days(1);
constexpr std::uint32_t kMonthsKept = 6;
constexpr std::size_t kSweptMax = 4096;               // a day
constexpr Kind kChainKind = Kind::kPreReleaseNotice;  // whose gates are the chain's

Period month_of(WallTime time) {
  const Date date = local_date(time);
  return {static_cast<std::uint32_t>(date.year * 100 + date.month)};
}
Period month_before(Period period) {
  return period.month() == 1 ? Period{period.yyyymm - 89} : Period{period.yyyymm - 1};
}

// Nothing of a gate is on its way, on any channel.
bool has_left(const Peer& peer) {
  const auto has_gated = [](const auto& batches) {
    return std::any_of(batches.begin(), batches.end(),
                       [](const auto& batch) { return batch.second.gated; });
  };
  return peer.consigned_gated.empty() && !has_gated(peer.loose) &&
         std::none_of(peer.links.begin(), peer.links.end(),
                      [&](const auto& link) { return has_gated(link.second.outstanding); });
}

// Without a wire nobody has looked yet.
Result<bool> nothing_ready(ReadTxn& txn, OfficeId neighbour, WallTime now) {
  bool ready = false;
  for (const Word& lane : words_of(Lane{})) {
    const Bytes prefix = queue_prefix(neighbour, static_cast<Lane>(lane.number));
    XJ_TRY_VOID(txn.scan(Table::kQueue, prefix, prefix, [&](const Row& row) {
      const auto key = parse_queue_key(row.key);
      ready = ready || !key || !key->not_before.is_set() || key->not_before <= now;
      return false;
    }));
  }
  return !ready;
}

std::vector<DestinationCount> counts_of(const PassageSet& set) {
  std::vector<DestinationCount> out;
  std::uint32_t further = 0;
  for (const auto& [office, count] : set.destinations) {
    if (out.size() + 1 < kRecordEntriesMax)
      out.push_back({office, count});
    else
      further += count;
  }
  if (further > 0) out.push_back({{}, further});
  return out;
}

}  // namespace

Result<> Broker::note_passage(Turn& turn, Direction direction, OfficeId neighbour,
                              const EnvelopeKey& key, const StateRow& row) {
  if (!row.period.is_set() || !routing::is_gated(row.kind)) return {};
  Peer& peer = peers_[neighbour];
  if (direction == Direction::kGiven)
    peer.manifests_due.insert(row.period);
  else
    manifests_recheck_.emplace(neighbour, row.period);
  return turn.txn.put(Table::kPassages,
                      passage_key({row.period, direction, neighbour, row.kind, key}),
                      encode(PassageRow{row.leaf, peer.epoch, row.destination}));
}

Result<std::optional<ManifestRow>> Broker::manifest(Turn& turn, const ManifestKey& key) {
  XJ_TRY(const auto value, turn.txn.get(Table::kManifests, manifest_key(key)));
  if (!value) return std::optional<ManifestRow>{};
  XJ_TRY(auto row, decode_manifest_row(*value));
  return std::optional<ManifestRow>(std::move(row));
}

Result<> Broker::put_manifest(Turn& turn, const ManifestKey& key, const ManifestRow& row) {
  return turn.txn.put(Table::kManifests, manifest_key(key), encode(row));
}

// At every start, when a gate opens, and daily: everything is looked at again.
Result<> Broker::plan_manifests(Turn& turn) {
  if (turn.now.wall < manifests_next_) return {};
  if (!born_.is_set()) {
    XJ_TRY(const auto value, turn.txn.get(Table::kMeta, as_bytes(kMetaBorn)));
    born_ = value ? WallTime{Decoder(*value).i64()} : turn.now.wall;
    if (!value)
      XJ_TRY_VOID(turn.txn.put(Table::kMeta, as_bytes(kMetaBorn), Encoder().i64(born_.ms).bytes()));
  }
  const Period month = month_of(turn.now.wall);
  const auto opens = routing::gate(kChainKind, month, self(), options_.calendar);
  manifests_next_ = local_time(*Date::make(month.next().year(), month.next().month(), 1));
  if (opens && turn.now.wall < *opens) manifests_next_ = *opens;
  for (auto& [neighbour, peer] : peers_) peer.manifests_planned = false;
  return {};
}

// After the pump: a link with nothing left to send is one whose last slice has gone.
Result<> Broker::run_manifests(Turn& turn) {
  if (!turn.now.wall_trusted) return {};
  XJ_TRY_VOID(plan_manifests(turn));
  const Period month = month_of(turn.now.wall);
  for (auto& [neighbour, peer] : peers_) {
    const auto best = peer.best();
    if (!best && !peer.consigns) continue;
    if (peer.epoch == 0) peer.epoch = peer_epochs_[neighbour];
    if (peer.epoch == 0) continue;  // its first disk has not come yet
    if (!std::exchange(peer.manifests_planned, true))
      peer.manifests_due.insert({month_before(month), month});
    if (peer.manifests_due.empty() || !has_left(peer)) continue;
    if (best && (peer.work || !peer.queue_empty)) continue;
    if (!best) {
      XJ_TRY(const bool left, nothing_ready(turn.txn, neighbour, turn.now.wall));
      if (!left) continue;
    }
    for (const Period period : std::exchange(peer.manifests_due, {}))
      XJ_TRY_VOID(give_manifest(turn, neighbour, period, peer.epoch));
    if (best) XJ_TRY_VOID(pump_records(turn, neighbour, peer, peer.links.at(*best)));
  }
  return {};
}

// Of nothing too: for this month, and for the last one where its gate opened in this store's time.
bool Broker::owes_manifest(const Turn& turn, OfficeId taker, Period period) const {
  const auto opens = routing::gate(kChainKind, period, self(), options_.calendar);
  return opens && (period == month_of(turn.now.wall) || born_ <= *opens) &&
         routing::gives_in_chain(snapshot_->directory, self(), taker);
}

Result<> Broker::give_manifest(Turn& turn, OfficeId taker, Period period,
                               std::uint64_t taker_epoch) {
  const ManifestKey key{Direction::kGiven, taker, period};
  XJ_TRY(const PassageSet set,
         passage_set(turn.txn, period, Direction::kGiven, taker, taker_epoch));
  XJ_TRY(auto row, manifest(turn, key));
  const auto opens = routing::gate(kChainKind, period, self(), options_.calendar);
  if (opens && turn.now.wall < *opens) return {};
  if (!row && set.count == 0 && !owes_manifest(turn, taker, period)) return {};
  const bool same = row && row->epoch == epoch_ && row->taker_epoch == taker_epoch &&
                    row->count == set.count && row->root == set.root;
  if (same && row->list_wanted) return give_list(turn, key, *row);
  const bool unanswered =
      same && row->state != ManifestState::kAgreed && turn.now.wall >= row->told + kUnansweredFor;
  if (same && !unanswered) return {};
  if (!same) {
    ManifestRow next;
    next.epoch = epoch_;
    next.taker_epoch = taker_epoch;
    next.number = (row && row->epoch == epoch_ ? row->number : 0) + 1;
    next.count = set.count;
    next.root = set.root;
    next.made = turn.now.wall;
    row = std::move(next);
    audit(turn, "manifest",
          "to=" + to_text(taker) + " period=" + to_text(period) +
              " number=" + std::to_string(row->number) + " count=" + std::to_string(row->count));
  }
  row->told = turn.now.wall;
  Manifest said;
  said.count = row->count;
  said.root = row->root;
  said.destinations = counts_of(set);
  XJ_TRY_VOID(send_manifest(turn, RecordType::kManifest, key, *row, std::move(said)));
  return put_manifest(turn, key, *row);
}

// What is said between the two ends of a manifest carries its name: the stores, period and number.
Result<> Broker::send_manifest(Turn& turn, RecordType type, const ManifestKey& key,
                               const ManifestRow& row, Manifest said) {
  Record record;
  record.type = type;
  record.target = key.neighbour;
  record.created = type == RecordType::kManifest ? row.made : turn.now.wall;
  record.epoch = row.epoch;
  said.period = key.period;
  said.taker_epoch = row.taker_epoch;
  said.number = row.number;
  record.manifest = std::move(said);
  const SignedRecord bytes = crypto::sign_record(record, keys_.current());
  if (type != RecordType::kManifestList) XJ_TRY_VOID(keep_record(turn, bytes));
  return queue_record(turn, key.neighbour, bytes);
}

Result<> Broker::give_list(Turn& turn, const ManifestKey& key, ManifestRow row) {
  std::vector<ManifestEntry> entries;
  const Bytes prefix = passage_prefix(key.period, Direction::kGiven, key.neighbour);
  XJ_TRY_VOID(turn.txn.scan(Table::kPassages, prefix, prefix, [&](const Row& at) {
    const auto passage = parse_passage_key(at.key);
    const auto value = decode_passage_row(at.value);
    if (passage && value && value->peer_epoch == row.taker_epoch)
      entries.push_back({passage->key.origin, passage->key.id, value->leaf});
    return true;
  }));
  std::ranges::sort(entries);
  constexpr std::size_t kStep = kRecordEntriesMax - 1;
  const std::size_t parts = std::max<std::size_t>(1, (entries.size() + kStep - 1) / kStep);
  for (std::size_t part = 0; part < parts; ++part) {
    Manifest said;
    said.count = row.count;
    said.root = row.root;
    said.part = static_cast<std::uint32_t>(part);
    said.parts = static_cast<std::uint32_t>(parts);
    for (std::size_t i = part * kStep - (part > 0 ? 1 : 0);
         i < std::min(entries.size(), (part + 1) * kStep); ++i)
      said.entries.push_back(entries[i]);
    XJ_TRY_VOID(send_manifest(turn, RecordType::kManifestList, key, row, std::move(said)));
  }
  row.list_wanted = false;
  row.told = turn.now.wall;
  return put_manifest(turn, key, row);
}

Result<> Broker::on_manifest_answer(Turn& turn, OfficeId from, const Record& record) {
  const Manifest& said = record.manifest;
  const ManifestKey key{Direction::kGiven, from, said.period};
  XJ_TRY(auto row, manifest(turn, key));
  if (!row || row->epoch != record.epoch || row->taker_epoch != said.taker_epoch ||
      row->number != said.number)
    return {};  // about an earlier one
  row->state = said.state;
  row->list_wanted = said.state == ManifestState::kListing;
  row->missing = said.missing;
  row->unexpected = said.unexpected;
  row->faults = static_cast<std::uint32_t>(said.missing.size() + said.unexpected.size());
  if (row->list_wanted) peers_[from].manifests_due.insert(said.period);
  XJ_TRY_VOID(put_manifest(turn, key, *row));
  if (said.state == ManifestState::kDiffers) XJ_TRY_VOID(mend(turn, key, *row));
  return {};
}

// What this end can put right by itself: of the unexpected, what went there before its
// acknowledgement was lost; of the missing, what this office has written and nobody has confirmed.
Result<> Broker::mend(Turn& turn, const ManifestKey& key, const ManifestRow& row) {
  std::size_t open = 0;
  for (const ManifestEntry& entry : row.unexpected) {
    const EnvelopeKey envelope{entry.origin, entry.id};
    XJ_TRY(const auto st, state(turn, envelope));
    // What has landed here since (follow.cc) has no next hop any more.
    const bool landed = st && st->inbox_seq != 0 && !st->path_copy && st->destination != self();
    if (!st || st->leaf != entry.leaf || st->period != key.period ||
        (!landed && (st->place == Place::kInbox || st->next != key.neighbour))) {
      ++open;
      continue;
    }
    XJ_TRY_VOID(note_passage(turn, Direction::kGiven, key.neighbour, envelope, *st));
  }
  for (const ManifestEntry& entry : row.missing) {
    XJ_TRY(auto own, entry.origin == self() ? ledger(turn, entry.id)
                                            : Result<std::optional<LedgerRow>>{std::nullopt});
    if (!own || own->delivered.is_set() || is_terminal(own->receipt)) {
      ++open;
      continue;
    }
    XJ_TRY_VOID(resend(turn, entry.id, *own));
    XJ_TRY_VOID(put_ledger(turn, entry.id, *own));
  }
  if (open == 0) return {};
  const std::string text = "to=" + to_text(key.neighbour) + " period=" + to_text(key.period) +
                           " missing=" + std::to_string(row.missing.size()) +
                           " unexpected=" + std::to_string(row.unexpected.size());
  audit(turn, "manifest_differs", text);
  turn.effects.alarms.push_back("manifest_differs: " + text);
  return {};
}

Result<> Broker::on(Turn& turn, const CloseMonth& event) {
  const Bytes key = closed_key(event.period);
  XJ_TRY(const auto before, turn.txn.get(Table::kMeta, key));
  if (!before) {
    XJ_TRY_VOID(turn.txn.put(Table::kMeta, key,
                             Encoder().i64(turn.now.wall.ms).text(event.account).bytes()));
    audit(turn, "month_closed", "period=" + to_text(event.period) + " account=" + event.account);
  }
  turn.effects.replies.push_back({event.token, {}, {}, 0});
  return {};
}

// A period is long over when nothing of it can come any more, and then as long again.
Result<> Broker::sweep_month(Turn& turn) {
  Period first = month_of(turn.now.wall);
  for (std::uint32_t i = 0; i < kMonthsKept; ++i) first = month_before(first);
  std::vector<Bytes> passages, manifests;
  XJ_TRY_VOID(turn.txn.scan(Table::kPassages, {}, {}, [&](const Row& row) {
    const bool over = Decoder(row.key).u32() < first.yyyymm && passages.size() < kSweptMax;
    if (over) passages.push_back(to_bytes(row.key));
    return over;
  }));
  XJ_TRY_VOID(turn.txn.scan(Table::kManifests, {}, {}, [&](const Row& row) {
    const auto key = parse_manifest_key(row.key);
    if (key && key->period < first) manifests.push_back(to_bytes(row.key));
    return true;
  }));
  for (const Bytes& key : passages) XJ_TRY_VOID(turn.txn.erase(Table::kPassages, key));
  for (const Bytes& key : manifests) XJ_TRY_VOID(turn.txn.erase(Table::kManifests, key));
  return {};
}

}  // namespace xianjie::broker
