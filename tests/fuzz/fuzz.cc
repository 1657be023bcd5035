#include "tests/fuzz/fuzz.h"

#include <fstream>

#include "tests/support/temp_directory.h"

namespace xianjie::fuzz {
namespace {

std::uint64_t& count() {
  static std::uint64_t value = 0;
  return value;
}

}  // namespace

void note_accepted() {
  ++count();
}
std::uint64_t accepted_count() {
  return count();
}

std::filesystem::path as_file(const char* name, ByteView bytes) {
  static const tests::TempDirectory folder;
  auto path = folder.path() / name;
  std::filesystem::remove(path);  // ext4 writes a file through where it was cut to nothing first
  std::ofstream out(path, std::ios::binary);
  out.write(as_text(bytes).data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  XJ_CHECK(!out.fail());
  return path;
}

}  // namespace xianjie::fuzz
