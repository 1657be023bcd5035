// One process beside the daemon: started, watched by a descriptor, ended with it. It begins with no
// signal blocked, whatever the daemon blocks for itself.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "adapters/files.h"
#include "adapters/poller.h"
#include "schemas/bytes.h"

namespace xianjie::node {

class Child {
 public:
  Child() = default;
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  ~Child();  // SIGTERM, SIGKILL two seconds later

  // `program`: a path, run without a shell. `input`: all that it finds on its standard input, at
  // most kPipeBytes; none: the daemon's own. kNotFound, kIo: it cannot be run.
  static constexpr std::size_t kPipeBytes = 4096;
  static Result<Child> start(const std::string& program, std::vector<std::string> arguments,
                             std::optional<ByteView> input = std::nullopt);

  [[nodiscard]] bool runs() const { return pid_ != 0; }
  // Its wait status once it has ended, once.
  std::optional<int> ended();
  void kill();
  // Ready when it has ended.
  void add_poll_items(std::vector<adapters::PollItem>& items) const;

 private:
  pid_t pid_ = 0;  // 0: none
  adapters::Fd ended_;
};

}  // namespace xianjie::node
