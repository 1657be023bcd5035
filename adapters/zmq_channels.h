// All channels of an office over ZeroMQ: implements broker::Transport with one ZmqTransport a
// channel. Two offices' channels pair by class; where they have none in common, the lowest class of
// each forms their one link (channel_proof.h makes the lower of the two of it).
//
// A channel that names an interface may come and go with it: a tunnel that is not there at start
// stops nobody, and one that is made anew gets its sockets anew, within kInterfaceLookEvery. A
// channel without an interface that cannot be opened is an error at start. Read next:
// zmq_transport.h.
#pragma once

#include <memory>
#include <set>
#include <vector>

#include "adapters/zmq_transport.h"
#include "routing/directory.h"

namespace xianjie::adapters {

inline constexpr Duration kInterfaceLookEvery = seconds(5);

// One entry a ZeroMQ channel of `self`, with the neighbours that it leads to, keys as valid at
// `at`, and last to be tried those within the clocks' skew of it; the keys of this office itself
// remain to be filled in. In a rehearsal directory reconnects
// are capped at kRetryMaxRehearsal.
Result<std::vector<ZmqTransportOptions>> channel_options(const routing::Directory& directory,
                                                         OfficeId self, WallTime at);

// When they would say something else about the neighbours' keys; not set: never.
WallTime channel_options_change(const routing::Directory& directory, OfficeId self, WallTime at);

class ZmqChannels final : public broker::Transport, public Pollable {
 public:
  // What the options' link_secret views must outlive this.
  static Result<std::unique_ptr<ZmqChannels>> open(std::vector<ZmqTransportOptions> options);

  // As a newer directory has them: links that it changes go down, and come up again where they may;
  // the others stay. An error names a channel that could not be opened; the others are.
  Result<> change(std::vector<ZmqTransportOptions> options);

  bool send(OfficeId neighbour, ChannelClass channel, ByteView frame,
            std::uint64_t connection = 0) override;
  void prefer(OfficeId neighbour, ChannelClass channel, std::uint64_t connection) override;
  std::vector<broker::Arrival> poll(std::size_t max) override;
  // Refusals of all channels since the last call.
  std::vector<LinkNote> take_notes();

  void add_poll_items(std::vector<PollItem>& items) const override;
  [[nodiscard]] Duration due_in() const override;

 private:
  struct Slot {
    ZmqTransportOptions options;
    std::unique_ptr<ZmqTransport> transport;  // none while its interface is not there
    unsigned interface_index = 0;
    Instant look_at{};  // for the interface
    std::set<OfficeId> up;
  };
  explicit ZmqChannels(std::vector<Slot> slots) : slots_(std::move(slots)) {}
  static Result<> open_slot(Slot& slot);
  void close_slot(Slot& slot);
  Result<> change_slot(Slot& slot, ZmqTransportOptions options);
  void look_at_interface(Slot& slot, Instant now, std::vector<broker::Arrival>& out);

  std::vector<Slot> slots_;
  std::vector<broker::Arrival> gone_;  // links of closed slots, to be told by poll()
  LinkNotes notes_;
  std::size_t first_ = 0;  // whose turn it is to be read first
};

}  // namespace xianjie::adapters
