#include "node/rehearsal/stop_signals.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>

namespace xianjie::node::rehearsal {

StopSignals::StopSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
  ::pthread_sigmask(SIG_BLOCK, &set, &before_);
  fd_ = adapters::Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  XJ_CHECK(fd_.is_open());
}

StopSignals::~StopSignals() {
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool StopSignals::wait(Duration duration) {
  if (stopped_) return true;
  pollfd item{fd_.get(), POLLIN, 0};
  const auto limit = std::clamp<std::int64_t>(duration.ms, 0, 60'000);
  if (::poll(&item, 1, static_cast<int>(limit)) <= 0) return false;
  signalfd_siginfo info{};
  stopped_ = ::read(fd_.get(), &info, sizeof info) > 0;
  return stopped_;
}

}  // namespace xianjie::node::rehearsal
