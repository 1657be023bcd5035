// Backups of one office: everything its disk holds but what must not leave it. A backup is a folder
//   backup.json      what it is and every file with its size and hash; written last, so that a
//                    folder without it is no backup
//   office.toml      the configuration
//   directory.xjd    what the office believed
//   store/           one consistent state of the store, checked row by row
//   audit/           the audit log up to a little later, its chain checked
//   accounts.json    of the dashboard, where there is one
//   keys/            only where asked for
// The daemon may run meanwhile. What stands in a backup is sealed, but for the office's own books;
// with the keys it is readable.
//
// A restored store must be known as one before its daemon says a word (broker/README.md, "A
// restored backup"): restore() leaves a witness beside it that has seen the store one start further
// on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "node/daemon/config.h"
#include "schemas/result.h"
#include "schemas/time.h"

namespace xianjie::node {

struct BackupFile {
  std::string name;  // within the backup, '/' between folder and file
  std::uint64_t bytes = 0;
  Hash hash{};
};

struct Backup {
  OfficeId office;
  WallTime made;
  bool with_keys = false;
  std::uint64_t rows = 0, damaged_rows = 0;  // of the store; damaged ones are in it as they were
  std::uint64_t audit_records = 0;
  std::vector<BackupFile> files;
  [[nodiscard]] std::uint64_t bytes() const;
};

// What is being done, for a person who waits: "copying the store, 812 MiB".
using Tell = std::function<void(const std::string& what)>;

// `to`: not there, or an empty folder. Afterwards complete, proved good and durable, or an error
// and a folder without backup.json. Beside check_store's and copy_store's errors kRefused: `to` is
// in use; kFull: no room there.
Result<Backup> make_backup(const Config& config, const std::filesystem::path& to, bool with_keys,
                           WallTime now, const Tell& tell);

// Reads all of it and compares each file with its hash; rows and chain were proved when it was
// made. kNotFound: no backup there; kCorrupt: the first file that is not what was written.
Result<Backup> check_backup(const std::filesystem::path& from, const Tell& tell);

struct Restored {
  Backup backup;
  Config config;
  std::vector<std::string> restored, kept;  // paths: written; there already, left as they are
  std::vector<std::string> missing;         // what the configuration names and nobody has: keys
};

// Puts a backup where `config_file` says; where that is not there, it is the backup's own. The
// store must not be there; the audit log, the directory, accounts and keys are left alone where
// they are, since what stands there is newer. The store appears last, whole or not at all. With
// `dry_run` everything is checked and nothing written. kRefused: a store is there, or another
// office's.
Result<Restored> restore_backup(const std::filesystem::path& from,
                                const std::filesystem::path& config_file, bool dry_run,
                                const Tell& tell);

}  // namespace xianjie::node
