#include "routing/channels.h"

#include <algorithm>

namespace xianjie::routing {
namespace {

// Dedicated, vpn, public; best first.
std::vector<ChannelClass> wire_classes(const std::optional<OfficeRecord>& office) {
  std::vector<ChannelClass> out;
  if (!office) return out;
  for (const Channel& channel : office->channels)
    if (is_wire(channel.klass)) out.push_back(channel.klass);
  std::ranges::sort(out, std::ranges::greater());
  return out;
}

}  // namespace

std::vector<ChannelClass> channels_between(const Directory& directory, OfficeId self,
                                           OfficeId peer) {
  const auto own = wire_classes(directory.find(self)), theirs = wire_classes(directory.find(peer));
  std::vector<ChannelClass> out;
  if (own.empty() || theirs.empty()) return out;
  for (const ChannelClass klass : own)
    if (std::ranges::find(theirs, klass) != theirs.end()) out.push_back(klass);
  if (out.empty()) out.push_back(own.back());
  return out;
}

std::optional<ChannelClass> best_class_between(const Directory& directory, OfficeId a, OfficeId b) {
  const auto there = channels_between(directory, a, b), back = channels_between(directory, b, a);
  if (there.empty() || back.empty()) return std::nullopt;
  return std::min(there.front(), back.front());
}

}  // namespace xianjie::routing
