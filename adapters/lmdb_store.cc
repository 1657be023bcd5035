#include "adapters/lmdb_store.h"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "adapters/file_system.h"
#include "adapters/files.h"
#include "adapters/lmdb_env.h"

namespace xianjie::adapters {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMapBytesMin = 1ULL << 20;
constexpr unsigned kTablesMax = 64;

std::string mebibytes(std::uint64_t bytes) {
  return std::to_string((bytes + (1 << 20) - 1) >> 20) + " MiB";
}

Result<void> prepare_directory(const fs::path& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return system_failure("cannot create the store", path, errno);
  const Fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat info {};
  if (!directory.is_open() || ::fstat(directory.get(), &info) != 0)
    return system_failure("cannot open the store", path, errno);
  if (info.st_uid != ::geteuid())
    return refused("the store " + path.string() + " belongs to user " +
                   std::to_string(info.st_uid) + ": chown it to user " +
                   std::to_string(::geteuid()));
  if ((info.st_mode & 0777) != 0700 && ::fchmod(directory.get(), 0700) != 0)
    return system_failure("cannot close to others the store", path, errno);
  return check_file_system(path);
}

// flock belongs to the open file, so it stops a second open in this process as well as another
// process.
Result<Fd> take_lock(const fs::path& store) {
  const fs::path path = store / "store.lock";
  Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open()) return system_failure("cannot lock", path, errno);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_failure("cannot lock", path, errno);
    const auto holder = read_file(path, 64);
    const std::string who = holder && !holder->empty() ? "process " + std::string(as_text(*holder))
                                                       : std::string("another process");
    return refused("the store " + store.string() + " is in use by " + who +
                   ": only one daemon may run on it");
  }
  const std::string self = std::to_string(::getpid());
  if (::ftruncate(file.get(), 0) != 0) return system_failure("cannot lock", path, errno);
  XJ_TRY_VOID(write_all(file.get(), as_bytes(self), path));
  return file;
}

Result<void> check_room(const LmdbOptions& options) {
  struct stat info {};
  std::uint64_t taken = 0;  // st_blocks counts 512 bytes whatever the file system's block is
  if (::stat((options.path / kDataFile).c_str(), &info) == 0)
    taken = static_cast<std::uint64_t>(info.st_blocks) * 512;
  const std::uint64_t needed = options.map_bytes > taken ? options.map_bytes - taken : 0;
  XJ_TRY(const std::uint64_t there, free_bytes(options.path));
  if (needed <= there) return {};
  return fail(ErrorCode::kFull, "the store " + options.path.string() + " needs " +
                                    mebibytes(needed) + " more disk, " + mebibytes(there) +
                                    " are free");
}

Result<void> preallocate(const LmdbOptions& options, int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return system_failure("cannot allocate", options.path, errno);
  const int rc = ::posix_fallocate(fd, 0, static_cast<off_t>(options.map_bytes));
  if (rc == 0) {
    if (::fsync(fd) != 0) return system_failure("cannot allocate", options.path, errno);
    return {};
  }
  // What was added lies behind the last page and holds nothing.
  if (::ftruncate(fd, info.st_size) != 0)
    return system_failure("cannot give back", options.path, errno);
  if (rc != ENOSPC && rc != EDQUOT) return system_failure("cannot allocate", options.path, rc);
  return fail(ErrorCode::kFull, "the store " + options.path.string() + " of " +
                                    mebibytes(options.map_bytes) + " does not fit on its disk");
}

Result<void> open_tables(LmdbEnv& env) {
  MDB_txn* txn = nullptr;
  if (const int rc = mdb_txn_begin(env.env, nullptr, 0, &txn); rc != 0)
    return env.failure("opening", rc);
  for (std::size_t i = 0; i < kTableCount; ++i) {
    env.names[i] = broker::table_name(static_cast<broker::Table>(i));
    XJ_CHECK(!env.names[i].empty() && env.names[i].size() <= kTableNameBytesMax);
    const std::string name(env.names[i]);
    if (const int rc = mdb_dbi_open(txn, name.c_str(), MDB_CREATE, &env.tables[i]); rc != 0) {
      mdb_txn_abort(txn);
      return env.failure("opening", rc);
    }
  }
  if (const int rc = mdb_txn_commit(txn); rc != 0) return env.failure("opening", rc);
  return {};
}

