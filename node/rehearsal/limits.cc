#include "node/rehearsal/limits.h"

#include <sys/resource.h>
#include <unistd.h>

#include "adapters/zmq_guard.h"

namespace xianjie::node::rehearsal {
namespace {

constexpr std::size_t kFilesPerOffice = 16;   // a client's sockets, the reserved port
constexpr std::size_t kThreadsPerOffice = 6;  // a daemon's and its client's
constexpr std::size_t kOtherFiles = 64;
constexpr std::size_t kOtherThreads = 64;

std::optional<rlim_t> limit_of(__rlimit_resource what) {
  rlimit limit{};
  if (::getrlimit(what, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_cur;
}

std::string too_few(const char* what, rlim_t limit, std::size_t needed, std::size_t offices,
                    const char* option) {
  return std::to_string(offices) + " offices need about " + std::to_string(needed) + " " + what +
         ", the limit is " + std::to_string(limit) + ": raise it (ulimit " + option + ")";
}

}  // namespace

Result<> check_limits(std::size_t offices) {
  adapters::raise_file_limit();
  const std::size_t files = kOtherFiles + offices * kFilesPerOffice;
  if (const auto limit = limit_of(RLIMIT_NOFILE); limit && *limit < files)
    return refused(too_few("open files", *limit, files, offices, "-n"));
  const std::size_t threads = kOtherThreads + offices * kThreadsPerOffice;
  // The kernel does not hold root to it.
  if (const auto limit = limit_of(RLIMIT_NPROC); limit && ::geteuid() != 0 && *limit < threads)
    return refused(too_few("threads", *limit, threads, offices, "-u"));
  return {};
}

}  // namespace xianjie::node::rehearsal
