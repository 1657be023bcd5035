// Whether a user-space WireGuard (wireguard-go) serves a TUN interface: asked through the socket
// that such a program opens for its own tools, with a request that changes and reveals nothing.
// The kernel's own WireGuard interfaces have no such socket and need none: channel_proof.h.
#pragma once

#include <string>

namespace xianjie::adapters {

inline constexpr const char* kWireguardRunFolder = "/var/run/wireguard";

// False too where this process may not ask (the socket is root's): then only an attestation in the
// signed directory makes a `vpn` of the interface. Waits at most 200 ms.
bool answers_as_wireguard(const std::string& interface,
                          const std::string& folder = kWireguardRunFolder);

}  // namespace xianjie::adapters