// MDB_NOTLS ties a reader's slot to its transaction instead of its thread. None of the flags that
// weaken durability or locking (WRITEMAP, NOSYNC, NOMETASYNC, MAPASYNC, NOLOCK, NOMEMINIT) is
// offered.
Result<void> open_environment(const LmdbOptions& options, LmdbEnv& env) {
  const auto step = [&](int rc) -> Result<void> {
    if (rc != 0) return env.failure("opening", rc);
    return {};
  };
  env.path = options.path;
  env.map_bytes = options.map_bytes;
  env.process = ::getpid();
  XJ_TRY_VOID(step(mdb_env_create(&env.env)));
  XJ_TRY_VOID(step(mdb_env_set_mapsize(env.env, options.map_bytes)));
  XJ_TRY_VOID(step(mdb_env_set_maxdbs(env.env, kTablesMax)));
  XJ_TRY_VOID(step(mdb_env_open(env.env, options.path.c_str(), MDB_NOTLS, 0600)));
  int fd = -1;
  XJ_TRY_VOID(step(mdb_env_get_fd(env.env, &fd)));
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  MDB_envinfo info{};  // what is already in use can make the map larger than asked
  XJ_TRY_VOID(step(mdb_env_info(env.env, &info)));
  env.map_bytes = info.me_mapsize;
  if (options.preallocate) XJ_TRY_VOID(preallocate(options, fd));
  return open_tables(env);
}

}  // namespace

LmdbStore::LmdbStore(std::unique_ptr<LmdbEnv> env, StoreCheck check)
    : env_(std::move(env)), check_(std::move(check)) {}
LmdbStore::~LmdbStore() = default;

Result<std::unique_ptr<LmdbStore>> LmdbStore::open(const LmdbOptions& asked) {
  LmdbOptions options = asked;
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  options.map_bytes = (std::max(options.map_bytes, kMapBytesMin) + page - 1) / page * page;

  XJ_TRY_VOID(prepare_directory(options.path));
  auto env = std::make_unique<LmdbEnv>();
  XJ_TRY(env->lock, take_lock(options.path));
  XJ_TRY(const bool initialised, read_store_format(options.path));
  StoreCheck check;
  std::error_code none;
  if (fs::file_size(options.path / kDataFile, none) > 0 && !none) {
    XJ_TRY(check, check_store(options.path));
  }
  if (options.preallocate) XJ_TRY_VOID(check_room(options));
  XJ_TRY_VOID(open_environment(options, *env));
  if (!initialised) {
    XJ_TRY_VOID(write_file_atomically(options.path / kFormatFile, as_bytes(kStoreFormat), 0600));
    const fs::path full = fs::absolute(options.path);
    XJ_TRY_VOID(sync_directory(full.has_filename() ? full.parent_path()
                                                   : full.parent_path().parent_path()));
  }
  std::unique_ptr<LmdbStore> store(new LmdbStore(std::move(env), std::move(check)));
  store->maintain();
  return store;
}

Result<std::unique_ptr<broker::ReadTxn>> LmdbStore::read() {
  return begin_read(*env_);
}
Result<std::unique_ptr<broker::WriteTxn>> LmdbStore::write() {
  return begin_write(*env_);
}

void LmdbStore::maintain() {
  int freed = 0;
  if (!env_->usable()) return;
  // A failure here costs space, not data; the next minute tries again.
  mdb_reader_check(env_->env, &freed);
}

Result<std::uint64_t> LmdbStore::used_bytes() {
  return bytes_in_use(*env_);
}
std::uint64_t LmdbStore::map_bytes() const {
  return env_->map_bytes;
}

}  // namespace xianjie::adapters
