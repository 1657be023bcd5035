#include "adapters/lmdb_copy.h"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "adapters/files.h"
#include "adapters/lmdb_check.h"
#include "adapters/lmdb_rows.h"

namespace xianjie::adapters {

namespace fs = std::filesystem;

namespace {

struct Close {
  void operator()(MDB_env* env) const { mdb_env_close(env); }
};
using Environment = std::unique_ptr<MDB_env, Close>;

// LMDB dies of a file that is shorter than its last page says.
Result<> whole(MDB_env* env, const fs::path& data) {
  MDB_envinfo info{};
  MDB_stat stat{};
  std::error_code error;
  const std::uint64_t size = fs::file_size(data, error);
  if (error || mdb_env_info(env, &info) != 0 || mdb_env_stat(env, &stat) != 0)
    return fail(ErrorCode::kIo, "cannot look at " + data.string());
  if (size / stat.ms_psize > info.me_last_pgno) return {};
  return corrupt(data.string() + " is cut short: keep it as it is, and use an earlier backup");
}

std::unexpected<Error> copy_failure(const fs::path& from, const fs::path& to, int rc) {
  if (rc == ENOSPC || rc == EDQUOT) return system_failure("cannot write", to, rc);
  const std::string text =
      "cannot copy the store " + from.string() + ": " + std::string(mdb_strerror(rc));
  // A tree that does not end where it says is no state of the machine's.
  if (rc == MDB_INCOMPATIBLE || rc == MDB_CORRUPTED || rc == MDB_PAGE_NOTFOUND || rc == MDB_INVALID)
    return corrupt(text + ": it is damaged; stop its daemon and start it again, it says how");
  return fail(ErrorCode::kIo, text);
}

}  // namespace

Result<> copy_store(const fs::path& from, const fs::path& to) {
  const fs::path data = from / kDataFile;
  XJ_TRY(const bool there, read_store_format(from));
  if (!there) return fail(ErrorCode::kNotFound, "there is no store at " + from.string());
  if (::mkdir(to.c_str(), 0700) != 0) return system_failure("cannot create", to, errno);
  const Fd out(::open((to / kDataFile).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!out.is_open()) return system_failure("cannot create", to / kDataFile, errno);

  MDB_env* made = nullptr;
  if (const int rc = mdb_env_create(&made); rc != 0) return copy_failure(from, to, rc);
  const Environment env(made);
  if (const int rc = mdb_env_open(made, from.c_str(), MDB_RDONLY, 0600); rc != 0)
    return copy_failure(from, to, rc);
  XJ_TRY_VOID(whole(made, data));
  if (const int rc = mdb_env_copyfd2(made, out.get(), MDB_CP_COMPACT); rc != 0)
    return copy_failure(from, to, rc);
  if (::fsync(out.get()) != 0) return system_failure("cannot write", to / kDataFile, errno);
  return write_file_atomically(to / kFormatFile, as_bytes(kStoreFormat), 0600);
}

}  // namespace xianjie::adapters
