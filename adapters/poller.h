// The daemon's one place to sleep: until a socket, a descriptor or somebody's own deadline is
// ready. Nothing ticks: an idle daemon wakes for heartbeats of its links and for its broker's
// next_wakeup. Read next: zmq_transport.h, api_socket.h (what is slept on).
#pragma once

#include <set>
#include <vector>

#include "schemas/result.h"
#include "schemas/time.h"

namespace xianjie::adapters {

inline constexpr Duration kNever{INT64_MAX};

struct PollItem {
  void* socket = nullptr;  // a ZeroMQ socket, or null
  int fd = -1;             // a descriptor, where socket is null
};

// Something with sockets of its own that the loop serves after each wait.
class Pollable {
 public:
  virtual ~Pollable() = default;
  virtual void add_poll_items(std::vector<PollItem>& items) const = 0;
  // How long it may be left alone if its sockets stay silent; zero: serve it now.
  [[nodiscard]] virtual Duration due_in() const = 0;
};

class Poller {
 public:
  // What is added must outlive the poller or be removed.
  void add(const Pollable& pollable) { pollables_.insert(&pollable); }
  void remove(const Pollable& pollable) { pollables_.erase(&pollable); }
  void add_fd(int fd) { fds_.insert(fd); }

  // Sleeps at most `timeout` (kNever: without limit). True: something is ready, or a signal came;
  // false: the timeout passed and nobody has anything to do.
  bool wait(Duration timeout);
  // Whether the last wait found this descriptor readable.
  [[nodiscard]] bool fd_ready(int fd) const { return ready_fds_.contains(fd); }

 private:
  std::set<const Pollable*> pollables_;
  std::set<int> fds_;
  std::set<int> ready_fds_;
};

// Wakes a Poller from another thread or a signal handler.
class WakeEvent {
 public:
  static Result<WakeEvent> make();
  ~WakeEvent();
  WakeEvent(WakeEvent&& other) noexcept;
  WakeEvent& operator=(WakeEvent&&) = delete;
  void notify() const;  // any thread; async-signal-safe
  void clear() const;   // by the thread that waits
  [[nodiscard]] int fd() const { return fd_; }

 private:
  explicit WakeEvent(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace xianjie::adapters
