#include "node/backup/backup_file.h"

#include <fcntl.h>
#include <stdio.h>  // renameat2
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "adapters/archive_files.h"
#include "adapters/files.h"
#include "adapters/lmdb_check.h"
#include "crypto/hash.h"

namespace xianjie::node {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::string_view kFormat = "xianjie-backup 1";
constexpr std::size_t kPieceBytes = 1 << 20;

// "store/data.mdb": at most one folder, and nothing that leads elsewhere.
bool is_name(const std::string& name) {
  const fs::path path(name);
  const auto parts = std::distance(path.begin(), path.end());
  if (path.is_absolute() || parts < 1 || parts > 2) return false;
  return std::all_of(path.begin(), path.end(), [](const fs::path& part) {
    return !part.empty() && part != "." && part != ".." &&
           part.string().find('\0') == std::string::npos;
  });
}

// All bytes of a file in pieces, hashed; `use` has each piece.
Result<BackupFile> read_pieces(const fs::path& file, const std::function<Result<>(ByteView)>& use) {
  const adapters::Fd in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!in.is_open()) return adapters::system_failure("cannot read", file, errno);
  BackupFile out;
  crypto::Hasher hasher;
  Bytes piece(kPieceBytes);
  for (;;) {
    const ssize_t got = ::read(in.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return adapters::system_failure("cannot read", file, errno);
    if (got == 0) break;
    const ByteView bytes = ByteView(piece).first(static_cast<std::size_t>(got));
    hasher.add(bytes);
    out.bytes += bytes.size();
    XJ_TRY_VOID(use(bytes));
  }
  out.hash = hasher.finish();
  return out;
}

// 0, or -1 with errno, EEXIST where `to` is there. Some network disks cannot ask and name at once.
int name_new(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return -1;
  struct stat state {};
  if (::lstat(to.c_str(), &state) == 0) {
    errno = EEXIST;
    return -1;
  }
  return errno == ENOENT ? ::rename(from.c_str(), to.c_str()) : -1;
}

}  // namespace

std::uint64_t Backup::bytes() const {
  std::uint64_t sum = 0;
  for (const BackupFile& file : files) sum += file.bytes;
  return sum;
}

Bytes encode(const Backup& backup) {
  json files = json::array();
  for (const BackupFile& file : backup.files)
    files.push_back({{"name", file.name}, {"bytes", file.bytes}, {"hash", to_hex(file.hash)}});
  const json out{{"format", kFormat},
                 {"office", to_text(backup.office)},
                 {"made", to_text(backup.made)},
                 {"with_keys", backup.with_keys},
                 {"rows", backup.rows},
                 {"damaged_rows", backup.damaged_rows},
                 {"audit_records", backup.audit_records},
                 {"files", std::move(files)}};
  return to_bytes(as_bytes(out.dump(2) + "\n"));
}

Result<Backup> decode_backup(ByteView bytes) {
  const json in = json::parse(as_text(bytes), nullptr, false);
  const std::string what = std::string(kBackupFile) + ": ";
  try {
    if (in.at("format") != kFormat)
      return corrupt(what + "is of another format: use the program that wrote it");
    Backup out;
    const auto office = OfficeId::parse(in.at("office").get<std::string>());
    const auto made = parse_wall_time(in.at("made").get<std::string>());
    if (!office || !made) return corrupt(what + "names no office or no time");
    out.office = *office;
    out.made = *made;
    out.with_keys = in.at("with_keys").get<bool>();
    out.rows = in.at("rows").get<std::uint64_t>();
    out.damaged_rows = in.at("damaged_rows").get<std::uint64_t>();
    out.audit_records = in.at("audit_records").get<std::uint64_t>();
    for (const json& one : in.at("files")) {
      BackupFile file{one.at("name").get<std::string>(), one.at("bytes").get<std::uint64_t>(), {}};
      const auto hash = from_hex(one.at("hash").get<std::string>());
      if (!is_name(file.name) || !hash || hash->size() != file.hash.size())
        return corrupt(what + "a file's name or hash is none");
      std::copy(hash->begin(), hash->end(), file.hash.begin());
      out.files.push_back(std::move(file));
    }
    return out;
  } catch (const json::exception&) {
    return corrupt(what + "is not what `xianjie backup` writes");
  }
}

std::vector<fs::path> key_files(const Config& config) {
  std::vector<fs::path> files = config.keys;
  if (!config.timestamp_key.empty()) files.push_back(config.timestamp_key);
  return files;
}

Result<BackupFile> hash_file(const fs::path& file) {
  return read_pieces(file, [](ByteView) { return Result<>{}; });
}

Result<BackupFile> copy_durably(const fs::path& from, const fs::path& to, const Hash* expected) {
  fs::path part = to;
  part += ".part";
  std::error_code none;
  fs::remove(part, none);
  const adapters::Fd out(
      ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!out.is_open()) return adapters::system_failure("cannot create", part, errno);
  auto copied = [&]() -> Result<BackupFile> {
    XJ_TRY(BackupFile file, read_pieces(from, [&](ByteView bytes) {
             return adapters::write_all(out.get(), bytes, part);
           }));
    if (expected != nullptr && file.hash != *expected)
      return corrupt(from.string() + " is not what was backed up: use another backup");
    if (::fsync(out.get()) != 0) return adapters::system_failure("cannot write", part, errno);
    if (name_new(part, to) == 0) return file;
    if (errno == EEXIST) return refused(to.string() + " is there already");
    return adapters::system_failure("cannot name", to, errno);
  }();
  if (!copied) {
    fs::remove(part, none);  // it may hold a key
    return copied;
  }
  XJ_TRY_VOID(adapters::sync_directory(fs::absolute(to).parent_path()));
  return copied;
}

Result<> check_parts(const fs::path& store, const fs::path& archive, Backup& into) {
  XJ_TRY(const adapters::StoreCheck check, adapters::check_store(store));
  for (const char* made : {"lock.mdb", "store.lock"}) {
    std::error_code none;
    fs::remove(store / made, none);
  }
  into.rows = check.rows;
  into.damaged_rows = check.corrupt_count;
  adapters::ArchiveOptions options;
  options.path = archive;
  XJ_TRY(const auto log, adapters::ArchiveFiles::open(options));
  into.audit_records = 0;
  return log->scan(1, [&](const broker::ArchiveRecord&) {
    ++into.audit_records;
    return true;
  });
}

}  // namespace xianjie::node
