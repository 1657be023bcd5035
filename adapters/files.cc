#include "adapters/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace xianjie::adapters {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kSecretBytesMax = 64 * 1024;

fs::path directory_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

Result<Fd> open_file(const fs::path& path, int flags, mode_t mode = 0) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY, mode);
  if (fd < 0) return system_failure("cannot open", path, errno);
  return Fd(fd);
}

// Up to out.size() bytes; the count that was there.
Result<std::size_t> read_up_to(int fd, std::span<std::uint8_t> out, const fs::path& path) {
  std::size_t have = 0;
  while (have < out.size()) {
    const ssize_t got = ::read(fd, out.data() + have, out.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure("cannot read", path, errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return have;
}

Result<void> sync_file(int fd, const fs::path& path) {
  if (::fsync(fd) != 0) return system_failure("cannot make durable", path, errno);
  return {};
}

}  // namespace

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

std::unexpected<Error> system_failure(std::string_view doing, const fs::path& path, int error) {
  ErrorCode code = ErrorCode::kIo;
  if (error == ENOENT || error == ENOTDIR) code = ErrorCode::kNotFound;
  if (error == EACCES || error == EPERM || error == ELOOP || error == EEXIST || error == EISDIR)
    code = ErrorCode::kRefused;
  if (error == ENOSPC || error == EDQUOT) code = ErrorCode::kFull;
  return fail(code, std::string(doing) + " " + path.string() + ": " +
                        std::generic_category().message(error));
}

Result<Bytes> read_file(const fs::path& path, std::size_t size_max) {
  XJ_TRY(const Fd file, open_file(path, O_RDONLY));
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return system_failure("cannot read", path, errno);
  if (S_ISDIR(info.st_mode)) return refused(path.string() + " is a directory, not a file");
  Bytes bytes;
  const auto expected = static_cast<std::size_t>(info.st_size);
  for (std::size_t room = std::min(expected, size_max) + 1;; room = 64 * 1024) {
    const std::size_t have = bytes.size();
    bytes.resize(std::min(have + room, size_max + 1));
    XJ_TRY(const std::size_t got, read_up_to(file.get(), std::span(bytes).subspan(have), path));
    const bool ended = have + got < bytes.size();
    bytes.resize(have + got);
    if (bytes.size() > size_max)
      return fail(ErrorCode::kFull, path.string() + " is larger than the " +
                                        std::to_string(size_max) + " bytes allowed");
    if (ended) return bytes;
  }
}

Result<void> write_all(int fd, ByteView bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return system_failure("cannot write", path, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return {};
}

Result<void> sync_directory(const fs::path& path) {
  XJ_TRY(const Fd directory, open_file(path, O_RDONLY | O_DIRECTORY));
  return sync_file(directory.get(), path);
}

Result<void> write_file_atomically(const fs::path& path, ByteView bytes, mode_t mode) {
  std::string name = path.string() + ".XXXXXX";
  const Fd file(::mkostemp(name.data(), O_CLOEXEC));
  if (!file.is_open()) return system_failure("cannot write", path, errno);
  const auto written = [&]() -> Result<void> {
    XJ_TRY_VOID(write_all(file.get(), bytes, path));
    if (::fchmod(file.get(), mode) != 0)
      return system_failure("cannot set the mode of", path, errno);
    XJ_TRY_VOID(sync_file(file.get(), path));
    if (::rename(name.c_str(), path.c_str()) != 0)
      return system_failure("cannot replace", path, errno);
    return {};
  }();
  if (!written) {
    ::unlink(name.c_str());
    return written;
  }
  return sync_directory(directory_of(path));
}

Result<crypto::SecretBytes> read_secret_file(const fs::path& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK));
  if (!file.is_open() && errno == ELOOP)
    return refused(path.string() + " is a symbolic link: put the secret file itself there");
  if (!file.is_open()) return system_failure("cannot open", path, errno);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return system_failure("cannot read", path, errno);
  if (!S_ISREG(info.st_mode)) return refused(path.string() + " is not a regular file");
  if (info.st_uid != ::geteuid())
    return refused(path.string() + " belongs to user " + std::to_string(info.st_uid) +
                   ": chown it to user " + std::to_string(::geteuid()));
  if ((info.st_mode & 0177) != 0)
    return refused(path.string() + " is open to others: chmod 600 " + path.string());
  if (info.st_size <= 0) return refused(path.string() + " is empty: restore it from its backup");
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size > kSecretBytesMax)
    return fail(ErrorCode::kFull, path.string() + " is too large to be a secret file");
  crypto::SecretBytes secret(size);
  XJ_TRY(const std::size_t got, read_up_to(file.get(), secret.span(), path));
  if (got != size) return fail(ErrorCode::kRetry, path.string() + " changed while it was read");
  return secret;
}

Result<void> write_secret_file(const fs::path& path, ByteView bytes) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.is_open() && errno == EEXIST)
    return refused(path.string() +
                   " is already there and will not be replaced: move it away first");
  if (!file.is_open()) return system_failure("cannot create", path, errno);
  const auto written = [&]() -> Result<void> {
    XJ_TRY_VOID(write_all(file.get(), bytes, path));
    return sync_file(file.get(), path);
  }();
  if (!written) {
    ::unlink(path.c_str());
    return written;
  }
  return sync_directory(directory_of(path));
}

}  // namespace xianjie::adapters
