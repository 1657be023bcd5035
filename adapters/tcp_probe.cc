#include "adapters/tcp_probe.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "adapters/files.h"

namespace xianjie::adapters {
namespace {

constexpr std::string_view kScheme = "tcp://";

Result<> connect_to(const addrinfo& address, Duration patience) {
  const Fd socket(::socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
                           address.ai_protocol));
  if (!socket.is_open()) return fail(ErrorCode::kIo, std::strerror(errno));
  int error = 0;
  if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) != 0) {
    if (errno != EINPROGRESS) return fail(ErrorCode::kIo, std::strerror(errno));
    pollfd one{socket.get(), POLLOUT, 0};
    if (::poll(&one, 1, static_cast<int>(patience.ms)) <= 0)
      return fail(ErrorCode::kRetry, "no answer in " + std::to_string(patience.ms / 1000) + " s");
    socklen_t size = sizeof error;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  }
  if (error != 0) return fail(ErrorCode::kIo, std::strerror(error));
  return {};
}

}  // namespace

Result<> can_connect(const std::string& endpoint, Duration patience) {
  const std::size_t colon = endpoint.rfind(':');
  if (!endpoint.starts_with(kScheme) || colon <= kScheme.size())
    return refused("\"" + endpoint + "\" is no tcp:// address");
  std::string host = endpoint.substr(kScheme.size(), colon - kScheme.size());
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), endpoint.c_str() + colon + 1, &hints, &found);
      error != 0)
    return fail(ErrorCode::kNotFound, ::gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  Result<> last = fail(ErrorCode::kNotFound, "no address");
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next)
    if (last = connect_to(*one, patience); last) return {};
  return last;
}

}  // namespace xianjie::adapters
