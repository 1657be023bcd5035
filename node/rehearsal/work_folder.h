// Where a rehearsal lives: a folder of its own under $TMPDIR, removed at the end, or the one that
// --keep names (new or empty), which stays. Both 0700. It holds
//   offices/<id with ':' as '-'>/   office.toml, office.keys, directory.xjd, store, audit,
//   daemon.log
// and nothing of the notices that were handed in.
#pragma once

#include <filesystem>
#include <optional>

#include "schemas/ids.h"
#include "schemas/result.h"

namespace xianjie::node::rehearsal {

class WorkFolder {
 public:
  // kFull: less than `bytes_needed` free there. kRefused: the folder holds something, or stands on
  // a file system that may not carry a store.
  static Result<WorkFolder> make(const std::optional<std::filesystem::path>& keep,
                                 std::uint64_t bytes_needed);
  WorkFolder(WorkFolder&& other) noexcept;
  WorkFolder& operator=(WorkFolder&&) = delete;
  ~WorkFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path office(OfficeId office) const;
  // For the local API: in the office's folder, or, where a Unix socket's address would be too long
  // for that, in a short folder of its own that never stays.
  Result<std::filesystem::path> socket(OfficeId office);
  // Removes the offices, for another beginning.
  Result<> clear();

 private:
  WorkFolder(std::filesystem::path path, bool kept) : path_(std::move(path)), kept_(kept) {}
  std::filesystem::path path_;
  std::filesystem::path sockets_;  // "" while not needed
  bool kept_ = false;
};

}  // namespace xianjie::node::rehearsal
