// Virtual time: what is to happen, in order of its moment, first come first served within one.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "schemas/result.h"
#include "schemas/time.h"

namespace xianjie::simulation {

class Timeline {
 public:
  using Act = std::function<void()>;

  explicit Timeline(WallTime start) : start_(start), now_(start) {}

  [[nodiscard]] WallTime start() const { return start_; }
  [[nodiscard]] WallTime now() const { return now_; }

  void at(WallTime when, Act act) {
    acts_.emplace(std::pair(std::max(when, now_), ++number_), std::move(act));
  }
  void in(Duration wait, Act act) { at(now_ + wait, std::move(act)); }

  // Everything up to `end`, which is then the present.
  void run_until(WallTime end) {
    while (!acts_.empty() && acts_.begin()->first.first <= end) {
      auto node = acts_.extract(acts_.begin());
      now_ = node.key().first;
      node.mapped()();
    }
    now_ = end;
  }

 private:
  WallTime start_, now_;
  std::uint64_t number_ = 0;
  std::map<std::pair<WallTime, std::uint64_t>, Act> acts_;
};

}  // namespace xianjie::simulation
