// The dashboard's process beside the daemon: `xianjied --web` of the same configuration, started
// anew when it ends. It dies with the daemon.
#pragma once

#include "node/daemon/child.h"
#include "node/daemon/config.h"

namespace xianjie::node {

class WebChild final : public adapters::Pollable {
 public:
  explicit WebChild(const Config& config);  // starts nothing where there is no [web]

  void look();  // after each wait
  void add_poll_items(std::vector<adapters::PollItem>& items) const override {
    child_.add_poll_items(items);
  }
  [[nodiscard]] Duration due_in() const override;

 private:
  void start();
  std::string file_;  // the configuration; empty: no dashboard
  Child child_;
  Instant again_;  // not started before
};

}  // namespace xianjie::node
