// The end that others dial: one ROUTER socket for all neighbours that dial this office. Every
// frame is tied to an office by its key (User-Id), to its connection by the routing id that the
// library chose, and to the office's networks by the peer's address.
//
// Of two connections of one office the earlier one stays the current one, to which answers go, as
// long as it stands: frames of the other come out with its number, and whoever reads them decides
// by prefer() which of the two is the office's (broker/lives.h). When the current one ends, the
// newest of the others takes its place (kDown, then kUp). A connection ends when the
// monitor reports its descriptor as disconnected (within the heartbeat timeout for a peer that
// vanished) or when a send finds its routing id unknown, whichever is first: libzmq 4.3.4 has no
// event per routing id.
// Read next: zmq_dialler.h, zmq_transport.h.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "adapters/channel_proof.h"
#include "adapters/poller.h"
#include "adapters/zap.h"
#include "adapters/zmq_guard.h"
#include "adapters/zmq_monitor.h"
#include "adapters/zmq_notes.h"
#include "broker/transport.h"

namespace xianjie::adapters {

using Arrivals = std::deque<broker::Arrival>;

class ZmqListener {
 public:
  struct Caller {
    ChannelProof proof;
    bool former = false;  // PeerOptions
  };

  // References must outlive the listener. `interface`: see guard_link_socket.
  static Result<ZmqListener> open(const ZmqContext& context, const LinkIdentity& identity,
                                  const LinkTimings& timings, const std::string& interface,
                                  const std::string& endpoint, const ZapHandler& zap,
                                  LinkNotes& notes);
  // Who may dial; connections of others, or with a key that counts no longer, go down,
  // and of those who have become something else to this office.
  void set_peers(std::map<OfficeId, Caller> peers, Arrivals& out);

  // Takes the monitor's news.
  void advance(Arrivals& out);
  // Takes one message; false: there is none.
  bool read_one(Arrivals& out);
  // `connection`: of an arrival; 0: the current one.
  bool send(OfficeId neighbour, ByteView frame, std::uint64_t connection, Arrivals& out);
  void prefer(OfficeId neighbour, std::uint64_t connection, Arrivals& out);
  [[nodiscard]] bool serves(OfficeId office) const { return peers_.contains(office); }
  [[nodiscard]] std::string endpoint() const { return router_.last_endpoint(); }
  void add_poll_items(std::vector<PollItem>& items) const;

 private:
  // Silent connections a source may hold beside its neighbours' own: more are shut at once.
  static constexpr std::size_t kSilentPerSourceMax = 64;

  struct Accepted {
    std::string source;
    bool silent = true;  // no valid frame yet
  };
  struct Connection {
    OfficeId office;
    std::string user_id;
    std::string address;
    Proved proved;
    int fd = -1;
    std::uint64_t number = 0;  // rising; names it among those of its office
  };
  using Connections = std::map<Bytes, Connection>;  // by routing id

  ZmqListener(ZmqSocket router, ZmqMonitor monitor, const ZapHandler& zap, LinkNotes& notes);
  void accepted(int fd);
  void ended(int fd, Arrivals& out);
  void heard_from(int fd);
  void take_frame(const Bytes& routing_id, ZmqPart part, Arrivals& out);
  Connections::iterator first_frame(const Bytes& routing_id, OfficeId office, const ZmqPart& part,
                                    Arrivals& out);
  Connections::iterator find_connection(OfficeId office, std::uint64_t number);
  void make_current(Connections::iterator connection, Arrivals& out);
  void forget(Connections::iterator connection, Arrivals& out);

  ZmqSocket router_;
  ZmqMonitor monitor_;  // dies before the socket it watches
  const ZapHandler* zap_;
  LinkNotes* notes_;
  std::map<OfficeId, Caller> peers_;
  std::map<int, Accepted> accepted_;                // by descriptor
  std::map<std::string, std::size_t> silent_;       // connections without a frame, by source
  Connections connections_;
  std::map<OfficeId, Bytes> current_;               // routing id to answer
  std::uint64_t last_number_ = 0;
};

}  // namespace xianjie::adapters
