// SIGINT, SIGTERM and SIGHUP as something to wait for. While it lives they are blocked in this
// thread and in threads begun later, so that whoever works can end in order: no daemon and no
// folder stays behind. Make it before any thread is begun.
#pragma once

#include <signal.h>

#include "adapters/files.h"
#include "schemas/time.h"

namespace xianjie::node::rehearsal {

class StopSignals {
 public:
  StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();

  // Waits so long, or less once somebody asked to stop; true where somebody did, ever.
  bool wait(Duration duration);
  [[nodiscard]] bool stopped() { return wait(Duration{0}); }

 private:
  sigset_t before_{};
  adapters::Fd fd_;
  bool stopped_ = false;
};

}  // namespace xianjie::node::rehearsal
