// What systemd is told (sd_notify(3)): one datagram to the socket that it names in the environment,
// nothing where it names none. Read next: main.cc (READY=1, STOPPING=1), daemon.cc (WATCHDOG=1).
#pragma once

#include <string>

#include "schemas/time.h"

namespace xianjie::node {

void tell_systemd(const std::string& state);

// Says that the loop still turns, twice in each WATCHDOG_USEC; without that, never.
class Watchdog {
 public:
  Watchdog();
  // How long the loop may sleep for it.
  [[nodiscard]] Duration due_in(Instant now) const;
  // Once a turn of the loop.
  void beat(Instant now);

 private:
  Duration every_{};  // zero: nobody watches
  Instant last_{};
};

}  // namespace xianjie::node
