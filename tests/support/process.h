// Real processes for functional tests: commands that end by themselves, and daemons that do not.
// Nothing outlives the object that started it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace xianjie::tests {

struct Ended {
  int status = 0;  // exit status; minus the signal's number where one ended it
  std::string out, err;
};

// Runs argv[0] to its end with `input` as standard input.
Ended run(const std::vector<std::string>& argv, std::string_view input = {});

// A program in the background, its output in a log file. SIGKILL on destruction.
class Process {
 public:
  Process(const std::vector<std::string>& argv, const std::filesystem::path& log,
          const std::vector<std::string>& environment = {});  // NAME=VALUE, added to this one's
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();
  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(int number) const;
  int wait();  // as Ended::status

 private:
  pid_t pid_ = -1;
};

// xianjied, ready when constructed (it tells so as it would tell systemd). `ready()` is false where
// it ended first or took longer than a minute; the log says why.
class DaemonProcess {
 public:
  DaemonProcess(const std::string& binary, const std::filesystem::path& config,
                const std::filesystem::path& log);
  [[nodiscard]] bool ready() const { return ready_; }
  [[nodiscard]] Process& process() { return *process_; }
  int stop();  // SIGTERM, then its exit status

 private:
  std::unique_ptr<Process> process_;
  bool ready_ = false;
};

// Asks again and again until `holds` or until `seconds_max` are over.
bool eventually(const std::function<bool()>& holds, int seconds_max = 60);

int free_loopback_port();

}  // namespace xianjie::tests
