// xianjie-verify FILE: what an evidence file proves. A program of its own, linked statically, for a
// machine that holds nothing else: it reads the file and nothing besides.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "crypto/hash.h"
#include "node/evidence/check.h"

namespace {

using namespace xianjie;
using namespace xianjie::node;

constexpr const char* kUsage =
    "usage: xianjie-verify FILE [--json] [--zh | --en] [--root FINGERPRINT]\n"
    "Says what an evidence file (.xje) proves, what not, and what is broken.\n"
    "核验存证文件：已证明、未证明、有误。\n"
    "  --root FINGERPRINT  the published fingerprint of the directory's holders\n"
    "Exit status: 0 it holds, 1 it is broken or cannot be read, 2 misuse.\n";

struct Arguments {
  std::string file, root;
  bool json = false, misuse = false, help = false, version = false;
  evidence::Language language = evidence::Language::kBoth;
};

Arguments parse(int argc, char** argv) {
  Arguments out;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--help" || word == "-h")
      out.help = true;
    else if (word == "--version")
      out.version = true;
    else if (word == "--json")
      out.json = true;
    else if (word == "--zh")
      out.language = evidence::Language::kChinese;
    else if (word == "--en")
      out.language = evidence::Language::kEnglish;
    else if (word == "--root" && i + 1 < argc)
      out.root = argv[++i];
    else if (out.file.empty() && (word == "-" || !word.starts_with("-")))
      out.file = word;
    else
      out.misuse = true;
  }
  out.misuse = out.misuse || out.file.empty();
  return out;
}

// False: errno says why.
bool read_whole(int fd, Bytes& out) {
  Bytes piece(1 << 20);
  for (;;) {
    const ssize_t got = ::read(fd, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    if (got == 0) return true;
    out.insert(out.end(), piece.begin(), piece.begin() + got);
    if (out.size() > evidence::kFileBytesMax) return true;  // the check says so
  }
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments = parse(argc, argv);
  if (arguments.version) return std::puts("xianjie-verify " XIANJIE_VERSION) < 0 ? 1 : 0;
  if (arguments.help || arguments.misuse) {
    std::fputs(kUsage, arguments.help ? stdout : stderr);
    return arguments.help ? 0 : 2;
  }
  crypto::init();
  const int fd = arguments.file == "-" ? 0 : ::open(arguments.file.c_str(), O_RDONLY | O_CLOEXEC);
  Bytes bytes;
  if (fd < 0 || !read_whole(fd, bytes)) {
    std::fprintf(stderr, "xianjie-verify: cannot read %s: %s\n", arguments.file.c_str(),
                 std::strerror(errno));
    return 1;
  }
  const evidence::Verdict verdict = evidence::check(bytes, {arguments.root});
  const std::string text = arguments.json
                               ? evidence::to_json(verdict).dump(
                                     -1, ' ', false, nlohmann::json::error_handler_t::replace) +
                                     "\n"
                               : evidence::to_words(verdict, arguments.language);
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  return verdict.holds() && written ? 0 : 1;
}
