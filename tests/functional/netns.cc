#include "tests/functional/netns.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <vector>

namespace xianjie::tests {
namespace {

constexpr const char* kWireguardAnyway = "WG_I_PREFER_BUGGY_USERSPACE_TO_POLISHED_KMOD=1";

std::string shell(const std::string& command) {
  const Ended ended = run({"/bin/sh", "-c", command});
  EXPECT_EQ(ended.status, 0) << command << ": " << ended.err;
  std::string out = ended.out;
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

void count_packet(const std::vector<unsigned char>& bytes, std::size_t size, std::uint16_t port,
                  Capture::Seen& seen) {
  ip header{};
  if (size < sizeof header) return;
  std::memcpy(&header, bytes.data(), sizeof header);
  const std::size_t start = header.ip_hl * 4U;
  if (header.ip_v != 4 || size < start + sizeof(tcphdr)) return;
  if (header.ip_p == IPPROTO_UDP) seen.udp_bytes += size - start;
  if (header.ip_p != IPPROTO_TCP) return;
  tcphdr tcp{};
  std::memcpy(&tcp, bytes.data() + start, sizeof tcp);
  const std::size_t payload = size - std::min<std::size_t>(size, start + tcp.doff * 4U);
  if (ntohs(tcp.source) == port || ntohs(tcp.dest) == port) seen.tcp_bytes += payload;
}

// In the child: enters the namespace and listens until it is killed.
[[noreturn]] void listen_on(const std::string& space, const std::string& interface,
                            std::uint16_t port, const std::string& file, Capture::Seen& seen) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int netns = ::open(("/var/run/netns/" + space).c_str(), O_RDONLY | O_CLOEXEC);
  std::FILE* out = std::fopen(file.c_str(), "ab");
  if (netns < 0 || out == nullptr || setns(netns, CLONE_NEWNET) != 0) _exit(1);
  const int fd = ::socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL));
  const int room = 64 << 20;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(if_nametoindex(interface.c_str()));
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) _exit(1);
  seen.running = true;
  std::vector<unsigned char> bytes(1 << 17);
  while (true) {
    const ssize_t size = ::recv(fd, bytes.data(), bytes.size(), 0);
    if (size <= 0) continue;
    count_packet(bytes, static_cast<std::size_t>(size), port, seen);
    std::fwrite(bytes.data(), 1, static_cast<std::size_t>(size), out);
    std::fflush(out);
    tpacket_stats stats{};
    socklen_t length = sizeof stats;
    if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &length) == 0)
      seen.dropped += stats.tp_drops;
  }
}

}  // namespace

std::string no_namespaces() {
  if (::geteuid() != 0) return "needs root";
  for (const char* program : {"ip", "wg", "wireguard-go"})
    if (run({"/bin/sh", "-c", std::string("command -v ") + program}).status != 0)
      return std::string(program) + " is not installed (ops/packages.txt)";
  const std::string name = "xj-can-" + std::to_string(::getpid());
  const Ended made = run({"/bin/sh", "-c", "ip netns add " + name + " && ip netns del " + name});
  if (made.status != 0) return "no network namespaces: " + made.err;
  if (::access("/dev/net/tun", R_OK | W_OK) != 0) return "no /dev/net/tun";
  return "";
}

TwoNetworks::TwoNetworks(std::filesystem::path folder) : folder_(std::move(folder)) {
  const std::string own = std::to_string(::getpid());
  for (int side = 0; side < 2; ++side) {
    const std::string letter = side == 0 ? "a" : "b";
    spaces_[side] = "xj" + letter + own;
    cables_[side] = "xc" + letter + own;
    tunnels_[side] = "xw" + letter + own;
    keys_[side] = shell("wg genkey");
    shell("ip netns add " + spaces_[side]);
    shell("ip -n " + spaces_[side] + " link set lo up");
  }
  shell("ip link add " + cables_[0] + " netns " + spaces_[0] + " type veth peer name " +
        cables_[1] + " netns " + spaces_[1]);
  for (int side = 0; side < 2; ++side) {
    const std::string to = "ip -n " + spaces_[side];
    shell(to + " addr add 192.0.2." + std::to_string(side + 1) + "/24 dev " + cables_[side]);
    shell(to + " link set " + cables_[side] + " up");
  }
}

TwoNetworks::~TwoNetworks() {
  drop_tunnel();
  for (const std::string& space : spaces_) shell("ip netns del " + space);
}

void TwoNetworks::start_wireguard(int side) {
  wireguard_[side] = std::make_unique<Process>(
      std::vector<std::string>{
          "/bin/sh", "-c",
          "exec ip netns exec " + spaces_[side] + " wireguard-go -f " + tunnels_[side]},
      folder_ / (tunnels_[side] + ".log"), std::vector<std::string>{kWireguardAnyway});
  EXPECT_TRUE(eventually([&] {
    return ::access(("/var/run/wireguard/" + tunnels_[side] + ".sock").c_str(), R_OK) == 0;
  }));
}

void TwoNetworks::raise_tunnel() {
  for (int side = 0; side < 2; ++side) start_wireguard(side);
  for (int side = 0; side < 2; ++side) {
    const std::string there = std::to_string(2 - side), here = std::to_string(side + 1);
    const std::filesystem::path key = folder_ / (tunnels_[side] + ".key");
    std::ofstream(key) << keys_[side];
    const std::string peer = shell("echo '" + keys_[1 - side] + "' | wg pubkey");
    shell("ip netns exec " + spaces_[side] + " wg set " + tunnels_[side] + " private-key " +
          key.string() + " listen-port 51820 peer " + peer + " allowed-ips 10.77.0." + there +
          "/32 endpoint 192.0.2." + there + ":51820");
    const std::string to = "ip -n " + spaces_[side];
    shell(to + " addr add 10.77.0." + here + "/24 dev " + tunnels_[side]);
    shell(to + " link set " + tunnels_[side] + " up");
  }
}

void TwoNetworks::freeze_tunnel(bool frozen) const {
  for (const auto& wireguard : wireguard_)
    if (wireguard) wireguard->signal(frozen ? SIGSTOP : SIGCONT);
}

void TwoNetworks::drop_tunnel() {
  for (int side = 0; side < 2; ++side) {
    wireguard_[side].reset();
    std::filesystem::remove("/var/run/wireguard/" + tunnels_[side] + ".sock");
  }
}

std::string TwoNetworks::starter(int side, const std::string& program) const {
  const std::filesystem::path file = folder_ / ("in-" + spaces_[side]);
  std::ofstream(file) << "#!/bin/sh\nexec ip netns exec " << spaces_[side] << " " << program
                      << " \"$@\"\n";
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  return file.string();
}

Capture::Capture(const std::string& space, const std::string& interface, std::uint16_t port,
                 const std::filesystem::path& file) {
  void* shared =
      mmap(nullptr, sizeof(Seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  EXPECT_NE(shared, MAP_FAILED);
  seen_ = new (shared) Seen();
  child_ = ::fork();
  if (child_ == 0) listen_on(space, interface, port, file.string(), *seen_);
  EXPECT_TRUE(eventually([&] { return seen_->running.load(); })) << "the capture does not run";
}

Capture::~Capture() {
  if (child_ > 0) {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  munmap(seen_, sizeof(Seen));
}

}  // namespace xianjie::tests
