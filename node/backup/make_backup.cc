#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "adapters/files.h"
#include "adapters/lmdb_copy.h"
#include "node/backup/backup_file.h"

namespace xianjie::node {

namespace fs = std::filesystem;

namespace {

Result<> make_folder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0) return {};
  return adapters::system_failure("cannot create", folder, errno);
}

Result<> make_empty(const fs::path& to) {
  std::error_code error;
  const auto state = fs::status(to, error);
  if (!fs::exists(state)) return make_folder(to);
  if (!fs::is_directory(state) || !fs::is_empty(to, error) || error)
    return refused(to.string() + " is not an empty folder: each backup has one of its own");
  if (::chmod(to.c_str(), 0700) != 0)
    return adapters::system_failure("cannot close to others", to, errno);
  return {};
}

// They lie side by side in a backup.
Result<> need_names_of_their_own(const std::vector<fs::path>& keys) {
  std::map<std::string, fs::path> named;
  for (const fs::path& file : keys)
    if (const auto [other, fresh] = named.emplace(file.filename().string(), file); !fresh)
      return refused("keys: " + other->second.string() + " and " + file.string() +
                     " have one name: a backup with keys needs two");
  return {};
}

Result<> copy_archive(const fs::path& from, const fs::path& to) {
  XJ_TRY_VOID(make_folder(to));
  std::vector<fs::path> segments;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(from, error))
    if (entry.path().extension() == ".seg") segments.push_back(entry.path());
  if (error) return fail(ErrorCode::kIo, "cannot list " + from.string() + ": " + error.message());
  std::sort(segments.begin(), segments.end());
  for (const fs::path& segment : segments)
    XJ_TRY_VOID(copy_durably(segment, to / segment.filename()));
  return {};
}

Result<std::vector<BackupFile>> list_files(const fs::path& folder) {
  std::vector<BackupFile> out;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::end(entry); entry.increment(error)) {
    if (!entry->is_regular_file(error)) continue;
    XJ_TRY(BackupFile file, hash_file(entry->path()));
    file.name = entry->path().lexically_relative(folder).generic_string();
    out.push_back(std::move(file));
  }
  if (error) return fail(ErrorCode::kIo, "cannot list " + folder.string() + ": " + error.message());
  std::sort(out.begin(), out.end(),
            [](const BackupFile& a, const BackupFile& b) { return a.name < b.name; });
  return out;
}

}  // namespace

Result<Backup> make_backup(const Config& config, const fs::path& to, bool with_keys, WallTime now,
                           const Tell& tell) {
  std::vector<fs::path> keys;
  if (with_keys) keys = key_files(config);
  XJ_TRY_VOID(need_names_of_their_own(keys));
  XJ_TRY_VOID(make_empty(to));
  Backup backup{config.office, now, with_keys, 0, 0, 0, {}};
  std::error_code none;
  tell("copying the store");
  XJ_TRY_VOID(adapters::copy_store(config.store, to / kBackupStore));
  // After the store: the daemon writes its audit log ahead of what it forgets.
  tell("copying the audit log");
  XJ_TRY_VOID(copy_archive(config.archive, to / kBackupArchive));
  XJ_TRY_VOID(copy_durably(config.file, to / kBackupConfig));
  XJ_TRY_VOID(copy_durably(config.directory, to / kBackupDirectory));
  if (config.web && fs::exists(config.web->accounts, none))
    XJ_TRY_VOID(copy_durably(config.web->accounts, to / kBackupAccounts));
  if (with_keys) XJ_TRY_VOID(make_folder(to / kBackupKeys));
  for (const fs::path& key : keys)
    XJ_TRY_VOID(copy_durably(key, to / kBackupKeys / key.filename()));
  tell("reading every row of the copy");
  XJ_TRY_VOID(check_parts(to / kBackupStore, to / kBackupArchive, backup));
  XJ_TRY(backup.files, list_files(to));
  XJ_TRY_VOID(adapters::write_file_atomically(to / kBackupFile, encode(backup), 0600));
  return backup;
}

}  // namespace xianjie::node
