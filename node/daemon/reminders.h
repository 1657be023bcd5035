// The operator's reminder command ([reminder] in the configuration): run with counts on its
// standard input (node/office/reminder.h), without a shell, one at a time, for a minute at most.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "node/daemon/child.h"
#include "node/daemon/engine.h"
#include "node/office/reminder.h"

namespace xianjie::node {

class Reminders final : public adapters::Pollable {
 public:
  Reminders(const Config& config, const Engine& engine);

  // An hour has come: somebody should look at the office and tell consider(). Said once.
  bool take_hour();
  void consider(const nlohmann::json& overview);
  void look();  // after each wait
  void add_poll_items(std::vector<adapters::PollItem>& items) const override {
    child_.add_poll_items(items);
  }
  [[nodiscard]] Duration due_in() const override;

 private:
  const Engine& engine_;
  std::vector<std::string> command_;  // empty: nobody is reminded
  std::optional<ReminderRule> rule_;
  WallTime taken_;  // the hour that take_hour() has told
  Child child_;
  Instant until_;  // killed then
};

}  // namespace xianjie::node
