// Which file systems may carry a store. LMDB needs a shared map that is coherent with its writes,
// locks that hold, an fdatasync that means it, and preallocated blocks that stay its own: network
// and user-space file systems break the first three, copy-on-write ones the last.
// Allowed on purpose: overlayfs, because containers stand on it and a file created there lies on
// the local upper file system; tmpfs, because rehearsals and tests may live in memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "schemas/result.h"

namespace xianjie::adapters {

// Name and reason for a statfs f_type that is refused ("NFS, a network file system"); "" where
// allowed.
std::string_view refused_file_system(std::uint64_t magic);

// kRefused with the path, the file system and what to do.
Result<void> check_file_system(const std::filesystem::path& directory);

// Bytes this user may still take on the file system of `directory`.
Result<std::uint64_t> free_bytes(const std::filesystem::path& directory);

}  // namespace xianjie::adapters
