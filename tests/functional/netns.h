// Network namespaces for tests that need networks of their own: two of them joined by a plain cable
// (veth), with a user-space WireGuard tunnel over it, and a listener on the cable. Needs root,
// `ip`, `wg` and `wireguard-go`; nothing outlives the objects.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "tests/support/process.h"

namespace xianjie::tests {

// Why no namespaces or tunnels can be made here; "" where they can.
std::string no_namespaces();

// Two namespaces, 192.0.2.1 and 192.0.2.2 on the cable, 10.77.0.1 and 10.77.0.2 in the tunnel.
class TwoNetworks {
 public:
  explicit TwoNetworks(std::filesystem::path folder);
  ~TwoNetworks();
  [[nodiscard]] const std::string& space(int side) const { return spaces_[side]; }
  [[nodiscard]] const std::string& cable(int side) const { return cables_[side]; }
  [[nodiscard]] const std::string& tunnel(int side) const { return tunnels_[side]; }

  void raise_tunnel();
  void freeze_tunnel(bool frozen) const;  // in its middle: the interface stands, nothing passes
  void drop_tunnel();                     // the interfaces go

  // A program that starts `program` in a namespace, for those who start it by its path.
  [[nodiscard]] std::string starter(int side, const std::string& program) const;

 private:
  void start_wireguard(int side);
  std::filesystem::path folder_;
  std::string spaces_[2], cables_[2], tunnels_[2], keys_[2];
  std::unique_ptr<Process> wireguard_[2];
};

// What passes over an interface, as somebody on the cable sees it.
class Capture {
 public:
  struct Seen {
    std::atomic<std::uint64_t> tcp_bytes;  // payload from or to `port`
    std::atomic<std::uint64_t> udp_bytes;
    std::atomic<std::uint64_t> dropped;
    std::atomic<bool> running;
  };
  Capture(const std::string& space, const std::string& interface, std::uint16_t port,
          const std::filesystem::path& file);  // whole packets are appended to `file`
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  [[nodiscard]] const Seen& seen() const { return *seen_; }

 private:
  Seen* seen_ = nullptr;  // shared with the child that listens
  int child_ = -1;
};

}  // namespace xianjie::tests
