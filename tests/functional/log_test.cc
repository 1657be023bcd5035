// What a daemon tells outside of its pages: its log, in each form, and the operator's reminder.
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <sstream>

#include "tests/functional/offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kPrison = "prison:610802-01";
constexpr const char* kTownship = "township:610802001";

struct Telling : HandMadeOffices {
  Telling() : HandMadeOffices({{kTownship, ""}, {kPrison, kTownship}}, clock_running_at(600)) {}
  void add(const std::string& office, const std::string& section) const {
    write_text(config(office), read_text(config(office)) + section);
  }
};

TEST_F(Telling, EachLineOfTheLogIsAnEventOfTheTable) {
  add(kTownship, "[log]\nformat = \"json\"\n");
  {
    DaemonProcess township = start(kTownship), prison = start(kPrison);
    ASSERT_TRUE(township.ready() && prison.ready()) << log(kTownship);
    hand_in(kPrison, "ad_hoc_report", person(kPrison, "测试甲", "110101180001010015"));
    EXPECT_TRUE(eventually([&] {
      return act(kTownship, {"inbox", "list", "--kind", "ad_hoc_report"})["items"].size() == 1;
    }));
    EXPECT_EQ(township.stop(), 0);
    EXPECT_EQ(prison.stop(), 0);
  }
  const Ended told = run({XIANJIED_BINARY, "--events"});
  EXPECT_EQ(told.status, 0);
  std::istringstream lines(log(kTownship));
  std::vector<std::string> events;
  for (std::string line; std::getline(lines, line);) {
    const json row = json::parse(line, nullptr, false);
    ASSERT_TRUE(row.is_object()) << line;
    events.push_back(row.value("event", ""));
    EXPECT_THAT(told.out, HasSubstr("| `" + events.back() + "` | " + row.value("level", "")));
    EXPECT_TRUE(parse_wall_time(row.value("time", ""))) << line;
    EXPECT_THAT(line, Not(testing::AnyOf(HasSubstr("测试甲"), HasSubstr("110101180001010015"))));
  }
  EXPECT_THAT(events, testing::IsSupersetOf({"ready", "link_up", "stopped"}));
}

// The machine's own syslog socket, where there is none: taken for the test.
class Syslog {
 public:
  Syslog() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::string(kPath).copy(address.sun_path, sizeof address.sun_path - 1);
    std::error_code none;
    mine_ = !std::filesystem::exists(std::filesystem::symlink_status(kPath, none)) &&
            ::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  Syslog(const Syslog&) = delete;
  Syslog& operator=(const Syslog&) = delete;
  ~Syslog() {
    if (mine_) ::unlink(kPath);
    ::close(fd_);
  }
  [[nodiscard]] bool mine() const { return mine_; }
  [[nodiscard]] std::string all() const {
    std::string out;
    std::array<char, 4096> text{};
    for (ssize_t got = 0; (got = ::recv(fd_, text.data(), text.size(), MSG_DONTWAIT)) > 0;)
      out += std::string(text.data(), static_cast<std::size_t>(got)) + "\n";
    return out;
  }

 private:
  static constexpr const char* kPath = "/dev/log";
  int fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  bool mine_ = false;
};

TEST_F(Telling, SyslogHasTheOfficeAndTheEvent) {
  const Syslog syslog;
  add(kTownship, "[log]\nformat = \"syslog\"\n");
  {
    DaemonProcess township = start(kTownship);
    ASSERT_TRUE(township.ready());
    EXPECT_EQ(township.stop(), 0);
  }
  EXPECT_EQ(log(kTownship), "");
  if (!syslog.mine()) GTEST_SKIP() << "this machine has a syslog of its own, or I may not make one";
  const std::string said = syslog.all();
  EXPECT_THAT(said, testing::ContainsRegex("xianjied\\[[0-9]+\\]: township:610802001 ready "));
  EXPECT_THAT(said, HasSubstr("township:610802001 stopped on request"));
}

TEST_F(Telling, TheReminderCommandHasCountsOnItsInput) {
  const std::filesystem::path told = at("told");
  add(kTownship, "[reminder]\nhours = [14]\ncommand = [\"/bin/sh\", \"-c\", \"cat >" +
                     told.string() + ".part && mv " + told.string() + ".part " + told.string() +
                     "\"]\n");
  DaemonProcess township = start(kTownship), prison = start(kPrison);
  ASSERT_TRUE(township.ready() && prison.ready()) << log(kTownship);
  hand_in(kPrison, "ad_hoc_report", person(kPrison, "测试甲", "110101180001010015"));
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(told); })) << log(kTownship);
  const std::string text = read_text(told);
  const json counts = json::parse(text);
  EXPECT_EQ(counts["office"], kTownship);
  EXPECT_EQ(counts["why"], "hour");
  EXPECT_EQ(counts["inbox"], 1);
  EXPECT_THAT(counts.value("time", ""), testing::StartsWith("2026-12-09T14:"));
  EXPECT_THAT(counts.value("text_zh", ""), testing::StartsWith("衔接：待办1"));
  EXPECT_THAT(text, Not(testing::AnyOf(HasSubstr("测试甲"), HasSubstr("110101180001010015"))));
  EXPECT_TRUE(
      eventually([&] { return log(kTownship).find("reminded status=0") != std::string::npos; }));
}

TEST_F(Telling, AReminderCommandThatFailsStopsNothing) {
  add(kTownship, "[reminder]\nhours = [14]\ncommand = [\"/nowhere/remind\"]\n");
  DaemonProcess township = start(kTownship), prison = start(kPrison);
  ASSERT_TRUE(township.ready() && prison.ready()) << log(kTownship);
  hand_in(kPrison, "ad_hoc_report", person(kPrison, "测试甲", "110101180001010015"));
  EXPECT_TRUE(eventually([&] {
    return log(kTownship).find("reminder_failed") != std::string::npos;
  })) << log(kTownship);
  EXPECT_EQ(act(kTownship, {"status"})["office"], kTownship);
}

TEST_F(Telling, AReminderThatCannotBeIsSaidAtTheStart) {
  for (const char* section :
       {"[reminder]\nhours = [9]\n", "[reminder]\ncommand = [\"remind\"]\n",
        "[reminder]\ncommand = [\"/bin/true\"]\nhours = [24]\n",
        "[reminder]\ncommand = [\"/bin/true\", 1]\n", "[log]\nformat = \"xml\"\n"}) {
    const std::string before = read_text(config(kTownship));
    add(kTownship, section);
    const Ended checked = run({XIANJIED_BINARY, "--check", "--config", config(kTownship).string()});
    EXPECT_EQ(checked.status, 1) << section;
    EXPECT_THAT(checked.err, testing::AnyOf(HasSubstr("reminder."), HasSubstr("log.format")))
        << section;
    write_text(config(kTownship), before);
  }
}

}  // namespace
}  // namespace xianjie::tests
