// How a rehearsal ends otherwise: refused before it starts, or stopped on the way.
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>

#include "tests/functional/rehearsal_fixture.h"

namespace xianjie::tests {
namespace {

Ended rehearse(const SmallRehearsal& rehearsal, const std::vector<std::string>& further = {}) {
  return run(rehearsal.command(further));
}

void expect_refused(const Ended& ended, const std::string& why) {
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
  EXPECT_NE(ended.err.find(why), std::string::npos) << ended.err;
}

TEST(RehearsalEnds, RefusesANationWithoutSense) {
  const SmallRehearsal rehearsal;
  const auto file = rehearsal.folder() / "nation.toml";
  const std::pair<std::vector<std::pair<std::string, std::string>>, std::string> cases[] = {
      {{{"ministry:000000", ""}, {"province:610000", ""}}, "two roots"},
      {{{"ministry:000000", ""}, {"province:610000", "province:420000"}}, "not in the file"},
      {{{"ministry:000000", "province:610000"}, {"province:610000", "ministry:000000"}}, "circle"}};
  for (const auto& [offices, why] : cases) {
    write_text(file, nation_toml(offices));
    expect_refused(rehearse(rehearsal), why);
  }
  write_text(file, "[[office]\n");
  expect_refused(rehearse(rehearsal), "line 1");
  std::filesystem::remove(file);
  expect_refused(rehearse(rehearsal), "nation.toml");
  EXPECT_TRUE(std::filesystem::is_empty(rehearsal.temporary()));
}

TEST(RehearsalEnds, NeedsANationalOfficeForTheExchangeTest) {
  const SmallRehearsal rehearsal;
  write_text(rehearsal.folder() / "nation.toml",
             nation_toml({{"province:610000", ""}, {"prison:610000-03", "province:610000"}}));
  for (const char* const play : {"--exchange-test", "--all-flows"})
    expect_refused(rehearse(rehearsal, {play}), "national office");
}

TEST(RehearsalEnds, TellsARefusalOfTheWholeFileAsRowZero) {
  const SmallRehearsal rehearsal;
  write_text(rehearsal.folder() / "notices.csv", "姓名,年龄\n某虚拟,30\n");
  const auto account = rehearsal.account();
  ASSERT_EQ(account.at("refused").size(), 1U);
  EXPECT_EQ(account.at("refused").at(0).at("row"), 0);
  EXPECT_EQ(account.at("refused").at(0).at("field"), "header");
  EXPECT_EQ(account.at("accepted"), 0);
}

TEST(RehearsalEnds, KeepsOnlyInANewOrEmptyFolder) {
  const SmallRehearsal rehearsal;
  const auto folder = rehearsal.folder() / "full";
  std::filesystem::create_directory(folder);
  write_text(folder / "mine", "stays");
  expect_refused(rehearse(rehearsal, {"--keep", folder}), "not empty");
  EXPECT_EQ(read_text(folder / "mine"), "stays");
}

TEST(RehearsalEnds, SaysBeforeItStartsThatTheDiskIsTooSmall) {
  const SmallRehearsal rehearsal;
  const std::string disk = rehearsal.temporary();
  if (::geteuid() != 0 || ::mount("none", disk.c_str(), "tmpfs", 0, "size=1m") != 0)
    GTEST_SKIP() << "may not mount a small disk here";
  const Ended ended = rehearse(rehearsal);
  const bool clean = std::filesystem::is_empty(disk);
  EXPECT_EQ(::umount(disk.c_str()), 0);
  expect_refused(ended, "too little disk");
  EXPECT_TRUE(clean);
}

// Begins one in the background, and waits until its daemons run.
std::unique_ptr<Process> begun(const SmallRehearsal& rehearsal) {
  auto process = std::make_unique<Process>(rehearsal.command(), rehearsal.folder() / "log");
  EXPECT_TRUE(eventually([&] {
    return processes_with("xianjied --config " + rehearsal.temporary().string()).size() == 13;
  })) << read_text(rehearsal.folder() / "log");
  return process;
}

TEST(RehearsalEnds, LeavesNoDaemonAndNoFileWhenItIsInterrupted) {
  for (const int number : {SIGINT, SIGTERM}) {
    const SmallRehearsal rehearsal;
    const auto process = begun(rehearsal);
    process->signal(number);
    EXPECT_EQ(process->wait(), 1);
    EXPECT_EQ(processes_with(rehearsal.temporary()), std::vector<std::string>{});
    EXPECT_TRUE(std::filesystem::is_empty(rehearsal.temporary()));
    EXPECT_NE(read_text(rehearsal.folder() / "log").find("stopped on request"), std::string::npos);
  }
}

TEST(RehearsalEnds, TakesItsDaemonsAlongWhenItIsKilled) {
  const SmallRehearsal rehearsal;
  const auto process = begun(rehearsal);
  process->signal(SIGKILL);
  process->wait();
  EXPECT_TRUE(eventually([&] { return processes_with(rehearsal.temporary()).empty(); }));
}

}  // namespace
}  // namespace xianjie::tests
