// simulation [--seed N | --seeds COUNT [--first N]] [--jobs N] [--offices N] [--notices N]
//            [--twice] [--trace] [--ignore-environment]
// Runs COUNT seeds ($XIANJIE_SEEDS where set), in so many processes as jobs.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include "crypto/hash.h"
#include "tests/simulation/simulation.h"

namespace {

using namespace xianjie;
using namespace xianjie::simulation;

constexpr std::uint64_t kManySeeds = 20;

struct Arguments {
  SimOptions run;
  std::uint64_t first = 1, seeds = 1;
  int jobs = 1;
  bool twice = false, ignore_environment = false;
};

volatile std::sig_atomic_t seed_running = 0;

// A check of our own that fails aborts: say where.
void on_abort(int) {
  char text[96];
  const int size = std::snprintf(text, sizeof text,
                                 "seed %d failed: aborted; repeat with: simulation --seed %d\n",
                                 static_cast<int>(seed_running), static_cast<int>(seed_running));
  if (write(STDERR_FILENO, text, static_cast<std::size_t>(size)) < 0) _exit(3);
}

bool parse(int argc, char** argv, Arguments& out) {
  for (int k = 1; k < argc; ++k) {
    const std::string_view name = argv[k];
    if (name == "--twice")
      out.twice = true;
    else if (name == "--trace")
      out.run.trace = true;
    else if (name == "--ignore-environment")
      out.ignore_environment = true;
    else if (k + 1 >= argc)
      return false;
    else {
      const std::uint64_t value = std::strtoull(argv[++k], nullptr, 10);
      if (name == "--seed")
        out.first = value, out.seeds = 1, out.ignore_environment = true;
      else if (name == "--seeds")
        out.seeds = value;
      else if (name == "--first")
        out.first = value;
      else if (name == "--jobs")
        out.jobs = static_cast<int>(value);
      else if (name == "--offices")
        out.run.offices = static_cast<std::size_t>(value);
      else if (name == "--notices")
        out.run.notices = static_cast<std::size_t>(value);
      else
        return false;
    }
  }
  const char* wanted = std::getenv("XIANJIE_SEEDS");
  if (wanted != nullptr && !out.ignore_environment) out.seeds = std::strtoull(wanted, nullptr, 10);
  return out.seeds > 0 && out.jobs > 0;
}

std::uint64_t clones_refused = 0;  // by this process

bool run_seed(const Arguments& arguments, std::uint64_t seed) {
  SimOptions options = arguments.run;
  options.seed = seed;
  seed_running = static_cast<std::sig_atomic_t>(seed);
  try {
    const RunReport report = run_month(options);
    clones_refused += report.clones_refused;
    if (arguments.twice && run_month(options).digest != report.digest)
      throw Violation("a second run of the same seed went another way");
    if (arguments.seeds == 1 || arguments.run.trace)
      std::cout << "seed " << seed << ": " << report.accepted << " notices, " << report.turns
                << " turns, " << report.frames << " frames, " << report.envelopes_sent
                << " envelopes sent, digest " << std::hex << report.digest << std::dec
                << "\n  faults: " << to_text(report.faults) << '\n';
    return true;
  } catch (const std::exception& error) {
    std::cout << "seed " << seed << " failed: " << error.what()
              << "; repeat with: simulation --seed " << seed;
    if (options.offices != SimOptions{}.offices) std::cout << " --offices " << options.offices;
    if (options.notices != SimOptions{}.notices) std::cout << " --notices " << options.notices;
    tests::SeededRandom random(seed);
    std::cout << "\n  faults: " << to_text(draw_faults(random)) << std::endl;
    return false;
  }
}

std::uint64_t run_share(const Arguments& arguments, int job) {
  std::uint64_t failed = 0;
  for (std::uint64_t k = static_cast<std::uint64_t>(job); k < arguments.seeds;
       k += static_cast<std::uint64_t>(arguments.jobs))
    failed += run_seed(arguments, arguments.first + k) ? 0U : 1U;
  // A rule that lets every second machine in would look as if there were none.
  const bool many = arguments.seeds / static_cast<std::uint64_t>(arguments.jobs) >= kManySeeds;
  if (many && clones_refused == 0) {
    std::cout << "no second machine was ever refused\n";
    ++failed;
  }
  return failed;
}

bool run_all(const Arguments& arguments) {
  if (arguments.jobs == 1) return run_share(arguments, 0) == 0;
  bool good = true;
  std::cout.flush();
  for (int job = 0; job < arguments.jobs; ++job) {
    const pid_t child = fork();
    if (child == 0) {
      const std::uint64_t failed = run_share(arguments, job);
      std::cout.flush();
      std::exit(failed == 0 ? 0 : 1);
    }
    good = good && child > 0;
  }
  for (int job = 0; job < arguments.jobs; ++job) {
    int status = 0;
    if (wait(&status) < 0 || status != 0) good = false;
  }
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (!parse(argc, argv, arguments)) {
    std::cerr << "simulation [--seed N | --seeds COUNT [--first N]] [--jobs N] [--offices N] "
                 "[--notices N] "
                 "[--twice] [--trace]\n";
    return 2;
  }
  xianjie::crypto::init();
  std::signal(SIGABRT, on_abort);
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t seed = 0; seed < 3; ++seed) {  // once for all processes
    SimOptions options = arguments.run;
    options.seed = seed;
    nation_of(sized(options).offices);
  }
  const bool good = run_all(arguments);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::cout << arguments.seeds << " seeds, " << took.count() << " s: " << (good ? "good" : "FAILED")
            << '\n';
  return good ? 0 : 1;
}
