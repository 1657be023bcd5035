// Runs the committed corpus of a fuzz target, then each of its files with the same few hundred
// mutations every time. Any compiler, no libFuzzer.
//   fuzz_replay CORPUS [TARGET]      all of corpus/TARGET, or of every target
//   fuzz_replay --file FILE TARGET   one input
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/mutate.h"

#define TARGET(name) extern "C" int fuzz_##name(const std::uint8_t*, std::size_t);
#include "tests/fuzz/targets.inc"
#undef TARGET

extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));

namespace xianjie::fuzz {
namespace {

constexpr int kMutations = 1500;  // a file; all targets together take some three seconds
constexpr std::size_t kFilesMax = 8 + 8, kFileBytesMax = 4096;  // seeds, and what once crashed

struct Target {
  const char* name;
  int (*run)(const std::uint8_t*, std::size_t);
};
constexpr Target kTargets[] = {
#define TARGET(name) {#name, fuzz_##name},
#include "tests/fuzz/targets.inc"
#undef TARGET
};

// What a dying process leaves behind: the input, in the working directory.
const Bytes* g_input = nullptr;
char g_crash_file[64];

void save_input() {
  if (g_input == nullptr) return;
  const int file = ::open(g_crash_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0 || ::write(file, g_input->data(), g_input->size()) < 0) return;
  g_input = nullptr;
  constexpr std::string_view kNote = "the input is in ";
  if (::write(2, kNote.data(), kNote.size()) < 0 ||
      ::write(2, g_crash_file, std::strlen(g_crash_file)) < 0 || ::write(2, "\n", 1) < 0)
    return;
}
void on_signal(int number) {
  save_input();
  std::signal(number, SIG_DFL);
  std::raise(number);
}

void run_one(const Target& target, const Bytes& input) {
  const Bytes exact(input);  // no slack behind the last byte
  g_input = &exact;
  target.run(exact.data(), exact.size());
  g_input = nullptr;
}

Bytes read_whole(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  XJ_CHECK(in.is_open());
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

bool replay(const std::filesystem::path& folder, const Target& target) {
  std::snprintf(g_crash_file, sizeof g_crash_file, "crash-%s", target.name);
  std::vector<std::filesystem::path> files;
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator(folder, missing))
    files.push_back(entry.path());
  std::ranges::sort(files);
  bool good = !files.empty() && files.size() <= kFilesMax;
  if (!good) std::printf("%s: %zu files\n", folder.c_str(), files.size());
  std::vector<Bytes> inputs;
  for (const auto& file : files) {
    inputs.push_back(read_whole(file));
    const std::uint64_t before = accepted_count();
    run_one(target, inputs.back());
    const bool refused = file.filename().string().starts_with("refused-");
    if (inputs.back().size() <= kFileBytesMax && (accepted_count() > before) != refused) continue;
    std::printf("%s: over %zu bytes, or not %s as its name says\n", file.c_str(), kFileBytesMax,
                refused ? "refused" : "accepted");
    good = false;
  }
  tests::SeededRandom random(20261210);
  const std::uint64_t before = accepted_count();
  for (const Bytes& input : inputs)
    for (int n = 0; n < kMutations; ++n) run_one(target, mutated(input, inputs, random));
  std::printf("%s: %zu files, %zu mutations, %llu times accepted\n", target.name, files.size(),
              files.size() * kMutations,
              static_cast<unsigned long long>(accepted_count() - before));
  return good;
}

int main_of(int argc, char** argv) {
  const bool one_file = argc == 4 && std::string_view(argv[1]) == "--file";
  if (!one_file && (argc < 2 || argc > 3)) {
    std::fputs("usage: fuzz_replay CORPUS [TARGET] | --file FILE TARGET\n", stderr);
    return 2;
  }
  if (__sanitizer_set_death_callback != nullptr)
    __sanitizer_set_death_callback(save_input);
  else
    for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(number, on_signal);
  std::signal(SIGABRT, on_signal);
  const std::string_view wanted = argc > 2 ? argv[argc - 1] : "";
  bool good = true, found = false;
  for (const Target& target : kTargets) {
    if (!wanted.empty() && wanted != target.name) continue;
    found = true;
    if (one_file)
      run_one(target, read_whole(argv[2]));
    else
      good = replay(std::filesystem::path(argv[1]) / target.name, target) && good;
  }
  if (!found) std::fprintf(stderr, "no such target\n");
  return good && found ? 0 : 1;
}

}  // namespace
}  // namespace xianjie::fuzz

int main(int argc, char** argv) {
  return xianjie::fuzz::main_of(argc, argv);
}
