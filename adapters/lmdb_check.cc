#include "adapters/lmdb_check.h"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <vector>

#include "adapters/files.h"
#include "adapters/lmdb_rows.h"

namespace xianjie::adapters {

namespace {

// What the child says through the pipe.
enum class Say : std::uint8_t { kCorruptRow = 1, kDamaged = 2, kCannot = 3, kDone = 4 };

// The walk. Lives in the child only, which ends with _exit: nothing is freed.
class Walker {
 public:
  Walker(const std::filesystem::path& directory, int report)
      : directory_(directory), report_(report) {}

  // True: structure sound.
  bool run() {
    return step(mdb_env_create(&env_), "starting") &&
           step(mdb_env_set_maxdbs(env_, 64), "starting") &&
           step(mdb_env_set_mapsize(env_, map_with_room()), "starting") &&
           step(mdb_env_open(env_, directory_.c_str(), 0, 0600), "opening") && size_fits() &&
           step(mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn_), "reading") && walk_free() &&
           walk_main() && pages_add_up() && free_list_holds() && try_writing() &&
           say(Say::kDone, Encoder().u64(rows_).u64(corrupt_));
  }

 private:
  static constexpr MDB_dbi kFreeDbi = 0;
  static constexpr std::size_t kTrialBytes = 8 << 20;
  static constexpr std::size_t kKeyBytesMax = 511;

  bool say(Say what, const Encoder& body) {
    const Bytes frame = Encoder().u8(static_cast<std::uint8_t>(what)).blob(body.bytes()).bytes();
    return write_all(report_, frame, "pipe").has_value();
  }
  bool damaged(const std::string& what) {
    say(Say::kDamaged, Encoder().text(what));
    return false;
  }
  bool step(int rc, const char* doing) {
    if (rc == 0) return true;
    const std::string text = std::string(doing) + ": " + mdb_strerror(rc);
    const bool ours = rc == EACCES || rc == EPERM || rc == ENOMEM || rc == EMFILE || rc == ENFILE ||
                      rc == EAGAIN || rc == EROFS;
    if (!ours) return damaged(text);
    say(Say::kCannot, Encoder().text(text));
    return false;
  }
  static ByteView view(const MDB_val& val) {
    return {static_cast<const std::uint8_t*>(val.mv_data), val.mv_size};
  }

  static MDB_val val(Bytes& bytes) { return {bytes.size(), bytes.data()}; }

  bool size_fits() {
    MDB_envinfo info{};
    MDB_stat stat{};
    struct stat file {};
    int fd = -1;
    if (!step(mdb_env_info(env_, &info), "reading") ||
        !step(mdb_env_stat(env_, &stat), "reading") ||
        !step(mdb_env_get_fd(env_, &fd), "reading") ||
        !step(::fstat(fd, &file) == 0 ? 0 : errno, "reading"))
      return false;
    last_page_ = info.me_last_pgno;
    page_bytes_ = stat.ms_psize;
    const auto size = static_cast<std::uint64_t>(file.st_size);
    if (size / page_bytes_ > last_page_) return true;
    return damaged("the file has " + std::to_string(size) + " bytes, its last page ends at " +
                   std::to_string((last_page_ + 1) * page_bytes_));
  }

  // Visits all rows of one tree and adds its pages up.
  template <class Visit>
  bool walk(MDB_dbi dbi, const std::string& name, bool bytewise, const Visit& visit) {
    MDB_cursor* cursor = nullptr;
    MDB_stat stat{};
    if (!step(mdb_stat(txn_, dbi, &stat), name.c_str()) ||
        !step(mdb_cursor_open(txn_, dbi, &cursor), name.c_str()))
      return false;
    used_pages_ += stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages;
    Bytes before;
    std::size_t rows = 0;
    MDB_val key{}, value{};
    int rc = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
    for (; rc == 0; rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
      if (bytewise && rows > 0 && compare(before, view(key)) >= 0)
        return damaged(name + ": keys out of order at row " + std::to_string(rows));
      if (++rows > stat.ms_entries) return damaged(name + ": more rows than counted");
      before.assign(view(key).begin(), view(key).end());
      if (!visit(view(key), view(value))) return false;
    }
    if (rc != MDB_NOTFOUND) return step(rc, name.c_str());
    mdb_cursor_close(cursor);
    if (rows != stat.ms_entries)
      return damaged(name + ": " + std::to_string(rows) + " rows where " +
                     std::to_string(stat.ms_entries) + " are counted");
    return true;
  }

