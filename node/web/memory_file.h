// A file in memory, by a name that a library can open.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "adapters/files.h"

namespace xianjie::node {

class MemoryFile {
 public:
  MemoryFile() : file_(::memfd_create("table", MFD_CLOEXEC)) {}
  [[nodiscard]] bool is_open() const { return file_.is_open(); }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(file_.get()); }
  [[nodiscard]] Result<Bytes> bytes(std::size_t most) const {
    return adapters::read_file(path(), most);
  }

 private:
  adapters::Fd file_;
};

}  // namespace xianjie::node
