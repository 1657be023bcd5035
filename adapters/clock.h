// The clocks. The only place that reads one; everything else is handed a Now.
// Instants are real and monotonic in every clock; only wall time differs. Thread-safe.
#pragma once

#include "schemas/time.h"

namespace xianjie::adapters {

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Now now() const = 0;
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

// Virtual wall time of a rehearsal: start + (real now - real_epoch) × rate, always trusted. All
// three stand in the config, so every daemon agrees, and a killed one comes back into the same
// time. Until real_epoch it stands at start: the nation gets ready before its month begins.
class RehearsalClock final : public Clock {
 public:
  RehearsalClock(WallTime start, WallTime real_epoch, double rate)
      : start_(start), real_epoch_(real_epoch), rate_(rate) {}
  [[nodiscard]] Now now() const override;
  [[nodiscard]] WallTime wall_at(WallTime real) const;  // the virtual time at a real one

 private:
  WallTime start_, real_epoch_;
  double rate_;
};

// Real time, for a rehearsal's epoch and for logs.
WallTime real_wall_time();

}  // namespace xianjie::adapters
