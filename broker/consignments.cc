#include "broker/consignments.h"

#include "crypto/statement.h"
#include "routing/kinds.h"

namespace xianjie::broker {
namespace {

constexpr std::size_t kLookedAt = 1024;  // rows of a queue

Result<bool> acknowledgement_waits(ReadTxn& txn, OfficeId neighbour, ChannelClass channel) {
  bool waits = false;
  const Bytes prefix = in_batch_prefix(neighbour);
  XJ_TRY_VOID(txn.scan(Table::kBatches, prefix, prefix, [&](const Row& row) {
    Decoder in(row.value);
    waits = static_cast<ChannelClass>(in.u8()) == channel && in.u64() == 0;
    return !waits;
  }));
  return waits;
}

template <class MayGo>
Result<bool> mail_waits(ReadTxn& txn, OfficeId neighbour, const Now& now, const MayGo& may_go) {
  std::vector<Bytes> keys;
  for (const Word& lane : words_of(Lane{})) {
    const Bytes prefix = queue_prefix(neighbour, static_cast<Lane>(lane.number));
    XJ_TRY_VOID(txn.scan(Table::kQueue, prefix, prefix, [&](const Row& row) {
      const auto key = parse_queue_key(row.key);
      if (!key || (key->not_before.is_set() && now.wall < key->not_before)) return false;
      keys.push_back(to_bytes(row.value.first(24)));
      return keys.size() < kLookedAt;
    }));
  }
  XJ_TRY_VOID(txn.scan(Table::kHeld, {}, {}, [&](const Row& row) {
    const auto held = decode_held_row(row.value);
    if (held && held->next == neighbour && held->reason.starts_with("channel"))
      keys.push_back(to_bytes(row.key));
    return keys.size() < 2 * kLookedAt;
  }));
  for (const Bytes& key : keys) {
    XJ_TRY(const auto value, txn.get(Table::kSeen, key));
    const auto state = value ? decode_state_row(*value) : corrupt("");
    if (state && may_go(state->kind)) return true;
  }
  return false;
}

}  // namespace

Result<> check_consignment(const SignedConsignment& signed_one, const Consignment& manifest,
                           const DirectorySnapshot& snapshot, OfficeId self, const Now& now,
                           Duration skew) {
  const std::string from = to_text(manifest.from);
  if (manifest.to != self)
    return refused("not_here: it is for " + to_text(manifest.to) + ", not for " + to_text(self));
  if (!snapshot.directory.are_neighbours(self, manifest.from))
    return refused("stranger: " + from + " is no neighbour of " + to_text(self));
  const auto key = snapshot.directory.key(manifest.from, manifest.key);
  if (!key)
    return refused("unknown_key: no key " + std::to_string(manifest.key.number) + " of " + from +
                   " in the directory");
  if (key->revoked) return refused("revoked_key: of " + from);
  if (manifest.created < key->valid_from - kClockSkew ||
      (key->valid_until.is_set() && manifest.created > key->valid_until + kClockSkew))
    return refused("key_not_valid: of " + from + " at the time of its making");
  if (!crypto::verify_consignment(signed_one, key->signing))
    return refused("bad_signature: it is not signed by " + from);
  if (!now.wall_trusted) return {};
  if (now.wall > manifest.expires + skew)
    return refused("expired: it was to be here by " + to_text(manifest.expires) +
                   "; its sender may send again what was on it");
  if (manifest.created > now.wall + skew)
    return refused("from_the_future: it was made at " + to_text(manifest.created));
  return {};
}

Result<CheckedFrame> check_consigned_frame(ByteView bytes, std::size_t index,
                                           const Consignment& manifest,
                                           const DirectorySnapshot& snapshot,
                                           StatementCache& cache) {
  XJ_TRY(CheckedFrame frame, check_frame(bytes, snapshot, cache));
  if (const auto* hello = std::get_if<Hello>(&frame)) {
    if (index != 0 || hello->office != manifest.from ||
        hello->store_epoch != manifest.store_epoch || hello->channel_class != manifest.channel)
      return corrupt("its hello is not that of the manifest");
    return frame;
  }
  if (index == 0) return corrupt("does not begin with a hello");
  if (!std::holds_alternative<CheckedBatch>(frame) && !std::holds_alternative<Ack>(frame) &&
      !std::holds_alternative<CheckedRecords>(frame) &&
      !std::holds_alternative<CheckedChunk>(frame))
    return corrupt("holds a frame that does not travel by disk");
  return frame;
}

Result<bool> waits_for_consignment(ReadTxn& txn, const Broker& broker, OfficeId neighbour,
                                   ChannelClass channel, const Now& now) {
  if (!now.wall_trusted) return false;
  const auto found = broker.peers().find(neighbour);
  const auto best = found == broker.peers().end() ? std::nullopt : found->second.best();
  std::optional<ChannelClass> wire;
  if (best) wire = found->second.links.at(*best).channel_class;
  const OfficeType from = broker.self().type(), to = neighbour.type();
  XJ_TRY(const bool acks, acknowledgement_waits(txn, neighbour, channel));
  if (acks) return true;
  XJ_TRY(const bool mail, mail_waits(txn, neighbour, now, [&](Kind kind) {
           return routing::channel_allowed(kind, channel, from, to) &&
                  !(wire && routing::channel_allowed(kind, *wire, from, to));
         }));
  if (mail) return true;
  bool records = false;
  XJ_TRY_VOID(txn.scan(
      Table::kRecords, record_prefix(neighbour), record_prefix(neighbour), [&](const Row& row) {
        const auto record = decode_signed_record(row.value);
        const auto body = record ? decode_record_body(record->body) : corrupt("");
        records = body && body->type != RecordType::kEpoch &&
                  routing::record_allowed(body->subject, channel, from, to) &&
                  !(wire && routing::record_allowed(body->subject, *wire, from, to));
        return !records;
      }));
  return records;
}

}  // namespace xianjie::broker
