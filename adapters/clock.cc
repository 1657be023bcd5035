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
  return verdict >= 0 && verdict != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

}  // namespace

WallTime real_wall_time() {
  return {milliseconds_of<std::chrono::system_clock>()};
}

Now SystemClock::now() const {
  return {instant_now(), real_wall_time(), operator_vouches_ || kernel_is_synchronised()};
}

WallTime RehearsalClock::wall_at(WallTime real) const {
  const double passed =
      static_cast<double>(std::max((real - real_epoch_).ms, std::int64_t{0})) * rate_;
  return start_ + milliseconds(std::llround(passed));
}

Now RehearsalClock::now() const {
  return {instant_now(), wall_at(real_wall_time()), true};
}

}  // namespace xianjie::adapters
