#include "adapters/zmq_channels.h"

#include <net/if.h>

#include <algorithm>
#include <utility>

namespace xianjie::adapters {
namespace {

using What = broker::Arrival::What;

Duration look_every(const ZmqTransportOptions& options) {
  return std::min(kInterfaceLookEvery, options.timings.reconnect_max);
}

}  // namespace

Result<std::unique_ptr<ZmqChannels>> ZmqChannels::open(std::vector<ZmqTransportOptions> options) {
  std::vector<Slot> slots;
  for (ZmqTransportOptions& one : options) {
    Slot slot{std::move(one), nullptr, 0, {}, {}};
    const auto opened = open_slot(slot);
    const bool may_come = !slot.options.channel.interface.empty() && slot.interface_index == 0;
    if (!opened && !may_come) return std::unexpected(opened.error());
    slots.push_back(std::move(slot));
  }
  return std::unique_ptr<ZmqChannels>(new ZmqChannels(std::move(slots)));
}

Result<> ZmqChannels::open_slot(Slot& slot) {
  const std::string& interface = slot.options.channel.interface;
  slot.look_at = steady_now() + look_every(slot.options);
  slot.interface_index = interface.empty() ? 0 : if_nametoindex(interface.c_str());
  if (!interface.empty() && slot.interface_index == 0)
    return fail(ErrorCode::kRetry, "interface " + interface + " is not there");
  XJ_TRY(slot.transport, ZmqTransport::open(slot.options));
  return {};
}

void ZmqChannels::close_slot(Slot& slot) {
  if (slot.transport)
    for (const LinkNote& note : slot.transport->notes().take())
      notes_.add(note.what, note.subject, note.count);
  slot.transport.reset();
  for (const OfficeId office : slot.up)
    gone_.push_back({office, What::kDown, {}, {}, {}, slot.options.channel.klass});
  slot.up.clear();
}

Result<> ZmqChannels::change_slot(Slot& slot, ZmqTransportOptions options) {
  const bool same_sockets = slot.transport && slot.options.link_public == options.link_public &&
                            slot.options.bind_endpoint == options.bind_endpoint &&
                            slot.options.channel.interface == options.channel.interface;
  slot.options = std::move(options);
  if (same_sockets)
    return slot.transport->set_peers(slot.options.channel, slot.options.peers,
                                     slot.options.rehearsal);
  close_slot(slot);
  return open_slot(slot);
}

Result<> ZmqChannels::change(std::vector<ZmqTransportOptions> options) {
  Result<> failed;
  std::erase_if(slots_, [&](Slot& slot) {
    const bool stays = std::ranges::any_of(options, [&](const ZmqTransportOptions& one) {
      return one.channel.klass == slot.options.channel.klass;
    });
    if (!stays) close_slot(slot);
    return !stays;
  });
  for (ZmqTransportOptions& one : options) {
    auto found = std::ranges::find(slots_, one.channel.klass,
                                   [](const Slot& slot) { return slot.options.channel.klass; });
    Result<> opened;
    if (found != slots_.end()) {
      opened = change_slot(*found, std::move(one));
    } else {
      slots_.push_back({std::move(one), nullptr, 0, {}, {}});
      opened = open_slot(slots_.back());
    }
    if (!opened) failed = std::move(opened);
  }
  first_ = 0;
  return failed;
}

void ZmqChannels::look_at_interface(Slot& slot, Instant now, std::vector<broker::Arrival>& out) {
  const std::string& interface = slot.options.channel.interface;
  if (interface.empty() || now < slot.look_at) return;
  slot.look_at = now + look_every(slot.options);
  if (slot.transport && if_nametoindex(interface.c_str()) == slot.interface_index) return;
  const std::string klass(to_word(slot.options.channel.klass));
  if (slot.transport) {
    notes_.add("interface_gone", klass + ":" + interface);
    for (const LinkNote& note : slot.transport->notes().take())
      notes_.add(note.what, note.subject, note.count);
    slot.transport.reset();
    for (const OfficeId office : slot.up)
      out.push_back({office, What::kDown, {}, {}, {}, slot.options.channel.klass});
    slot.up.clear();
  }
  if (const auto opened = open_slot(slot); !opened)
    notes_.add("channel_not_open", klass + ":" + interface);
}

bool ZmqChannels::send(OfficeId neighbour, ChannelClass channel, ByteView frame,
                       std::uint64_t connection) {
  for (Slot& slot : slots_)
    if (slot.options.channel.klass == channel)
      return slot.transport && slot.transport->send(neighbour, frame, connection);
  return false;
}

void ZmqChannels::prefer(OfficeId neighbour, ChannelClass channel, std::uint64_t connection) {
  for (Slot& slot : slots_)
    if (slot.options.channel.klass == channel && slot.transport)
      slot.transport->prefer(neighbour, connection);
}

std::vector<broker::Arrival> ZmqChannels::poll(std::size_t max) {
  std::vector<broker::Arrival> out = std::exchange(gone_, {});
  const Instant now = steady_now();
  std::size_t bytes = 0;
  for (Slot& slot : slots_) look_at_interface(slot, now, out);
  for (std::size_t n = 0; n < slots_.size() && out.size() < max && bytes < kTurnBytesMax; ++n) {
    Slot& slot = slots_[(first_ + n) % slots_.size()];
    if (!slot.transport) continue;
    for (broker::Arrival& arrival : slot.transport->poll(max - out.size())) {
      if (arrival.what == What::kUp) slot.up.insert(arrival.neighbour);
      if (arrival.what == What::kDown) slot.up.erase(arrival.neighbour);
      bytes += arrival.frame.size();
      out.push_back(std::move(arrival));
    }
  }
  if (!slots_.empty()) first_ = (first_ + 1) % slots_.size();
  return out;
}

std::vector<LinkNote> ZmqChannels::take_notes() {
  std::vector<LinkNote> out = notes_.take();
  for (Slot& slot : slots_) {
    if (!slot.transport) continue;
    const auto more = slot.transport->notes().take();
    out.insert(out.end(), more.begin(), more.end());
  }
  return out;
}

void ZmqChannels::add_poll_items(std::vector<PollItem>& items) const {
  for (const Slot& slot : slots_)
    if (slot.transport) slot.transport->add_poll_items(items);
}

Duration ZmqChannels::due_in() const {
  const Instant now = steady_now();
  Duration due = kNever;
  if (!gone_.empty()) return Duration{0};
  for (const Slot& slot : slots_) {
    if (slot.transport) due = std::min(due, slot.transport->due_in());
    if (!slot.options.channel.interface.empty())
      due = std::min(due, std::max(slot.look_at - now, Duration{0}));
  }
  return due;
}

}  // namespace xianjie::adapters
