#include "adapters/system_random.h"

#include <sys/random.h>

#include <cerrno>

#include "schemas/result.h"

namespace xianjie::adapters {

void SystemRandom::fill(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const ssize_t got = ::getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    XJ_CHECK(got > 0);
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace xianjie::adapters
