#include "adapters/passphrase.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "adapters/files.h"
#include "crypto/protected_file.h"

namespace xianjie::adapters {
namespace {

Result<crypto::SecretBytes> first_line(int fd, const std::filesystem::path& path) {
  crypto::SecretBytes room(crypto::kPassphraseBytesMax + 2);
  std::size_t have = 0;
  while (have < room.span().size()) {
    const ssize_t got = ::read(fd, room.span().data() + have, room.span().size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure("cannot read", path, errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
    if (std::ranges::find(room.view().first(have), '\n') != room.view().begin() +
                                                                static_cast<std::ptrdiff_t>(have))
      break;
  }
  const ByteView read = room.view().first(have);
  const auto size = static_cast<std::size_t>(std::ranges::find(read, '\n') - read.begin());
  if (size < crypto::kPassphraseBytesMin || size > crypto::kPassphraseBytesMax)
    return refused(path.string() + ": a passphrase has " +
                   std::to_string(crypto::kPassphraseBytesMin) + " to " +
                   std::to_string(crypto::kPassphraseBytesMax) + " bytes, on the first line");
  crypto::SecretBytes out(size);
  std::ranges::copy(read.first(size), out.span().begin());
  return out;
}

}  // namespace

Result<crypto::SecretBytes> read_passphrase_file(const std::filesystem::path& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file.is_open()) return system_failure("cannot open", path, errno);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return system_failure("cannot read", path, errno);
  if (!S_ISREG(info.st_mode)) return refused(path.string() + " is not a regular file");
  const bool own = info.st_uid == ::geteuid();
  if (!own && info.st_uid != 0)
    return refused(path.string() + " belongs to another user: chown it");
  // A credential's access list shows as its group's bits.
  if ((info.st_mode & (own ? 0077 : 0037)) != 0)
    return refused(path.string() + " is open to others: chmod 600 " + path.string());
  return first_line(file.get(), path);
}

Result<crypto::SecretBytes> ask_passphrase(const std::string& prompt) {
  const Fd terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!terminal.is_open())
    return refused("passphrase: there is no terminal to ask on; give --passphrase-file FILE");
  termios before{};
  if (::tcgetattr(terminal.get(), &before) != 0)
    return system_failure("cannot ask on", "/dev/tty", errno);
  termios silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  XJ_TRY_VOID(write_all(terminal.get(), as_bytes(prompt), "/dev/tty"));
  ::tcsetattr(terminal.get(), TCSAFLUSH, &silent);
  auto line = first_line(terminal.get(), "/dev/tty");
  ::tcsetattr(terminal.get(), TCSAFLUSH, &before);
  XJ_TRY_VOID(write_all(terminal.get(), as_bytes("\n"), "/dev/tty"));
  return line;
}

}  // namespace xianjie::adapters
