#include "node/rehearsal/daemon_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "adapters/files.h"

namespace xianjie::node::rehearsal {
namespace {

constexpr int kNoExec = 127;

// Between fork and exec: nothing but system calls, for other threads may have held any lock.
[[noreturn]] void become(const char* program, char* const* arguments, int log, pid_t parent) {
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::setpgid(0, 0);
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != parent) ::_exit(kNoExec);
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (nothing < 0 || ::dup2(nothing, STDIN_FILENO) < 0 || ::dup2(log, STDOUT_FILENO) < 0 ||
      ::dup2(log, STDERR_FILENO) < 0)
    ::_exit(kNoExec);
  if (nothing > STDERR_FILENO) ::close(nothing);
  ::execv(program, arguments);
  ::_exit(kNoExec);
}

}  // namespace

Result<std::filesystem::path> daemon_program() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return fail(ErrorCode::kIo, "/proc/self/exe: " + error.message());
  const auto program = self.parent_path() / "xianjied";
  if (::access(program.c_str(), X_OK) != 0)
    return fail(ErrorCode::kNotFound,
                program.string() + ": no daemon beside this program; install or build it");
  return program;
}

Result<DaemonProcess> DaemonProcess::start(const std::filesystem::path& program,
                                           const std::filesystem::path& config,
                                           const std::filesystem::path& log) {
  const adapters::Fd out(
      ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!out.is_open()) return adapters::system_failure("open", log, errno);
  std::string name = program.string(), option = "--config", file = config.string();
  char* const arguments[] = {name.data(), option.data(), file.data(), nullptr};
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return adapters::system_failure("start", program, errno);
  if (pid == 0) become(name.c_str(), arguments, out.get(), parent);
  return DaemonProcess(pid);
}

DaemonProcess::DaemonProcess(DaemonProcess&& other) noexcept : pid_(std::exchange(other.pid_, 0)) {}
DaemonProcess& DaemonProcess::operator=(DaemonProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  return *this;
}

std::optional<std::string> DaemonProcess::ended() {
  int status = 0;
  if (pid_ <= 0 || ::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  pid_ = 0;
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  return "exit status " + std::to_string(WEXITSTATUS(status));
}

void DaemonProcess::ask_to_stop() {
  if (pid_ > 0) ::kill(pid_, SIGTERM);
}

void DaemonProcess::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
}

}  // namespace xianjie::node::rehearsal
