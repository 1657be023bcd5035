// The people who report (flow B): in one province each township sends its half-year's detail, each
// office above sums up what is in and sends it on as soon as nothing is missing. Some correct what
// they have sent, and then everybody above does. The half-year reported in December is the last one
// that has ended: late, and taken all the same.
#pragma once

#include "node/office/reports.h"
#include "tests/simulation/people.h"

namespace xianjie::simulation {

inline constexpr Period kReported{202606};

class Reports {
 public:
  explicit Reports(People& people) : people_(people) {}

  // This office reports from `when` on, and corrects itself at `correct`, where that is set.
  void plan(WallTime when, WallTime correct);
  void started();
  void handle(const node::Item& item);
  void arrived();  // a report from below, or one of theirs again

  // Its own figure, as last handed in; what it would take to be right.
  [[nodiscard]] std::uint64_t own() const;
  [[nodiscard]] bool planned() const { return when_.is_set(); }

 private:
  void report();
  void send(const node::Completeness& below, const std::vector<node::SentReport>& sent);

  People& people_;
  WallTime when_, correct_;
  std::optional<std::uint64_t> told_;  // the total last sent, durably
  bool busy_ = false;                  // this life
};

}  // namespace xianjie::simulation
