#include "node/rehearsal/ports.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

namespace xianjie::node::rehearsal {

Result<ReservedPort> reserve_port() {
  const auto failed = [] {
    return adapters::system_failure("reserve a port on", "127.0.0.1", errno);
  };
  ReservedPort port{adapters::Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), 0};
  if (!port.binding.is_open()) return failed();
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (::bind(port.binding.get(), any, size) != 0) return failed();
  if (::getsockname(port.binding.get(), any, &size) != 0) return failed();
  // Only now: bound with it, the port could be one that somebody else holds in the same way.
  const int on = 1;
  if (::setsockopt(port.binding.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
    return failed();
  port.number = ntohs(address.sin_port);
  return port;
}

}  // namespace xianjie::node::rehearsal
