// What a link's channel is worth: its class is proved from the signed directory, the peer's
// address and this machine's interface, never taken from a configuration (DESIGN section 6). The
// rules:
// - class: the lower of both ends' directory entries; `media` and `ferry` are no ZeroMQ channels;
// - networks: prefix /8 or longer, IPv6 /32 or longer; loopback only in a rehearsal directory;
// - the peer's address lies in the peer's own networks (each end checks the other); a `public`
//   channel may name none, and then any address will do;
// - `vpn` needs our entry's interface to be WireGuard (the kernel's kind, or a TUN that a
// user-space
//   WireGuard answers for) and the socket bound to it; or that interface and the name of whoever
//   vouches for it in the signed directory, which is `attested`; in a rehearsal directory a
//   loopback address counts as `vpn`, and as nothing higher;
// - `dedicated` needs our entry's interface, to which the socket is bound;
// - what cannot be proved is `public`. A wrong address is an error: nothing is taken from it.
// The interface is looked at anew at every connect: it may have come, gone or changed its kind.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/directory.h"
#include "schemas/result.h"
#include "schemas/vocabulary.h"

namespace xianjie::adapters {

// An IPv4 address stands in its mapped IPv6 form.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};
  [[nodiscard]] bool is_v4() const;
  [[nodiscard]] bool is_loopback() const;
  // Numeric only; a zone (%eth0) is ignored.
  static std::optional<IpAddress> parse(std::string_view text);
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

struct IpNetwork {
  IpAddress base;
  int prefix_bits = 128;  // counted in the 128-bit form
  [[nodiscard]] bool contains(const IpAddress& address) const;
  // Refuses what is no CIDR, has bits set below its prefix, or is too wide to prove anything.
  static Result<IpNetwork> parse(std::string_view text);
  friend bool operator==(const IpNetwork&, const IpNetwork&) = default;
};

struct Proved {
  ChannelClass klass = ChannelClass::kPublic;
  Proof how = Proof::kProved;
  friend bool operator==(const Proved&, const Proved&) = default;
};

class ChannelProof {
 public:
  // `sysfs`: where the interface's kind is read. Fails where an entry itself is wrong.
  static Result<ChannelProof> make(const Channel& own, const Channel& peer, bool rehearsal,
                                   const std::string& sysfs = "/sys/class/net");
  // For a connection that has just come up. Refused: nothing may be taken from or given to this
  // address.
  [[nodiscard]] Result<Proved> prove(std::string_view peer_address) const;
  friend bool operator==(const ChannelProof&, const ChannelProof&) = default;

 private:
  [[nodiscard]] Proved by_interface() const;

  ChannelClass ceiling_ = ChannelClass::kPublic;  // what both entries allow
  std::string interface_, sysfs_;
  bool attested_ = false;
  bool rehearsal_ = false;
  std::vector<IpNetwork> networks_;  // the peer's
};

bool is_wireguard(const std::string& interface, const std::string& sysfs = "/sys/class/net");

}  // namespace xianjie::adapters
