// The dashboard's process beside the daemon: `xianjied --web` of the same configuration, started
// anew when it ends. It dies with the daemon.
#pragma once

#include <sys/types.h>

#include "adapters/files.h"
#include "adapters/poller.h"
#include "node/daemon/config.h"

namespace xianjie::node {

class WebChild final : public adapters::Pollable {
 public:
  explicit WebChild(const Config& config);  // starts nothing where there is no [web]
  ~WebChild() override;                     // ends it

  void look();  // after each wait
  void add_poll_items(std::vector<adapters::PollItem>& items) const override;
  [[nodiscard]] Duration due_in() const override;

 private:
  void start();
  std::string file_;    // the configuration; empty: no dashboard
  pid_t pid_ = 0;       // 0: it does not run
  adapters::Fd ended_;  // readable when it has ended
  Instant again_;       // not started before
};

}  // namespace xianjie::node
