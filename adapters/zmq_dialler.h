// The end that dials: one DEALER socket for one neighbour. A socket makes one attempt and serves
// one connection; the library's own reconnecting is off, because it stops for ever after some
// refusals and has almost no jitter. When the attempt fails, the connection ends or no frame came
// for silence_max, the socket is thrown away and a new one is made after a delay that doubles from
// reconnect_min to reconnect_max, with jitter over its upper half; a frame received resets it. Of
// several valid keys of the neighbour the newest is tried first, then the others in turn. Read
// next: zmq_transport.h.
#pragma once

#include <optional>
#include <random>
#include <vector>

#include "adapters/zmq_listener.h"

namespace xianjie::adapters {

struct DialTarget {
  OfficeId office;
  std::string endpoint;
  std::vector<PublicKey> keys;  // the neighbour's valid link keys, newest last; at least one
  ChannelProof proof;
  std::string interface;        // bound to it where not empty
  friend bool operator==(const DialTarget&, const DialTarget&) = default;
};

class ZmqDialler {
 public:
  // References must outlive the dialler. The first attempt is made by the first advance().
  ZmqDialler(const ZmqContext& context, const LinkIdentity& identity, const LinkTimings& timings,
             DialTarget target, LinkNotes& notes);

  [[nodiscard]] const DialTarget& target() const { return target_; }
  void advance(Instant now, Arrivals& out);
  bool read_one(Instant now, Arrivals& out);
  bool send(ByteView frame);
  // Ends the connection, if there is one, as when the neighbour leaves the directory.
  void hang_up(Instant now, Arrivals& out);
  [[nodiscard]] Duration due_in(Instant now) const;
  void add_poll_items(std::vector<PollItem>& items) const;

 private:
  struct Line {
    ZmqSocket dealer;
    ZmqMonitor monitor;  // dies before the socket it watches
    int fd = -1;
    bool up = false;
    std::string address{};  // of the other end, as proved when it came up
    ChannelClass channel_class = ChannelClass::kPublic;
  };
  Result<Line> make_line();
  // False: the line has ended.
  bool take_news(Instant now, Arrivals& out);
  void came_up(Instant now, Arrivals& out);

  const ZmqContext* context_;
  const LinkIdentity* identity_;
  LinkTimings timings_;
  DialTarget target_;
  LinkNotes* notes_;
  std::minstd_rand jitter_;
  std::optional<Line> line_;
  std::size_t attempts_ = 0;   // since the last frame
  std::size_t keys_tried_ = 0; // the same: whose turn it is
  Instant retry_at_{};         // while there is no line
  Instant progress_at_{};      // of the line: made, came up, or last frame
};

}  // namespace xianjie::adapters
