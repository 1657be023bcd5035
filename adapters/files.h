// Whole files on disk: bounded reads, atomic durable writes, and secret files.
// Errors name the path and what to do; they never hold a file's content. kNotFound: no such file;
// kRefused: it is there but must not be used as it is; kFull: too large, or no space; kIo: the
// rest. Read next: archive_files.h, lmdb_store.h.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <utility>

#include "crypto/keys.h"
#include "schemas/bytes.h"
#include "schemas/result.h"

namespace xianjie::adapters {

// Owns a file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd();
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// "DOING PATH: what errno says", with the code that errno asks for.
[[nodiscard]] std::unexpected<Error> system_failure(std::string_view doing,
                                                    const std::filesystem::path& path, int error);

Result<Bytes> read_file(const std::filesystem::path& path, std::size_t size_max);

// A temporary file beside it, fsync, rename, fsync of the directory: afterwards the path holds the
// old bytes or the new ones, whatever happens, and the new ones once this returned.
Result<void> write_file_atomically(const std::filesystem::path& path, ByteView bytes,
                                   mode_t mode = 0644);

// Only a regular file, not a link, owned by this user, which nobody else may read or write
// (0600 or stricter). The bytes go straight into guarded memory. At most 64 KiB.
Result<crypto::SecretBytes> read_secret_file(const std::filesystem::path& path);

// 0600; refuses to replace anything that is there. Durable when it returns.
Result<void> write_secret_file(const std::filesystem::path& path, ByteView bytes);

// Makes the names in a directory durable.
Result<void> sync_directory(const std::filesystem::path& path);

Result<void> write_all(int fd, ByteView bytes, const std::filesystem::path& path);

}  // namespace xianjie::adapters
