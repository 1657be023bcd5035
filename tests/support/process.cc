#include "tests/support/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>

#include "schemas/result.h"

namespace xianjie::tests {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

// Daemons block signals for their signalfd; a child of a test begins with none blocked.
pid_t spawn(std::vector<std::string> argv, std::vector<std::string> environment, int in, int out,
            int err) {
  for (char** one = environ; *one != nullptr; ++one) environment.emplace_back(*one);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, argv.front().c_str(), &actions, nullptr,
                                  pointers(argv).data(), pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  XJ_CHECK(error == 0);
  return pid;
}

int wait_for(pid_t pid) {
  int status = 0;
  pid_t ended = -1;
  do ended = ::waitpid(pid, &status, 0);
  while (ended < 0 && errno == EINTR);
  XJ_CHECK(ended == pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int memory_file() {
  const int fd = ::memfd_create("xianjie-test", MFD_CLOEXEC);
  XJ_CHECK(fd >= 0);
  return fd;
}

std::string content(int fd) {
  std::string out;
  std::array<char, 65536> piece{};
  ::lseek(fd, 0, SEEK_SET);
  for (ssize_t got = 0; (got = ::read(fd, piece.data(), piece.size())) > 0;)
    out.append(piece.data(), static_cast<std::size_t>(got));
  ::close(fd);
  return out;
}

int open_or_die(const char* path, int flags) {
  const int fd = ::open(path, flags | O_CLOEXEC, 0600);
  XJ_CHECK(fd >= 0);
  return fd;
}

}  // namespace

Ended run(const std::vector<std::string>& argv, std::string_view input) {
  const int in = memory_file(), out = memory_file(), err = memory_file();
  for (std::string_view rest = input; !rest.empty();) {
    const ssize_t written = ::write(in, rest.data(), rest.size());
    XJ_CHECK(written > 0);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  ::lseek(in, 0, SEEK_SET);
  Ended ended;
  ended.status = wait_for(spawn(argv, {}, in, out, err));
  ::close(in);
  ended.out = content(out);
  ended.err = content(err);
  return ended;
}

Process::Process(const std::vector<std::string>& argv, const std::filesystem::path& log,
                 const std::vector<std::string>& environment) {
  const int in = open_or_die("/dev/null", O_RDONLY);
  const int out = open_or_die(log.c_str(), O_WRONLY | O_CREAT | O_APPEND);
  pid_ = spawn(argv, environment, in, out, out);
  ::close(in);
  ::close(out);
}

Process::~Process() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  wait();
}

void Process::signal(int number) const {
  ::kill(pid_, number);
}

int Process::wait() {
  const int status = wait_for(pid_);
  pid_ = -1;
  return status;
}

DaemonProcess::DaemonProcess(const std::string& binary, const std::filesystem::path& config,
                             const std::filesystem::path& log) {
  const std::string path = config.string() + ".ready";
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  XJ_CHECK(path.size() < sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  ::unlink(path.c_str());
  XJ_CHECK(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  process_ =
      std::make_unique<Process>(std::vector<std::string>{binary, "--config", config.string()}, log,
                                std::vector<std::string>{"NOTIFY_SOCKET=" + path});
  const auto ended = [this] {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(process_->pid()), &info,
                    WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid != 0;
  };
  pollfd waiting{fd, POLLIN, 0};
  eventually([&] { return (ready_ = ::poll(&waiting, 1, 50) == 1) || ended(); });
  ::close(fd);
  ::unlink(path.c_str());
}

int DaemonProcess::stop() {
  process_->signal(SIGTERM);
  return process_->wait();
}

bool eventually(const std::function<bool()>& holds, int seconds_max) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds_max);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    ::poll(nullptr, 0, 20);
  }
  return true;
}

int free_loopback_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  XJ_CHECK(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  XJ_CHECK(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  // Kept while this process lives, so that no other test is given it; a daemon may listen on it all
  // the same.
  const int on = 1;
  XJ_CHECK(::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0);
  return ntohs(address.sin_port);
}

}  // namespace xianjie::tests
