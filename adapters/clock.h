// The clocks. The only place that reads one; everything else is handed a Now.
// Instants are real and monotonic in every clock; only wall time differs. Thread-safe.
#pragma once

#include <vector>

#include "schemas/time.h"

namespace xianjie::adapters {

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Now now() const = 0;
  // How much real time passes while the wall clock goes from one time to a later one.
  [[nodiscard]] virtual Duration real_between(WallTime from, WallTime until) const {
    return until - from;
  }
};

// The machine's time. Trusted while the kernel says it is synchronised (adjtimex), or where the
// operator vouches for it, as on a machine behind a 网闸 set by hand.
class SystemClock final : public Clock {
 public:
  explicit SystemClock(bool operator_vouches) : operator_vouches_(operator_vouches) {}
  [[nodiscard]] Now now() const override;

 private:
  bool operator_vouches_;
};

// A part of a rehearsal in which its clock runs at another rate: hours in which people act.
struct SlowStretch {
  WallTime from, until;
  double rate = 1;
};

// Virtual wall time of a rehearsal: start + (real now - real_epoch) × rate, always trusted. All
// of them stand in the config, so every daemon agrees, and a killed one comes back into the same
// time. Until real_epoch it stands at start: the nation gets ready before its month begins.
class RehearsalClock final : public Clock {
 public:
  // `slow`: in order, none before `start`, none inside another.
  RehearsalClock(WallTime start, WallTime real_epoch, double rate,
                 std::vector<SlowStretch> slow = {})
      : start_(start), real_epoch_(real_epoch), rate_(rate), slow_(std::move(slow)) {}
  [[nodiscard]] Now now() const override;
  [[nodiscard]] Duration real_between(WallTime from, WallTime until) const override;
  [[nodiscard]] WallTime wall_at(WallTime real) const;  // the virtual time at a real one

 private:
  WallTime start_, real_epoch_;
  double rate_;
  std::vector<SlowStretch> slow_;
};

// Real time, for a rehearsal's epoch and for logs.
WallTime real_wall_time();

}  // namespace xianjie::adapters
