#include "adapters/wireguard_uapi.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string_view>

namespace xianjie::adapters {
namespace {

constexpr suseconds_t kPatienceUs = 200'000;

// `set` without any setting; the answer is "errno=0".
bool asks_and_hears(int fd) {
  const timeval patience{0, kPatienceUs};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  constexpr std::string_view kRequest = "set=1\n\n";
  if (::send(fd, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(kRequest.size()))
    return false;
  std::string heard;
  std::array<char, 64> part{};
  while (heard.find("\n\n") == std::string::npos && heard.size() < 256) {
    const ssize_t size = ::recv(fd, part.data(), part.size(), 0);
    if (size <= 0) break;
    heard.append(part.data(), static_cast<std::size_t>(size));
  }
  return heard.starts_with("errno=0\n");
}

}  // namespace

bool answers_as_wireguard(const std::string& interface, const std::string& folder) {
  const std::string path = folder + "/" + interface + ".sock";
  sockaddr_un address{};
  if (path.size() >= sizeof address.sun_path) return false;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  const bool there =
      ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  const bool answered = there && asks_and_hears(fd);
  ::close(fd);
  return answered;
}

}  // namespace xianjie::adapters
