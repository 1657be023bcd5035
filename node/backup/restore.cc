#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "adapters/files.h"
#include "adapters/lmdb_store.h"
#include "broker/tables.h"
#include "node/backup/backup_file.h"
#include "node/daemon/witness_file.h"

namespace xianjie::node {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kBackupFileBytesMax = 16 << 20;
constexpr const char* kUnfinished = ".restoring";  // behind a folder's name, until it is whole

Result<Backup> read_backup(const fs::path& from) {
  const auto bytes = adapters::read_file(from / kBackupFile, kBackupFileBytesMax);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound)
    return fail(ErrorCode::kNotFound, from.string() + " holds no " + kBackupFile +
                                          ": it is no backup, or one that was not finished");
  if (!bytes) return std::unexpected(bytes.error());
  return decode_backup(*bytes);
}

std::unexpected<Error> changed(const fs::path& file) {
  return corrupt(file.string() + " is not what was backed up: use another backup");
}

bool is_there(const fs::path& path) {
  std::error_code none;
  const auto state = fs::symlink_status(path, none);
  return fs::exists(state) && !(fs::is_directory(state) && fs::is_empty(path, none));
}

Result<> make_folders(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return fail(ErrorCode::kIo, "cannot create " + folder.string() + ": " + error.message());
  return {};
}

class Restoring {
 public:
  Restoring(fs::path from, bool dry_run, const Tell& tell)
      : from_(std::move(from)), dry_run_(dry_run), tell_(tell) {}

  Result<Restored> run(const fs::path& config_file) {
    XJ_TRY(out_.backup, check_backup(from_, tell_));
    XJ_TRY_VOID(read_configuration(config_file));
    XJ_TRY_VOID(need_room());
    for (const BackupFile& file : out_.backup.files) {
      if (file.name == kBackupConfig && !own_config_) XJ_TRY_VOID(put(file, config_file));
      if (file.name == kBackupDirectory) XJ_TRY_VOID(put(file, out_.config.directory));
      if (file.name == kBackupAccounts && out_.config.web)
        XJ_TRY_VOID(put(file, out_.config.web->accounts));
    }
    XJ_TRY_VOID(put_keys());
    XJ_TRY_VOID(put_archive());
    XJ_TRY_VOID(put_store());
    return std::move(out_);
  }

 private:
  Result<> read_configuration(const fs::path& config_file) {
    const bool own = is_there(config_file);
    XJ_TRY(const Bytes text,
           adapters::read_file(own ? config_file : from_ / kBackupConfig, kConfigBytesMax));
    XJ_TRY(out_.config, parse_config(as_text(text), config_file));
    if (out_.config.office != out_.backup.office)
      return refused(config_file.string() + " is of " + to_text(out_.config.office) +
                     ", the backup of " + to_text(out_.backup.office));
    own_config_ = own;
    return {};
  }

  // No store where one is to be, nor a disk of its own there: a name cannot become it.
  [[nodiscard]] Result<> need_room() const {
    const fs::path& store = out_.config.store;
    if (is_there(store))
      return refused(store.string() +
                     " is there: stop the daemon and move it aside first, do not delete it");
    XJ_TRY_VOID(read_witness(out_.config.epoch));  // a damaged one is not ours to replace
    struct stat own {};
    struct stat above {};
    if (::stat(store.c_str(), &own) == 0 &&
        ::stat(fs::absolute(store).parent_path().c_str(), &above) == 0 &&
        own.st_dev != above.st_dev)
      return refused(store.string() +
                     " is a disk of its own: name a folder on it as the store, and restore there");
    return {};
  }

  Result<> put(const BackupFile& file, const fs::path& to) {
    if (is_there(to)) {
      out_.kept.push_back(to.string());
      return {};
    }
    out_.restored.push_back(to.string());
    if (dry_run_) return {};
    XJ_TRY_VOID(make_folders(fs::absolute(to).parent_path()));
    XJ_TRY_VOID(copy_durably(from_ / file.name, to, &file.hash));
    return {};
  }

  Result<> put_keys() {
    for (const fs::path& key : key_files(out_.config)) {
      const std::string name = std::string(kBackupKeys) + "/" + key.filename().string();
      const auto& all = out_.backup.files;
      const auto file = std::find_if(all.begin(), all.end(),
                                     [&](const BackupFile& one) { return one.name == name; });
      if (file != all.end()) XJ_TRY_VOID(put(*file, key));
      if (file == all.end() && !is_there(key)) out_.missing.push_back(key.string());
    }
    return {};
  }

