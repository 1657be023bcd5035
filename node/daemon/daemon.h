// The one findable loop of an office's daemon:
//   wait (poller) → frames checked, calls served, jobs advanced → one turn → frames and answers
//   out.
// Idle, it sleeps until its broker, its links or its audit log have something due.
#pragma once

#include <memory>

#include "adapters/api_socket.h"
#include "adapters/poller.h"
#include "adapters/zmq_channels.h"
#include "node/daemon/api.h"
#include "node/daemon/config.h"
#include "node/daemon/engine.h"
#include "node/daemon/ferry.h"
#include "node/daemon/jobs.h"
#include "node/daemon/reminders.h"
#include "node/daemon/web_child.h"

namespace xianjie::node {

class Daemon {
 public:
  static Result<std::unique_ptr<Daemon>> open(const Config& config);
  // Until `stop_fd` becomes readable (clean) or something makes going on unsafe (an error).
  Result<> run(int stop_fd);

 private:
  Daemon() = default;
  Result<std::vector<adapters::ZmqTransportOptions>> channels();
  void follow_directory();
  void take_arrivals();
  void ping_quiet_links();
  void log_link_notes();
  void look_after_health();

  struct Quiet {
    Instant heard, asked;
  };
  struct LinksBasis {  // what else the links were made from
    KeyId key;         // this office's current one
    WallTime change;   // when a neighbour's key begins or ends
  };
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<adapters::ZmqChannels> transport_;
  std::unique_ptr<adapters::ApiServer> server_;
  Jobs jobs_;
  Jobs exports_, answers_;  // of evidence: one may wait for other offices, one must not
  std::optional<Watch> watch_;
  std::unique_ptr<Looks> looks_;  // ends before what it looks at
  std::unique_ptr<Api> api_;
  Instant health_due_;
  std::unique_ptr<Ferries> ferries_;
  std::unique_ptr<WebChild> web_;
  std::unique_ptr<Reminders> reminders_;
  std::map<broker::LinkId, Quiet> up_;  // links that are up
  LinksBasis links_basis_;
};

}  // namespace xianjie::node
