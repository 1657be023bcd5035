#include "node/daemon/child.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

extern char** environ;

namespace xianjie::node {
namespace {

constexpr int kPatienceMs = 2000;

// What posix_spawn is told, freed at the end.
struct How {
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t files;
  How() {
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_init(&files);
    sigset_t none, pipe;
    sigemptyset(&none);
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &pipe);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  How(const How&) = delete;
  How& operator=(const How&) = delete;
  ~How() {
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&attributes);
  }
};

// The reading end of a pipe that holds all of it.
Result<adapters::Fd> filled(ByteView input) {
  XJ_CHECK(input.size() <= Child::kPipeBytes);  // a pipe takes that much without a reader
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return adapters::system_failure("making", "a pipe", errno);
  adapters::Fd reading(ends[0]);
  const adapters::Fd writing(ends[1]);
  XJ_TRY_VOID(adapters::write_all(writing.get(), input, "a pipe"));
  return reading;
}

}  // namespace

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), ended_(std::move(other.ended_)) {}

Child& Child::operator=(Child&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(ended_, other.ended_);
  return *this;
}

Child::~Child() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGTERM);
  pollfd one{ended_.get(), POLLIN, 0};
  if (::poll(&one, 1, kPatienceMs) <= 0) ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

Result<Child> Child::start(const std::string& program, std::vector<std::string> arguments,
                           std::optional<ByteView> input) {
  How how;
  adapters::Fd reading;
  if (input) {
    XJ_TRY(reading, filled(*input));
    ::posix_spawn_file_actions_adddup2(&how.files, reading.get(), STDIN_FILENO);
  }
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  pid_t pid = 0;
  if (const int error = ::posix_spawn(&pid, program.c_str(), &how.files, &how.attributes,
                                      pointers.data(), environ);
      error != 0)
    return adapters::system_failure("starting", program, error);
  Child child;
  child.pid_ = pid;
  child.ended_ = adapters::Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  return child;
}

std::optional<int> Child::ended() {
  int status = 0;
  if (pid_ == 0 || ::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  pid_ = 0;
  ended_ = adapters::Fd();
  return status;
}

void Child::kill() {
  if (pid_ != 0) ::kill(pid_, SIGKILL);
}

void Child::add_poll_items(std::vector<adapters::PollItem>& items) const {
  if (ended_.is_open()) items.push_back({nullptr, ended_.get()});
}

}  // namespace xianjie::node
