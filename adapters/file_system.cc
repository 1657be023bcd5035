#include "adapters/file_system.h"

#include <sys/statfs.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <string>

#include "adapters/files.h"

namespace xianjie::adapters {

namespace {

struct Row {
  std::uint64_t magic;
  std::string_view what;
};
// From statfs(2) and the kernel's linux/magic.h.
constexpr Row kRefused[] = {
    {0x6969, "NFS, a network file system"},
    {0x517B, "SMB, a network file system"},
    {0xFF534D42, "CIFS, a network file system"},
    {0xFE534D42, "SMB2, a network file system"},
    {0x564C, "NCP, a network file system"},
    {0x5346414F, "AFS, a network file system"},
    {0x6B414653, "AFS, a network file system"},
    {0x73757245, "Coda, a network file system"},
    {0x00C36400, "Ceph, a network file system"},
    {0x0BD00BD0, "Lustre, a network file system"},
    {0x47504653, "GPFS, a cluster file system"},
    {0x01161970, "GFS2, a cluster file system"},
    {0x7461636F, "OCFS2, a cluster file system"},
    {0x01021997, "9P, a file system shared from another machine"},
    {0x786F4256, "VirtualBox's shared folder, from another machine"},
    {0x65735546, "FUSE, a user-space or network file system"},
    {0x9123683E, "btrfs, a copy-on-write file system"},
    {0x2FC12FC1, "ZFS, a copy-on-write file system"},
    {0xCA451A4E, "bcachefs, a copy-on-write file system"},
    {0x3434, "NILFS, a copy-on-write file system"},
};

}  // namespace

std::string_view refused_file_system(std::uint64_t magic) {
  for (const Row& row : kRefused)
    if (row.magic == magic) return row.what;
  return "";
}

Result<void> check_file_system(const std::filesystem::path& directory) {
  struct statfs info {};
  if (::statfs(directory.c_str(), &info) != 0)
    return system_failure("cannot tell the file system of", directory, errno);
  // f_type is signed, and some magics have the top bit of 32 set.
  const auto what = refused_file_system(static_cast<std::uint32_t>(info.f_type));
  if (what.empty()) return {};
  return refused("the store cannot live on " + std::string(what) + " (" + directory.string() +
                 "): put it on a local ext4 or xfs disk");
}

Result<std::uint64_t> free_bytes(const std::filesystem::path& directory) {
  struct statvfs info {};
  if (::statvfs(directory.c_str(), &info) != 0)
    return system_failure("cannot tell the free space of", directory, errno);
  return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

}  // namespace xianjie::adapters