  // All files of one folder of the backup, into an empty one.
  Result<> fill(const std::string& folder, const fs::path& to) {
    std::error_code error;
    fs::remove_all(to, error);
    if (!error) XJ_TRY_VOID(make_folders(fs::absolute(to).parent_path()));
    if (::mkdir(to.c_str(), 0700) != 0) return adapters::system_failure("cannot create", to, errno);
    for (const BackupFile& file : out_.backup.files) {
      const fs::path name(file.name);
      if (name.parent_path() != folder) continue;
      XJ_TRY_VOID(copy_durably(from_ / name, to / name.filename(), &file.hash));
    }
    return {};
  }

  static fs::path unfinished(const fs::path& folder) {
    fs::path out = folder;
    out += kUnfinished;
    return out;
  }

  // `whole` becomes `to`, which is not there or empty.
  static Result<> name(const fs::path& whole, const fs::path& to) {
    if (::rename(whole.c_str(), to.c_str()) != 0)
      return adapters::system_failure("cannot name", to, errno);
    return adapters::sync_directory(fs::absolute(to).parent_path());
  }

  Result<> put_archive() {
    const fs::path& to = out_.config.archive;
    if (is_there(to)) {
      out_.kept.push_back(to.string());
      return {};
    }
    out_.restored.push_back(to.string());
    if (dry_run_) return {};
    tell_("copying the audit log");
    return fill(kBackupArchive, unfinished(to));
  }

  // The store, and before it what makes it known as a restored one.
  Result<> put_store() {
    const Config& config = out_.config;
    out_.restored.push_back(config.store.string());
    if (dry_run_) return {};
    tell_("copying the store");
    const fs::path store = unfinished(config.store);
    const bool own_archive = !is_there(config.archive);
    XJ_TRY_VOID(fill(kBackupStore, store));
    tell_("reading every row");
    Backup found = out_.backup;
    XJ_TRY_VOID(
        check_parts(store, own_archive ? unfinished(config.archive) : config.archive, found));
    if (found.rows != out_.backup.rows || found.damaged_rows != out_.backup.damaged_rows)
      return changed(from_ / kBackupStore);
    XJ_TRY_VOID(need_room());  // nobody has founded one meanwhile
    XJ_TRY_VOID(leave_witness(store));
    if (own_archive) XJ_TRY_VOID(name(unfinished(config.archive), config.archive));
    return name(store, config.store);
  }

  // One start further on than the store knows, or whatever stands there and knows more.
  Result<> leave_witness(const fs::path& store) {
    adapters::LmdbOptions options;
    options.path = store;
    options.map_bytes = out_.config.store_bytes;
    options.preallocate = false;  // the daemon does, at its start
    std::uint64_t epoch = 0, boot = 0;
    {
      XJ_TRY(const auto opened, adapters::LmdbStore::open(options));
      XJ_TRY(const auto txn, opened->read());
      for (const auto& [row, into] :
           {std::pair{broker::kMetaEpoch, &epoch}, {broker::kMetaBoot, &boot}}) {
        XJ_TRY(const auto value, txn->get(broker::Table::kMeta, as_bytes(row)));
        if (value) *into = Decoder(*value).u64();
      }
    }
    XJ_TRY(broker::Witness witness, read_witness(out_.config.epoch));
    witness.boot = std::max(witness.boot, boot + 1);
    return write_witness(out_.config.epoch, epoch, witness);
  }

  const fs::path from_;
  const bool dry_run_;
  const Tell& tell_;
  bool own_config_ = false;  // the machine has a configuration of its own
  Restored out_;
};

}  // namespace

Result<Backup> check_backup(const fs::path& from, const Tell& tell) {
  XJ_TRY(const Backup backup, read_backup(from));
  tell("reading the backup, " + std::to_string(backup.bytes() >> 20) + " MiB");
  for (const BackupFile& file : backup.files) {
    XJ_TRY(const BackupFile found, hash_file(from / file.name));
    if (found.hash != file.hash || found.bytes != file.bytes) return changed(from / file.name);
  }
  return backup;
}

Result<Restored> restore_backup(const fs::path& from, const fs::path& config_file, bool dry_run,
                                const Tell& tell) {
  return Restoring(from, dry_run, tell).run(config_file);
}

}  // namespace xianjie::node
