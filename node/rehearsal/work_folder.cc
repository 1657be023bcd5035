#include "node/rehearsal/work_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "adapters/api_socket.h"
#include "adapters/file_system.h"
#include "adapters/files.h"

namespace xianjie::node::rehearsal {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOwnerOnly = 0700;

fs::path temporary_root() {
  const char* named = std::getenv("TMPDIR");
  return named != nullptr && *named == '/' ? fs::path(named) : fs::path("/tmp");
}

Result<fs::path> make_temporary(const fs::path& root, const char* prefix) {
  std::string name = (root / (std::string(prefix) + "XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr)
    return adapters::system_failure("make a folder in", root, errno);
  return fs::path(name);
}

// True where it was made here.
Result<bool> make_kept(const fs::path& path) {
  if (::mkdir(path.c_str(), kOwnerOnly) == 0) return true;
  if (errno != EEXIST) return adapters::system_failure("make the folder", path, errno);
  std::error_code error;
  if (!fs::is_directory(path, error)) return refused("--keep " + path.string() + ": is no folder");
  if (!fs::is_empty(path, error) || error)
    return refused("--keep " + path.string() + ": is not empty; name a new or empty folder");
  if (::chmod(path.c_str(), kOwnerOnly) != 0)
    return adapters::system_failure("keep others out of", path, errno);
  return false;
}

Result<> check_room(const fs::path& path, std::uint64_t needed) {
  XJ_TRY_VOID(adapters::check_file_system(path));
  XJ_TRY(const std::uint64_t free, adapters::free_bytes(path));
  if (free >= needed) return {};
  const auto mib = [](std::uint64_t bytes) {
    return std::to_string((bytes + (1U << 20) - 1) >> 20) + " MiB";
  };
  return fail(ErrorCode::kFull,
              path.string() + ": too little disk for this rehearsal: " + mib(free) + " free, " +
                  mib(needed) + " needed; free some, or set TMPDIR or --keep to another disk");
}

std::string folder_name(OfficeId office) {
  std::string name = to_text(office);
  std::ranges::replace(name, ':', '-');
  return name;
}

}  // namespace

Result<WorkFolder> WorkFolder::make(const std::optional<fs::path>& keep,
                                    std::uint64_t bytes_needed) {
  if (!keep) {
    XJ_TRY(auto path, make_temporary(temporary_root(), "xianjie-rehearsal-"));
    WorkFolder folder(std::move(path), false);
    XJ_TRY_VOID(check_room(folder.path_, bytes_needed));
    return folder;
  }
  const fs::path path = fs::absolute(*keep).lexically_normal();
  XJ_TRY(const bool made, make_kept(path));
  WorkFolder folder(path, !made);  // gone again, where it was new, unless there is room
  XJ_TRY_VOID(check_room(path, bytes_needed));
  folder.kept_ = true;
  return folder;
}

WorkFolder::WorkFolder(WorkFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      sockets_(std::exchange(other.sockets_, {})),
      kept_(other.kept_) {}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  if (!sockets_.empty()) fs::remove_all(sockets_, ignored);
  if (!path_.empty() && !kept_) fs::remove_all(path_, ignored);
}

fs::path WorkFolder::office(OfficeId office) const {
  return path_ / "offices" / folder_name(office);
}

Result<fs::path> WorkFolder::socket(OfficeId office_id) {
  fs::path path = office(office_id) / "api.sock";
  if (path.string().size() <= adapters::kApiPathMax) return path;
  if (sockets_.empty()) {
    XJ_TRY(sockets_, make_temporary("/tmp", "xj-"));
  }
  return sockets_ / (folder_name(office_id) + ".sock");
}

Result<> WorkFolder::clear() {
  std::error_code error;
  fs::remove_all(path_ / "offices", error);
  if (error) return adapters::system_failure("remove", path_ / "offices", error.value());
  return {};
}

}  // namespace xianjie::node::rehearsal
