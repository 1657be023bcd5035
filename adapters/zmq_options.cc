#include "adapters/zmq_transport.h"
#include "schemas/limits.h"

namespace xianjie::adapters {

Result<ZmqTransportOptions> transport_options(const routing::Directory& directory, OfficeId self,
                                              WallTime at) {
  const auto own = directory.find(self);
  if (!own) return fail(ErrorCode::kNotFound, to_text(self) + " is not in the directory");
  ZmqTransportOptions out;
  out.self = self;
  out.rehearsal = directory.header().rehearsal;
  if (out.rehearsal) out.timings.reconnect_max = kRetryMaxRehearsal;
  if (!own->channels.empty()) out.channel = own->channels.front();
  out.bind_endpoint = out.channel.endpoint;
  for (const OfficeId office : directory.neighbours(self)) {
    const auto record = directory.find(office);
    if (!record || record->channels.empty()) continue;  // no channel in this version: no link
    PeerOptions peer{.office = office, .link_keys = {}, .revoked_keys = {}, .endpoint = {},
                     .channel = record->channels.front()};
    for (const OfficeKeySet& keys : record->keys) {
      if (keys.revoked) peer.revoked_keys.push_back(keys.link);
      else if (keys.valid_from <= at && (!keys.valid_until.is_set() || at < keys.valid_until))
        peer.link_keys.push_back(keys.link);
    }
    if (directory.dials(self, office)) {
      if (peer.channel.endpoint.empty()) continue;  // it listens nowhere
      peer.endpoint = peer.channel.endpoint;
    }
    out.peers.push_back(std::move(peer));
  }
  return out;
}

}  // namespace xianjie::adapters
