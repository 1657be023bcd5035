#include "node/daemon/notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <string_view>

#include "adapters/poller.h"

namespace xianjie::node {
namespace {

// A number of the environment; 0 where there is none.
std::int64_t number_in(const char* name) {
  const char* text = std::getenv(name);
  std::int64_t out = 0;
  if (text == nullptr) return 0;
  const std::string_view view(text);
  const auto [end, error] = std::from_chars(view.data(), view.data() + view.size(), out);
  return error == std::errc{} && end == view.data() + view.size() ? out : 0;
}

}  // namespace

void tell_systemd(const std::string& state) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name(path);
  if (name.empty() || name.size() >= sizeof(address.sun_path)) return;
  name.copy(address.sun_path, name.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  (void)::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL,
                 reinterpret_cast<sockaddr*>(&address), size);
  ::close(fd);
}

Watchdog::Watchdog() {
  const std::int64_t pid = number_in("WATCHDOG_PID");
  if (pid == 0 || pid == ::getpid())
    every_ = milliseconds(std::max<std::int64_t>(number_in("WATCHDOG_USEC"), 0) / 1000 / 2);
}

Duration Watchdog::due_in(Instant now) const {
  if (every_ == Duration{}) return adapters::kNever;
  return std::max(every_ - (now - last_), milliseconds(0));
}

void Watchdog::beat(Instant now) {
  if (every_ == Duration{} || now - last_ < every_) return;
  last_ = now;
  tell_systemd("WATCHDOG=1");
}

}  // namespace xianjie::node
