// Inside node/backup: backup.json, and files copied and hashed.
#pragma once

#include "node/backup/backup.h"

namespace xianjie::node {

inline constexpr const char* kBackupFile = "backup.json";
inline constexpr const char* kBackupConfig = "office.toml";
inline constexpr const char* kBackupDirectory = "directory.xjd";
inline constexpr const char* kBackupAccounts = "accounts.json";
inline constexpr const char* kBackupStore = "store";
inline constexpr const char* kBackupArchive = "audit";
inline constexpr const char* kBackupKeys = "keys";

Bytes encode(const Backup& backup);
// kCorrupt: not what encode() writes, or a name that leads out of the backup.
Result<Backup> decode_backup(ByteView json);

// Durable under its name once it returns, 0600; refuses to replace anything. With `expected`
// kCorrupt, and nothing at `to`, where the bytes are others.
Result<BackupFile> copy_durably(const std::filesystem::path& from, const std::filesystem::path& to,
                                const Hash* expected = nullptr);
Result<BackupFile> hash_file(const std::filesystem::path& file);

// All files of the office's secrets: `keys`, and `timestamp_key` where there is one.
std::vector<std::filesystem::path> key_files(const Config& config);

// Rows and records of what a backup or a restored office holds; the archive is not changed but for
// a record cut off at its end.
Result<> check_parts(const std::filesystem::path& store, const std::filesystem::path& archive,
                     Backup& into);

}  // namespace xianjie::node
