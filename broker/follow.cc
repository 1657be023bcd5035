// What is held or on its way follows offices that move, merge or close (DESIGN section 5). The
// nearest custodian that can open an envelope which no longer gets where its readers stand takes it
// as an item of its own; its service passes it on as a new envelope, with the first one inside
// (node/office/continuation.h). Who cannot open it sends it on as it is, unread by those on the new
// way; so does everybody an answer, because who asked is waiting for what its author signed, and an
// office its own mail, which may have arrived already. The origin believes such a custodian's
// receipts, because it stands among the envelope's readers and the directory has moved since.
#include <algorithm>

#include "broker/broker.h"
#include "routing/kinds.h"
#include "routing/route.h"

namespace xianjie::broker {
namespace {

constexpr std::size_t kFollowedPerTurn = 1024;

}  // namespace

// Not for this office, or not any more: its service gives it away.
bool Broker::passes_on(const Header& header) const {
  return header.destination != self() ||
         (snapshot_->directory.has_ended(self()) && !header.in_reply_to.is_set());
}

bool Broker::agrees_on_routes(OfficeId neighbour) const {
  const auto peer = peers_.find(neighbour);
  return peer == peers_.end() || std::ranges::none_of(peer->second.links, [](const auto& link) {
           return link.second.up && link.second.digest_differs;
         });
}

bool Broker::lands_here(const Header& header, OfficeId from) const {
  const auto& directory = snapshot_->directory;
  if (header.origin == self() || header.destination == self() || header.in_reply_to.is_set() ||
      header.reader(self()) == nullptr)
    return false;
  if (directory.has_ended(header.destination)) return true;
  if (is_sealed_to_retired(header)) return true;
  // Its readers stand on a way that is none any more.
  if (!routing::written_before_change(directory, header) || header.copy_of.is_set() ||
      routing::kind_row(header.kind).readers != routing::ReaderRule::kPath)
    return false;
  const auto way = routing::path(directory, self(), header.destination);
  if (!way) return false;
  // Back to where it came from: once that office sees the tree as this one does, or each would pass
  // it on to the other for ever.
  if ((*way)[1] == from)
    return header.directory_version < directory.header().version || agrees_on_routes(from);
  return std::ranges::any_of(*way,
                             [&](OfficeId office) { return header.reader(office) == nullptr; });
}

// Out of the queue or of `held`, into the inbox; the path copy here becomes the item itself.
Result<> Broker::land(Turn& turn, const EnvelopeKey& key, StateRow row, const Header& header) {
  room_.remove(static_cast<Quota>(row.room), row.next, row.bytes);
  row.place = Place::kInbox;
  row.room = static_cast<std::uint8_t>(Quota::kInbox);
  row.next = {};
  row.not_before = {};
  row.changed = turn.now.wall;
  room_.add(Quota::kInbox, {}, row.bytes);
  XJ_TRY(const bool is_new, becomes_item(turn, key, row, header));
  (void)is_new;
  turn.effects.delivered.push_back({key, header.kind, true});
  audit(turn, "landed",
        name_of(key) + " kind=" + std::string(to_word(header.kind)) +
            " for=" + to_text(header.destination));
  add_receipt(turn, key, row);
  return put_state(turn, key, row);
}

// One that the envelope was sealed to, and whose word counts because the directory has moved since.
Result<bool> Broker::is_custodian_of(Turn& turn, OfficeId office, const EnvelopeId& id) {
  XJ_TRY(const auto bytes, envelope(turn, {self(), id}));
  if (!bytes) return false;
  const auto header = decode_header(bytes->header);
  return header && office != self() && header->reader(office) != nullptr &&
         (routing::written_before_change(snapshot_->directory, *header) ||
          snapshot_->directory.has_ended(header->destination) || is_sealed_to_retired(*header));
}

// Batches and records for offices that are no neighbours any more: back into the queues, where they
// find their new way. Whoever took a batch without its acknowledgement answers with a repeat.
Result<> Broker::leave_neighbours(Turn& turn) {
  std::set<OfficeId> left;
  const auto collect = [&](OfficeId office) {
    if (!snapshot_->directory.are_neighbours(self(), office)) left.insert(office);
  };
  for (const auto& [office, peer] : peers_) collect(office);
  XJ_TRY_VOID(turn.txn.scan(Table::kBatches, Bytes{0}, Bytes{0}, [&](const Row& row) {
    Decoder in(row.key);
    in.u8();
    if (const auto office = OfficeId::from_value(in.u64())) collect(*office);
    return true;
  }));
  std::vector<std::pair<Bytes, Bytes>> records;
  for (const OfficeId office : left) {
    XJ_TRY_VOID(dissolve(turn, office, 0));
    if (const auto peer = peers_.find(office); peer != peers_.end()) {
      peer->second.loose.clear();
      for (auto& [channel, link] : peer->second.links) {
        link.outstanding.clear();
        link.outstanding_bytes = 0;
      }
    }
    const Bytes prefix = record_prefix(office);
    XJ_TRY_VOID(turn.txn.scan(Table::kRecords, prefix, prefix, [&](const Row& row) {
      records.emplace_back(to_bytes(row.key), to_bytes(row.value));
      return true;
    }));
  }
  for (const auto& [key, value] : records) {
    XJ_TRY_VOID(turn.txn.erase(Table::kRecords, key));
    auto bytes = decode_signed_record(value);
    const auto record = bytes ? decode_record_body(bytes->body) : corrupt("");
    if (!record || (record->type != RecordType::kReceipts && record->type != RecordType::kInquiry))
      continue;  // between the two neighbours only
    XJ_TRY_VOID(route_record(turn, std::move(*bytes), record->target, {}));
  }
  return left.empty() ? Result<>{} : send_standings_again(turn);  // by the new way to the root
}

Result<> Broker::reroute(Turn& turn, ByteView queue_row_key, const EnvelopeKey& key) {
  XJ_TRY(auto row, state(turn, key));
  if (!row || row->place != Place::kQueued) return {};
  XJ_TRY(const auto bytes, envelope(turn, key));
  const auto header = bytes ? decode_header(bytes->header) : corrupt("");
  if (!header) return {};  // found when it is to leave
  const bool lands = lands_here(*header, row->from);
  const auto next = next_for(*header, row->from);
  if (!lands && next && *next == row->next) return {};
  XJ_TRY_VOID(turn.txn.erase(Table::kQueue, queue_row_key));
  if (lands) return land(turn, key, std::move(*row), *header);
  if (!next) return hold(turn, key, *row, {}, next.error().text);
  audit(turn, "rerouted", name_of(key) + " from=" + to_text(row->next) + " to=" + to_text(*next));
  room_.remove(static_cast<Quota>(row->room), row->next, row->bytes);
  row->next = *next;
  room_.add(static_cast<Quota>(row->room), row->next, row->bytes);
  return enqueue(turn, key, *row);
}

Result<> Broker::follow_directory(Turn& turn) {
  if (!follow_from_) return {};
  if (follow_from_->empty()) {
    XJ_TRY_VOID(leave_neighbours(turn));
    XJ_TRY_VOID(retry_held(turn, "channel", {}));
  }
  std::vector<std::pair<Bytes, EnvelopeKey>> rows;
  XJ_TRY_VOID(turn.txn.scan(Table::kQueue, *follow_from_, {}, [&](const Row& row) {
    rows.emplace_back(to_bytes(row.key), parse_seen_key(Decoder(row.value).raw(24)));
    return rows.size() < kFollowedPerTurn;
  }));
  for (const auto& [row_key, key] : rows) XJ_TRY_VOID(reroute(turn, row_key, key));
  if (rows.size() < kFollowedPerTurn) {
    follow_from_.reset();
    return turn.txn.put(Table::kMeta, as_bytes(kMetaFollowed), snapshot_->route_digest);
  }
  follow_from_ = std::move(rows.back().first);
  follow_from_->push_back(0);  // after it
  unfinished_ = true;
  return {};
}

}  // namespace xianjie::broker
