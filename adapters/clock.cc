#include "adapters/clock.h"

#include <sys/timex.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace xianjie::adapters {

namespace {

template <class C>
std::int64_t milliseconds_of() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(C::now().time_since_epoch()).count();
}
Instant instant_now() {
  return {milliseconds_of<std::chrono::steady_clock>()};
}

bool kernel_is_synchronised() {
  timex state{};  // modes 0: only reads, needs no privilege
  const int verdict = ::adjtimex(&state);
  // The kernel itself gives up at this error; some time daemons never clear the flag before.
  constexpr long kErrorUsMax = 16'000'000;
  return verdict >= 0 && verdict != TIME_ERROR && (state.status & STA_UNSYNC) == 0 &&
         state.maxerror < kErrorUsMax;
}

}  // namespace

WallTime real_wall_time() {
  return {milliseconds_of<std::chrono::system_clock>()};
}

Now SystemClock::now() const {
  const bool trusted = operator_vouches_ || kernel_is_synchronised();
  const ClockDoubt doubt = trusted ? ClockDoubt::kNone : ClockDoubt::kUnsynchronised;
  return {instant_now(), real_wall_time(), trusted, doubt};
}

WallTime RehearsalClock::wall_at(WallTime real) const {
  double left = static_cast<double>(std::max((real - real_epoch_).ms, std::int64_t{0}));
  WallTime at = start_;
  const auto after = [&](double rate) { return at + milliseconds(std::llround(left * rate)); };
  for (const SlowStretch& slow : slow_) {
    const double before = static_cast<double>((slow.from - at).ms) / rate_;
    if (left < before) break;
    left -= before;
    at = slow.from;
    const double during = static_cast<double>((slow.until - at).ms) / slow.rate;
    if (left < during) return after(slow.rate);
    left -= during;
    at = slow.until;
  }
  return after(rate_);
}

Duration RehearsalClock::real_between(WallTime from, WallTime until) const {
  double real = 0;
  std::int64_t fast = std::max((until - from).ms, std::int64_t{0});
  for (const SlowStretch& slow : slow_) {
    const std::int64_t inside = (std::min(until, slow.until) - std::max(from, slow.from)).ms;
    if (inside <= 0) continue;
    real += static_cast<double>(inside) / slow.rate;
    fast -= inside;
  }
  return milliseconds(std::llround(real + static_cast<double>(fast) / rate_));
}

Now RehearsalClock::now() const {
  return {instant_now(), wall_at(real_wall_time()), true};
}

}  // namespace xianjie::adapters
