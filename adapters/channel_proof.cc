#include "adapters/channel_proof.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

#include "adapters/wireguard_uapi.h"

namespace xianjie::adapters {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int kMappedBits = 96;
constexpr int kV4PrefixMin = 8;
constexpr int kV6PrefixMin = 32;
constexpr std::size_t kInterfaceNameMax = 15;

bool is_interface_name(std::string_view name) {
  return !name.empty() && name.size() <= kInterfaceNameMax && name != "." && name != ".." &&
         name.find('/') == std::string_view::npos;
}

Result<std::vector<IpNetwork>> parse_networks(const Channel& channel, bool rehearsal) {
  std::vector<IpNetwork> out;
  for (const std::string& text : channel.networks) {
    XJ_TRY(const IpNetwork network, IpNetwork::parse(text));
    if (network.base.is_loopback() && !rehearsal)
      return refused("network " + text + ": loopback counts only in a rehearsal directory");
    out.push_back(network);
  }
  if (out.empty() && channel.klass != ChannelClass::kPublic)
    return refused("a channel of class " + std::string(to_word(channel.klass)) +
                   " names no network");
  return out;
}

}  // namespace

bool IpAddress::is_v4() const {
  return std::equal(kMapped.begin(), kMapped.end(), bytes.begin());
}

bool IpAddress::is_loopback() const {
  if (is_v4()) return bytes[12] == 127;
  return std::all_of(bytes.begin(), bytes.end() - 1, [](auto byte) { return byte == 0; }) &&
         bytes[15] == 1;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string plain(text.substr(0, text.find('%')));
  IpAddress out;
  if (inet_pton(AF_INET6, plain.c_str(), out.bytes.data()) == 1) return out;
  std::copy(kMapped.begin(), kMapped.end(), out.bytes.begin());
  if (inet_pton(AF_INET, plain.c_str(), out.bytes.data() + kMapped.size()) == 1) return out;
  return std::nullopt;
}

bool IpNetwork::contains(const IpAddress& address) const {
  for (int bit = 0; bit < prefix_bits; bit += 8) {
    const auto at = static_cast<std::size_t>(bit / 8);
    const int used = std::min(8, prefix_bits - bit);
    const auto mask = static_cast<std::uint8_t>(0xff00 >> used);
    if (((base.bytes[at] ^ address.bytes[at]) & mask) != 0) return false;
  }
  return true;
}

Result<IpNetwork> IpNetwork::parse(std::string_view text) {
  const std::string shown(text);
  const auto slash = text.find('/');
  const auto base = IpAddress::parse(text.substr(0, slash));
  if (!base || slash == std::string_view::npos)
    return refused("network " + shown + ": want an address and a prefix, as in 10.1.0.0/16");
  const std::string_view digits = text.substr(slash + 1);
  int bits = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  const bool v4 = text.find(':') == std::string_view::npos;
  const int bits_max = v4 ? 32 : 128;
  if (error != std::errc{} || end != digits.data() + digits.size() || bits < 0 || bits > bits_max)
    return refused("network " + shown + ": wrong prefix");
  if (bits < (v4 ? kV4PrefixMin : kV6PrefixMin))
    return refused("network " + shown + ": too wide; IPv4 needs /8 or longer, IPv6 /32 or longer");
  IpNetwork out{*base, v4 ? bits + kMappedBits : bits};
  if (!v4 && base->is_v4()) return refused("network " + shown + ": write it as IPv4");
  IpNetwork rest = out;
  for (int bit = out.prefix_bits; bit < 128; ++bit)
    rest.base.bytes[static_cast<std::size_t>(bit / 8)] &=
        static_cast<std::uint8_t>(~(0x80 >> (bit % 8)));
  if (rest.base.bytes != base->bytes)
    return refused("network " + shown + ": has address bits below its prefix");
  return out;
}

bool is_wireguard(const std::string& interface, const std::string& sysfs) {
  if (!is_interface_name(interface)) return false;
  std::ifstream uevent(sysfs + "/" + interface + "/uevent");
  for (std::string line; std::getline(uevent, line);)
    if (line == "DEVTYPE=wireguard") return true;
  std::error_code error;
  return std::filesystem::exists(sysfs + "/" + interface + "/tun_flags", error) &&
         answers_as_wireguard(interface);
}

Result<ChannelProof> ChannelProof::make(const Channel& own, const Channel& peer, bool rehearsal,
                                        const std::string& sysfs) {
  ChannelProof out;
  out.rehearsal_ = rehearsal;
  out.ceiling_ = std::min(own.klass, peer.klass);
  if (std::max(own.klass, peer.klass) > ChannelClass::kDedicated)
    return refused("a channel of class " + std::string(to_word(std::max(own.klass, peer.klass))) +
                   " is not a ZeroMQ link");
  XJ_TRY_VOID(parse_networks(own, rehearsal));
  XJ_TRY(out.networks_, parse_networks(peer, rehearsal));
  if (!own.interface.empty() && !is_interface_name(own.interface))
    return refused("interface " + own.interface + ": no interface name");
  out.interface_ = own.interface;
  out.sysfs_ = sysfs;
  out.attested_ = !own.attested.empty() && own.klass == ChannelClass::kVpn;
  return out;
}

Proved ChannelProof::by_interface() const {
  if (ceiling_ == ChannelClass::kDedicated && !interface_.empty())
    return {ceiling_, Proof::kProved};
  if (ceiling_ == ChannelClass::kVpn && is_wireguard(interface_, sysfs_))
    return {ceiling_, Proof::kProved};
  if (ceiling_ == ChannelClass::kVpn && attested_ && !interface_.empty())
    return {ceiling_, Proof::kAttested};
  return {ChannelClass::kPublic, Proof::kProved};
}

Result<Proved> ChannelProof::prove(std::string_view peer_address) const {
  const std::string shown(peer_address);
  const auto address = IpAddress::parse(peer_address);
  if (!address) return refused("peer address '" + shown + "' is not numeric");
  const bool inside = std::any_of(networks_.begin(), networks_.end(),
                                  [&](const IpNetwork& row) { return row.contains(*address); });
  if (!networks_.empty() && !inside)
    return refused("peer address " + shown + " lies outside the office's networks");
  if (address->is_loopback()) {
    if (!rehearsal_) return refused("peer address " + shown + ": loopback outside a rehearsal");
    return Proved{std::min(ceiling_, ChannelClass::kVpn), Proof::kRehearsal};
  }
  return by_interface();
}

}  // namespace xianjie::adapters
