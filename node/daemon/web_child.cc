#include "node/daemon/web_child.h"

#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "adapters/zmq_socket.h"
#include "node/daemon/log.h"

extern char** environ;

namespace xianjie::node {
namespace {

constexpr Duration kAgainAfter = seconds(5);

}  // namespace

WebChild::WebChild(const Config& config) {
  if (!config.web) return;
  file_ = std::filesystem::absolute(config.file).string();
  start();
}

WebChild::~WebChild() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGTERM);
  pollfd one{ended_.get(), POLLIN, 0};
  if (::poll(&one, 1, 2000) <= 0) ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void WebChild::start() {
  again_ = adapters::steady_now() + kAgainAfter;
  std::string program = "xianjied", config = "--config", web = "--web";
  const std::array<char*, 5> arguments{program.data(), config.data(), file_.data(), web.data(),
                                       nullptr};
  pid_t pid = 0;
  if (const int error =
          ::posix_spawn(&pid, "/proc/self/exe", nullptr, nullptr, arguments.data(), environ);
      error != 0)
    return log_error("web",
                     adapters::system_failure("starting", "xianjied --web", error).error().text);
  pid_ = pid;
  ended_ = adapters::Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

void WebChild::look() {
  if (file_.empty()) return;
  if (pid_ != 0) {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return;
    log_error("web", "the dashboard's process has ended, status " + std::to_string(status) +
                         "; it starts again");
    pid_ = 0;
    ended_ = adapters::Fd();
  }
  if (adapters::steady_now() >= again_) start();
}

void WebChild::add_poll_items(std::vector<adapters::PollItem>& items) const {
  if (ended_.is_open()) items.push_back({nullptr, ended_.get()});
}

Duration WebChild::due_in() const {
  if (file_.empty() || pid_ != 0) return adapters::kNever;
  return std::max(again_ - adapters::steady_now(), Duration{0});
}

}  // namespace xianjie::node
