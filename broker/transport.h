// Port: authenticated frames to and from named neighbours. What comes in has been tied to an office
// by its key, on every frame; nothing else about it is trusted. Sending is never delivering: a
// frame may be lost at any time, and only an Ack frame says otherwise. Between two offices there is
// one link a channel; a channel is named by the class that the directory gives it at this end, and
// is worth what was proved of it. Where an office calls while an earlier connection of it still
// stands, the earlier one stays the link; frames of the other come with its number, until prefer()
// makes it the link or it ends. Implementations: adapters/zmq_channels.h; the simulator's network
// in tests/simulation.
#pragma once

#include <vector>

#include "schemas/bytes.h"
#include "schemas/ids.h"
#include "schemas/vocabulary.h"

namespace xianjie::broker {

struct Arrival {
  enum class What : std::uint8_t { kUp, kDown, kFrame };
  OfficeId neighbour;
  What what = What::kFrame;
  ChannelClass channel_class = ChannelClass::kPublic;  // kUp: as proved at this end
  Bytes frame;                                         // kFrame: one encoded link frame
  Proof proof = Proof::kProved;                        // kUp: what stands behind the class
  ChannelClass channel = ChannelClass::kPublic;  // which of this office's channels: names the link
  std::uint64_t connection = 0;  // kFrame: not 0, of another connection than the link's
};

class Transport {
 public:
  virtual ~Transport() = default;
  // False: cannot be sent now (no connection, no room); the caller's state machine resends later.
  // `connection`: as it came with an arrival; 0: the link's own.
  virtual bool send(OfficeId neighbour, ChannelClass channel, ByteView frame,
                    std::uint64_t connection = 0) = 0;
  // That connection becomes the link: kDown and kUp follow. Nothing where it has ended.
  virtual void prefer(OfficeId neighbour, ChannelClass channel, std::uint64_t connection) = 0;
  // What has come in since the last call, at most `max` items; never blocks.
  virtual std::vector<Arrival> poll(std::size_t max) = 0;
};

}  // namespace xianjie::broker