  // Each row of the free list: a count, then as many page numbers, falling (LMDB's MIDL).
  bool walk_free() {
    return walk(kFreeDbi, "free list", false, [&](ByteView, ByteView value) {
      std::vector<std::size_t> pages(value.size() / sizeof(std::size_t));
      std::memcpy(pages.data(), value.data(), pages.size() * sizeof(std::size_t));
      if (pages.empty() || pages[0] >= pages.size())
        return damaged("free list: a row of wrong length");
      for (std::size_t i = 1; i <= pages[0]; ++i)
        if (pages[i] < 2 || pages[i] > last_page_ || (i > 1 && pages[i] >= pages[i - 1]))
          return damaged("free list: impossible page number");
      used_pages_ += pages[0];
      return true;
    });
  }

  bool walk_main() {
    MDB_dbi main = 0;
    if (!step(mdb_dbi_open(txn_, nullptr, 0, &main), "table list")) return false;
    if (!walk(main, "table list", true, [&](ByteView key, ByteView) {
          names_.emplace_back(as_text(key));
          return names_.back().size() <= kTableNameBytesMax ||
                 damaged("table list: impossible name");
        }))
      return false;
    return std::all_of(names_.begin(), names_.end(), [&](const std::string& name) {
      MDB_dbi dbi = 0;
      return step(mdb_dbi_open(txn_, name.c_str(), 0, &dbi), name.c_str()) &&
             walk(dbi, name, true,
                  [&](ByteView key, ByteView value) { return row(name, key, value); });
    });
  }

  bool row(const std::string& table, ByteView key, ByteView value) {
    ++rows_;
    if (checked_value(table, key, value)) return true;
    if (++corrupt_ > kCorruptRowsListed) return true;
    return say(Say::kCorruptRow, Encoder().blob(as_bytes(table)).blob(key));
  }

  // Reading does not look at the space that a page's header gives its rows; the first write does,
  // and a wrong number there kills the process. So every row is written over itself in transactions
  // that are never committed: LMDB copies the page, and the copy must read like the page. Nothing
  // of it reaches the file.
  bool try_writing() {
    mdb_txn_abort(txn_);
    return try_adding_a_table() &&
           std::all_of(names_.begin(), names_.end(), [&](const std::string& name) {
             Bytes from;
             while (try_slice(name, from))
               if (from.empty()) return true;
             return false;
           });
  }

  // The same for the list of tables, whose rows are LMDB's own and not to be written by anybody.
  bool try_adding_a_table() {
    MDB_dbi main = 0, scratch = 0;
    std::vector<std::pair<Bytes, Bytes>> rows;
    Bytes from;
    if (!step(mdb_txn_begin(env_, nullptr, 0, &txn_), "trying to write") ||
        !step(mdb_dbi_open(txn_, nullptr, 0, &main), "table list") ||
        !read_slice(main, "table list", from, rows) ||
        !step(mdb_dbi_open(txn_, "check", MDB_CREATE, &scratch), "table list") ||
        !reads_like(main, "table list", rows))
      return false;
    mdb_txn_abort(txn_);
    return true;
  }

  bool reads_like(MDB_dbi dbi, const std::string& name,
                  std::vector<std::pair<Bytes, Bytes>>& rows) {
    return std::all_of(rows.begin(), rows.end(), [&](auto& row) {
      MDB_val at = val(row.first), found{};
      return (mdb_get(txn_, dbi, &at, &found) == 0 && to_bytes(view(found)) == row.second) ||
             damaged(name + ": a page does not keep its rows when it is written");
    });
  }

  // The rows from `from` on, at most kTrialBytes; `from` becomes where to go on, empty at the end.
  bool try_slice(const std::string& name, Bytes& from) {
    MDB_dbi dbi = 0, scratch = 0;
    if (!step(mdb_txn_begin(env_, nullptr, 0, &txn_), "trying to write") ||
        !step(mdb_dbi_open(txn_, name.c_str(), 0, &dbi), name.c_str()) ||
        !step(mdb_dbi_open(txn_, "check", MDB_CREATE, &scratch), "table list"))
      return false;
    std::vector<std::pair<Bytes, Bytes>> rows;
    if (!read_slice(dbi, name, from, rows)) return false;
    for (auto& [key, value] : rows) {
      MDB_val at = val(key), again = val(value);
      if (!step(mdb_put(txn_, dbi, &at, &again, 0), name.c_str())) return false;
      if (key.size() < kKeyBytesMax && !try_inserting(dbi, name, key)) return false;
    }
    if (!reads_like(dbi, name, rows)) return false;
    mdb_txn_abort(txn_);
    return true;
  }

