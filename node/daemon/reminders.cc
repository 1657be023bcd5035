#include "node/daemon/reminders.h"

#include <nlohmann/json.hpp>

#include "node/daemon/log.h"
#include "node/office/submission.h"

namespace xianjie::node {

using nlohmann::json;

namespace {

constexpr Duration kPatience = minutes(1);

}  // namespace

Reminders::Reminders(const Config& config, const Engine& engine) : engine_(engine) {
  if (!config.reminder) return;
  command_ = config.reminder->command;
  rule_.emplace(config.reminder->hours, engine.now().wall, working_days(engine.directory()));
}

bool Reminders::take_hour() {
  if (!rule_ || !rule_->next().is_set() || taken_ == rule_->next()) return false;
  const Now now = engine_.now();
  if (!now.wall_trusted || now.wall < rule_->next()) return false;
  taken_ = rule_->next();
  return true;
}

void Reminders::consider(const json& overview) {
  if (!rule_ || child_.runs()) return;  // the next look will do
  json counts = reminder_view(overview, "");
  const std::string_view why = rule_->due(counts, engine_.now(), working_days(engine_.directory()));
  if (why.empty()) return;
  counts["why"] = why;
  const std::string input = counts.dump() + "\n";
  auto child = Child::start(command_.front(), command_, as_bytes(input));
  if (!child) {
    rule_->not_told();
    return log(LogEvent::kReminderFailed, child.error().text);
  }
  child_ = std::move(*child);
  until_ = engine_.now().instant + kPatience;
}

void Reminders::look() {
  const auto status = child_.ended();
  if (status && *status != 0) rule_->not_told();
  if (status)
    log(*status == 0 ? LogEvent::kReminded : LogEvent::kReminderFailed,
        "status=" + std::to_string(*status));
  if (child_.runs() && engine_.now().instant >= until_) child_.kill();
}

Duration Reminders::due_in() const {
  Duration due = adapters::kNever;
  if (rule_) due = engine_.due_at(rule_->next());
  if (child_.runs()) due = std::min(due, std::max(until_ - engine_.now().instant, Duration{0}));
  return due;
}

}  // namespace xianjie::node
