#include "adapters/poller.h"

#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace xianjie::adapters {

bool Poller::wait(Duration timeout) {
  ready_fds_.clear();
  std::vector<PollItem> wanted;
  Duration limit = timeout;
  for (const Pollable* pollable : pollables_) {
    pollable->add_poll_items(wanted);
    limit = std::min(limit, pollable->due_in());
  }
  const bool due_before_timeout = limit < timeout;
  for (const int fd : fds_) wanted.push_back({nullptr, fd});
  std::vector<zmq_pollitem_t> items;
  items.reserve(wanted.size());
  for (const PollItem& item : wanted) items.push_back({item.socket, item.fd, ZMQ_POLLIN, 0});

  const std::int64_t limit_ms = std::max<std::int64_t>(limit.ms, 0);
  const long wait_ms = limit == kNever ? -1 : static_cast<long>(limit_ms);
  const int ready = zmq_poll(items.data(), static_cast<int>(items.size()), wait_ms);
  if (ready < 0) return true;  // a signal, or a socket closing: the loop looks for itself
  for (const zmq_pollitem_t& item : items)
    if (item.socket == nullptr && item.revents != 0) ready_fds_.insert(item.fd);
  return ready > 0 || due_before_timeout;
}

Result<WakeEvent> WakeEvent::make() {
  const int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) return fail(ErrorCode::kIo, "no event descriptor");
  return WakeEvent(fd);
}

WakeEvent::~WakeEvent() {
  if (fd_ >= 0) ::close(fd_);
}

WakeEvent::WakeEvent(WakeEvent&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

void WakeEvent::notify() const {
  const int saved = errno;
  const std::uint64_t one = 1;
  // Full means that it is already signalled, which is all that is wanted.
  [[maybe_unused]] const ssize_t written = ::write(fd_, &one, sizeof one);
  errno = saved;
}

void WakeEvent::clear() const {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t taken = ::read(fd_, &count, sizeof count);
}

}  // namespace xianjie::adapters
