// One xianjied as a child process: started, seen dead, killed. It dies with the thread that started
// it, whatever happens to this program, and stands in a process group of its own, so that Ctrl-C
// reaches it only through here.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

#include "schemas/result.h"

namespace xianjie::node::rehearsal {

// The daemon beside the program that runs.
Result<std::filesystem::path> daemon_program();

class DaemonProcess {
 public:
  // Standard output and error are appended to `log`.
  static Result<DaemonProcess> start(const std::filesystem::path& program,
                                     const std::filesystem::path& config,
                                     const std::filesystem::path& log);
  DaemonProcess() = default;
  DaemonProcess(DaemonProcess&& other) noexcept;
  DaemonProcess& operator=(DaemonProcess&& other) noexcept;
  ~DaemonProcess() { kill(); }

  [[nodiscard]] bool running() const { return pid_ > 0; }
  // How it ended ("exit status 1", "signal 11"), once, where it has; empty while it runs.
  std::optional<std::string> ended();
  void ask_to_stop();  // SIGTERM
  void kill();         // SIGKILL, and waits for its end

 private:
  explicit DaemonProcess(pid_t pid) : pid_(pid) {}
  pid_t pid_ = 0;  // 0: none
};

}  // namespace xianjie::node::rehearsal
