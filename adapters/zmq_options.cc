#include <algorithm>

#include "adapters/zmq_channels.h"
#include "schemas/limits.h"

namespace xianjie::adapters {
namespace {

const Channel* of_class(const OfficeRecord& record, ChannelClass klass) {
  const auto found = std::ranges::find(record.channels, klass, &Channel::klass);
  return found == record.channels.end() ? nullptr : &*found;
}

const Channel* lowest(const OfficeRecord& record) {
  const Channel* out = nullptr;
  for (const Channel& channel : record.channels)
    if (is_wire(channel.klass) && (out == nullptr || channel.klass < out->klass)) out = &channel;
  return out;
}

// The neighbour's end of a link over our `own` channel; null: none.
const Channel* partner(const OfficeRecord& self, const Channel& own, const OfficeRecord& peer) {
  if (const Channel* same = of_class(peer, own.klass)) return same;
  const bool common = std::ranges::any_of(self.channels, [&](const Channel& channel) {
    return is_wire(channel.klass) && of_class(peer, channel.klass) != nullptr;
  });
  return !common && &own == lowest(self) ? lowest(peer) : nullptr;
}

// The neighbour's clock may be ahead of ours, or behind.
bool may_be_met(const OfficeKeySet& keys, WallTime at) {
  return keys.valid_from - kClockSkew <= at &&
         (!keys.valid_until.is_set() || at < keys.valid_until + kClockSkew);
}

// Who may hold a link to it, those among them who may not know yet that they have left.
std::vector<OfficeId> linked(const routing::Directory& directory, OfficeId self) {
  std::vector<OfficeId> out = directory.neighbours(self);
  std::ranges::copy(directory.former_children(self), std::back_inserter(out));
  return out;
}

}  // namespace

WallTime channel_options_change(const routing::Directory& directory, OfficeId self, WallTime at) {
  WallTime next;
  const auto sooner = [&](WallTime when) {
    if (when > at && (!next.is_set() || when < next)) next = when;
  };
  for (const OfficeId office : linked(directory, self)) {
    const auto record = directory.find(office);
    if (!record) continue;
    for (const OfficeKeySet& keys : record->keys) {
      if (routing::is_revoked(keys, at)) continue;
      if (keys.revoked) sooner(keys.revoked_at);
      for (const Duration skew : {Duration{0} - kClockSkew, Duration{0}})
        sooner(keys.valid_from + skew);
      if (!keys.valid_until.is_set()) continue;
      for (const Duration skew : {Duration{0}, kClockSkew}) sooner(keys.valid_until + skew);
    }
  }
  return next;
}

Result<std::vector<ZmqTransportOptions>> channel_options(const routing::Directory& directory,
                                                         OfficeId self, WallTime at) {
  const auto own = directory.find(self);
  if (!own) return fail(ErrorCode::kNotFound, to_text(self) + " is not in the directory");
  std::vector<ZmqTransportOptions> all;
  for (const Channel& channel : own->channels) {
    if (!is_wire(channel.klass)) continue;
    ZmqTransportOptions& out = all.emplace_back();
    out.self = self;
    out.rehearsal = directory.header().rehearsal;
    if (out.rehearsal) out.timings.reconnect_max = kRetryMaxRehearsal;
    out.channel = channel;
    out.bind_endpoint = channel.endpoint;
  }
  for (const OfficeId office : linked(directory, self)) {
    const auto record = directory.find(office);
    if (!record) continue;
    for (ZmqTransportOptions& out : all) {
      const Channel* theirs = partner(*own, *of_class(*own, out.channel.klass), *record);
      if (theirs == nullptr) continue;
      PeerOptions peer{.office = office,
                       .link_keys = {},
                       .revoked_keys = {},
                       .endpoint = {},
                       .channel = *theirs,
                       .former = !directory.are_neighbours(self, office)};
      for (const OfficeKeySet& keys : record->keys) {
        if (routing::is_revoked(keys, at))
          peer.revoked_keys.push_back(keys.link);
        else if (routing::is_valid(keys, at))
          peer.link_keys.push_back(keys.link);
        else if (may_be_met(keys, at))
          peer.link_keys.insert(peer.link_keys.begin(), keys.link);
      }
      if (directory.dials(self, office)) {
        if (peer.channel.endpoint.empty()) continue;  // it listens nowhere
        peer.endpoint = peer.channel.endpoint;
      }
      out.peers.push_back(std::move(peer));
    }
  }
  return all;
}

}  // namespace xianjie::adapters