  // A row right behind this one, in its page: a new row goes where the page says it has room, a row
  // written over itself does not ask.
  bool try_inserting(MDB_dbi dbi, const std::string& name, Bytes key) {
    key.push_back(0);
    Bytes byte{0};
    MDB_val at = val(key), probe = val(byte);
    const int rc = mdb_put(txn_, dbi, &at, &probe, MDB_NOOVERWRITE);
    if (rc == MDB_KEYEXIST) return true;
    return step(rc, name.c_str()) && step(mdb_del(txn_, dbi, &at, nullptr), name.c_str());
  }

  bool read_slice(MDB_dbi dbi, const std::string& name, Bytes& from,
                  std::vector<std::pair<Bytes, Bytes>>& rows) {
    MDB_cursor* cursor = nullptr;
    if (!step(mdb_cursor_open(txn_, dbi, &cursor), name.c_str())) return false;
    MDB_val key = val(from), value{};
    int rc = mdb_cursor_get(cursor, &key, &value, from.empty() ? MDB_FIRST : MDB_SET_RANGE);
    for (std::size_t bytes = 0; rc == 0 && bytes < kTrialBytes;
         rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
      rows.emplace_back(to_bytes(view(key)), to_bytes(view(value)));
      bytes += key.mv_size + value.mv_size;
    }
    from = rc == 0 ? to_bytes(view(key)) : Bytes{};
    mdb_cursor_close(cursor);
    return rc == 0 || rc == MDB_NOTFOUND || step(rc, name.c_str());
  }

  // The list of free pages is a tree that only a commit writes, so no trial reaches it: its pages'
  // own numbers are read from the file (LMDB 0.9's format: a page's header of 16 bytes, nodes of
  // 8).
  bool free_list_holds() {
    constexpr std::size_t kHeader = 16, kNode = 8, kMetaDbs = kHeader + 24,
                          kMetaTxn = kHeader + 128;
    constexpr unsigned kBranch = 1, kLeaf = 2;
    int fd = -1;
    if (!step(mdb_env_get_fd(env_, &fd), "reading")) return false;
    Bytes page(page_bytes_);
    const auto read = [&](std::uint64_t number) {
      return ::pread(fd, page.data(), page.size(), static_cast<off_t>(number * page_bytes_)) ==
             static_cast<ssize_t>(page.size());
    };
    const auto number_at = [&](std::size_t at, std::size_t size) {
      std::uint64_t value = 0;
      std::memcpy(&value, page.data() + at, size);  // little-endian, as this build's machines are
      return value;
    };
    std::uint64_t newest = 0, root = ~std::uint64_t{0};
    for (std::uint64_t meta = 0; meta < 2; ++meta) {
      if (!read(meta)) return damaged("a meta page cannot be read");
      if (number_at(kMetaTxn, 8) < newest) continue;
      newest = number_at(kMetaTxn, 8);
      root = number_at(kMetaDbs + 40, 8);
    }
    std::vector<std::uint64_t> waiting;
    if (root != ~std::uint64_t{0}) waiting.push_back(root);
    for (std::uint64_t seen = 0; !waiting.empty(); ++seen) {
      const std::uint64_t at = waiting.back();
      waiting.pop_back();
      if (at > last_page_ || seen > last_page_ || !read(at))
        return damaged("the list of free pages leads out of the file");
      const std::uint64_t flags = number_at(10, 2), lower = number_at(12, 2),
                          upper = number_at(14, 2);
      if (number_at(0, 8) != at || (flags != kBranch && flags != kLeaf) || lower < kHeader ||
          lower % 2 != 0 || lower > upper || upper > page_bytes_)
        return damaged("the list of free pages: page " + std::to_string(at) + " is broken");
      for (std::size_t slot = kHeader; slot < lower; slot += 2) {
        const std::size_t node = number_at(slot, 2);
        if (node < upper || node + kNode > page_bytes_)
          return damaged("the list of free pages: a row of page " + std::to_string(at) +
                         " is misplaced");
        if (flags == kBranch) waiting.push_back(number_at(node, 4) | number_at(node + 4, 2) << 32);
      }
    }
    return true;
  }

