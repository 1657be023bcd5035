// What a daemon tells systemd: that it serves, that its loop turns, that it ends.
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "tests/functional/offices.h"

namespace xianjie::tests {
namespace {

constexpr const char* kOffice = "township:610802001";

// The socket that systemd would name.
class Listener {
 public:
  explicit Listener(std::string path) : path_(std::move(path)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() { ::close(fd_); }
  [[nodiscard]] std::string environment() const { return "NOTIFY_SOCKET=" + path_; }
  // What is said next; "" where nobody speaks for so long.
  [[nodiscard]] std::string next(int milliseconds_max) const {
    pollfd waiting{fd_, POLLIN, 0};
    if (::poll(&waiting, 1, milliseconds_max) != 1) return "";
    std::array<char, 256> text{};
    const ssize_t got = ::recv(fd_, text.data(), text.size(), 0);
    return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
  }

 private:
  std::string path_;
  int fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

class Notify : public HandMadeOffices {
 protected:
  Notify() : HandMadeOffices({{kOffice, ""}}) {}

  Process daemon(std::vector<std::string> environment) {
    environment.push_back(systemd_.environment());
    return Process({XIANJIED_BINARY, "--config", config(kOffice).string()},
                   at(std::string(kOffice) + ".log"), environment);
  }
  Listener systemd_{at("notify").string()};
};

constexpr int kStartMsMax = 60'000;
constexpr int kQuietMs = 1500;

TEST_F(Notify, AnIdleLoopBeatsTwiceInEachWatchdogTime) {
  Process running = daemon({"WATCHDOG_USEC=600000"});
  EXPECT_EQ(systemd_.next(kStartMsMax), "READY=1") << log(kOffice);
  for (int beat = 0; beat < 5; ++beat) EXPECT_EQ(systemd_.next(kStartMsMax), "WATCHDOG=1");
  running.signal(SIGSTOP);  // a loop that hangs
  while (!systemd_.next(kQuietMs / 3).empty()) continue;
  EXPECT_EQ(systemd_.next(kQuietMs), "");
  running.signal(SIGCONT);
  EXPECT_EQ(systemd_.next(kStartMsMax), "WATCHDOG=1");
  running.signal(SIGTERM);
  std::string last;
  while (last != "STOPPING=1") {
    last = systemd_.next(kStartMsMax);
    ASSERT_THAT(last, testing::AnyOf("WATCHDOG=1", "STOPPING=1"));
  }
  EXPECT_EQ(running.wait(), 0);
}

TEST_F(Notify, NobodyIsToldWhatNobodyWatches) {
  Process running = daemon({"WATCHDOG_USEC=200000", "WATCHDOG_PID=1"});  // another process's
  EXPECT_EQ(systemd_.next(kStartMsMax), "READY=1") << log(kOffice);
  EXPECT_EQ(systemd_.next(kQuietMs), "");
  running.signal(SIGTERM);
  EXPECT_EQ(systemd_.next(kStartMsMax), "STOPPING=1");
  EXPECT_EQ(running.wait(), 0);
}

}  // namespace
}  // namespace xianjie::tests
