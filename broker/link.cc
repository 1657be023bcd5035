#include "broker/link.h"

namespace xianjie::broker {

// Dedicated before vpn before public, by what was proved; of equals, by what they are called.
std::optional<ChannelClass> Peer::best() const {
  std::optional<ChannelClass> out;
  ChannelClass worth{};
  for (auto at = links.rbegin(); at != links.rend(); ++at) {
    const auto& [channel, link] = *at;
    if (!is_wire(channel) || !link.up || !link.greeted) continue;
    if (out && link.channel_class <= worth) continue;
    out = channel;
    worth = link.channel_class;
  }
  return out;
}

std::size_t Peer::outstanding() const {
  std::size_t count = loose.size();
  for (const auto& [channel, link] : links) count += link.outstanding.size();
  return count;
}

}  // namespace xianjie::broker