  // The trial needs pages that the store's own map may not have left.
  [[nodiscard]] std::size_t map_with_room() const {
    struct stat file {};
    const std::string data = (directory_ / kDataFile).string();
    const auto size = ::stat(data.c_str(), &file) == 0 ? static_cast<std::size_t>(file.st_size) : 0;
    return size + (std::size_t{1} << 30);
  }

  bool pages_add_up() {
    if (used_pages_ + 2 <= last_page_ + 1) return true;
    return damaged("more pages are in use or free than the file has");
  }

  const std::filesystem::path& directory_;
  int report_;
  std::vector<std::string> names_;
  MDB_env* env_ = nullptr;
  MDB_txn* txn_ = nullptr;
  std::uint64_t last_page_ = 0, page_bytes_ = 1, used_pages_ = 0, rows_ = 0, corrupt_ = 0;
};

// Gives up every other descriptor, the store's lock above all: a daemon killed during the check
// must be able to start again at once.
[[noreturn]] void run_child(const std::filesystem::path& directory, int report) {
  const auto kept = static_cast<unsigned>(report);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::close_range(3, kept - 1, 0);
  ::close_range(kept + 1, ~0U, 0);
  for (const int signal : {SIGBUS, SIGSEGV, SIGABRT, SIGFPE, SIGILL}) ::signal(signal, SIG_DFL);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  if (const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC); null >= 0) ::dup2(null, 2);
  ::_exit(Walker(directory, report).run() ? 0 : 1);
}

std::unexpected<Error> damage(const std::filesystem::path& directory, const std::string& what) {
  return corrupt(
      "the store " + directory.string() + " is damaged (" + what +
      "). Nothing was changed. Keep the directory: move it aside and restore a backup, or, "
      "at a relay, start empty; the origins send again");
}

Result<Bytes> read_pipe(int fd) {
  Bytes all;
  std::array<std::uint8_t, 4096> piece;
  for (;;) {
    const ssize_t got = ::read(fd, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure("cannot read from the check of", "the store", errno);
    if (got == 0) return all;
    all.insert(all.end(), piece.begin(), piece.begin() + got);
  }
}

Result<StoreCheck> understand(const std::filesystem::path& directory, ByteView said, int status) {
  StoreCheck check;
  bool done = false;
  Decoder frames(said);
  while (!frames.rest().empty() && frames.ok()) {
    const auto what = static_cast<Say>(frames.u8());
    const ByteView body = frames.blob();
    Decoder in(body);
    if (!frames.ok()) break;
    if (what == Say::kDamaged) return damage(directory, std::string(as_text(body)));
    if (what == Say::kCannot)
      return fail(ErrorCode::kIo, "cannot check the store " + directory.string() + ", " +
                                      std::string(as_text(body)));
    if (what == Say::kCorruptRow) {
      CorruptRow row;
      row.table = as_text(in.blob());
      row.key = to_bytes(in.blob());
      check.corrupt.push_back(std::move(row));
    }
    if (what == Say::kDone) {
      check.rows = in.u64();
      check.corrupt_count = in.u64();
      done = in.done();
    }
  }
  if (done && WIFEXITED(status) && WEXITSTATUS(status) == 0) return check;
  if (WIFSIGNALED(status))
    return damage(directory, "reading it ends with signal " + std::to_string(WTERMSIG(status)));
  return damage(directory, "reading it ends early");
}

}  // namespace

Result<bool> read_store_format(const std::filesystem::path& directory) {
  const std::filesystem::path file = directory / kFormatFile;
  const auto format = read_file(file, 64);
  if (!format && format.error().code == ErrorCode::kNotFound) return false;
  if (!format) return std::unexpected(format.error());
  if (as_text(*format) != kStoreFormat)
    return refused(file.string() + " is not of this version: use the program that wrote it");
  std::error_code none;
  if (std::filesystem::file_size(directory / kDataFile, none) > 0 && !none) return true;
  return corrupt("the store " + directory.string() + " has lost its " + kDataFile +
                 ": restore a backup, or move the directory aside to start empty");
}

Result<StoreCheck> check_store(const std::filesystem::path& directory) {
  crypto::init();
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return system_failure("cannot check the store", directory, errno);
  const Fd reading(ends[0]);
  Fd writing(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) return system_failure("cannot check the store", directory, errno);
  if (child == 0) run_child(directory, writing.get());
  writing = Fd();
  const auto said = read_pipe(reading.get());
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return system_failure("cannot check the store", directory, errno);
  if (!said) return std::unexpected(said.error());
  return understand(directory, *said, status);
}

}  // namespace xianjie::adapters
