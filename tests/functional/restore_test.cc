// A backup is put back under a daemon that has worked on: nothing comes twice, nothing is lost, and
// everybody says so. Two machines with one identity: the second is refused and all are told.
#include <gmock/gmock.h>

#include "tests/functional/offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kPrison = "prison:610802-01";
constexpr const char* kTownship = "township:610802001";  // the prison's parent here

struct Backups : HandMadeOffices {
  Backups() : HandMadeOffices({{kTownship, ""}, {kPrison, kTownship}}) {}

  std::string send(const std::string& name, const std::string& number) const {
    return hand_in(kPrison, "ad_hoc_report", person(kPrison, name, number));
  }
  json inbox(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> command{"inbox", "list", "--kind", "ad_hoc_report"};
    command.insert(command.end(), more.begin(), more.end());
    json list = answer(ask(kTownship, command));
    return list["items"];
  }
  json status(const std::string& office) const { return answer(ask(office, {"status"})); }
  json outcome() const {
    json month = answer(ask(kPrison, {"month", "status"}));
    return month["origins"].at(0);
  }
  void copy(const std::string& from, const std::string& to) const {
    std::filesystem::remove_all(at(to));
    std::filesystem::copy(at(from), at(to), std::filesystem::copy_options::recursive);
  }
  enum class Way { kStore, kImage, kCommand };  // kImage: all that stands beside the store too

  static std::string of(const char* ending) { return std::string(kTownship) + ending; }
  void back_up(Way way) const {
    if (way == Way::kCommand) return;  // that was done while the daemon ran
    copy(std::string(kTownship) + ".store", "backup.store");
    if (way == Way::kStore) return;
    copy(std::string(kTownship) + ".store.epoch", "backup.epoch");
    copy(std::string(kTownship) + ".audit", "backup.audit");
  }
  void lose_the_disk() const {
    for (const char* ending : {".store", ".store.epoch", ".audit", ".xjd"})
      std::filesystem::remove_all(at(of(ending)));
  }
  void put_back(Way way) const {
    if (way == Way::kCommand) {
      lose_the_disk();
      const json dry = answer(ask(kTownship, {"restore", at("backup").string(), "--dry-run"}));
      EXPECT_EQ(dry["restored"].size(), 3U) << dry.dump();
      EXPECT_FALSE(std::filesystem::exists(at(of(".xjd"))));
      const json done = answer(ask(kTownship, {"restore", at("backup").string()}));
      EXPECT_EQ(done["restored"], dry["restored"]);
      EXPECT_EQ(done["missing"], json::array());
      return;
    }
    copy("backup.store", std::string(kTownship) + ".store");
    if (way == Way::kStore) return;
    copy("backup.epoch", std::string(kTownship) + ".store.epoch");
    copy("backup.audit", std::string(kTownship) + ".audit");
  }

  // An office without children needs no open port; two machines of it can run on this one.
  void without_port(const std::string& office) const {
    json channels = json::parse(read_text(at("channels.json")));
    channels[office].erase("endpoint");
    write_text(at("channels.json"), channels.dump());
    for (const char* old : {"list.xjs", "directory.xjd"}) std::filesystem::remove(at(old));
    auto draft = draft_arguments(at(""));
    draft.insert(draft.end(),
                 {"--channels", at("channels.json").string(), "--rehearsal", "--valid-days", "0"});
    EXPECT_EQ(cli(draft).status, 0);
    EXPECT_EQ(publish(at(""), at("directory.xjd")).status, 0);
    for (const char* each : {kPrison, kTownship})
      std::filesystem::copy_file(at("directory.xjd"), at(std::string(each) + ".xjd"),
                                 std::filesystem::copy_options::overwrite_existing);
  }

  // One item is settled before the backup, one after it, one arrives after it.
  void play(Way way) {
    DaemonProcess prison = start(kPrison);
    ASSERT_TRUE(prison.ready()) << log(kPrison);
    std::string open, later;
    {
      DaemonProcess township = start(kTownship);
      ASSERT_TRUE(township.ready()) << log(kTownship);
      open = send("测试甲", "110101180001010015");
      ASSERT_TRUE(eventually([&] { return inbox().size() == 1; }));
      EXPECT_EQ(status(kTownship)["restored"], nullptr);
      if (way == Way::kCommand) {
        const json made = answer(ask(kTownship, {"backup", at("backup").string()}));
        EXPECT_GT(made["rows"], 0);
        EXPECT_EQ(made["damaged_rows"], 0);
        EXPECT_EQ(made["recorded"], true);
        EXPECT_FALSE(std::filesystem::exists(at("backup/keys")));
      }
      EXPECT_EQ(township.stop(), 0);
    }
    back_up(way);
    std::string epoch;
    {
      DaemonProcess township = start(kTownship);
      ASSERT_TRUE(township.ready()) << log(kTownship);
      answer(ask(kTownship, {"inbox", "settle", open, "--own-area"}));
      later = send("测试乙", "110101180002020020");
      ASSERT_TRUE(eventually([&] { return inbox().size() == 1; }));
      ASSERT_TRUE(eventually([&] { return outcome()["own_area"] == 1; })) << outcome().dump();
      epoch = status(kTownship)["epoch"];
      EXPECT_EQ(township.stop(), 0);
    }
    put_back(way);
    DaemonProcess township = start(kTownship);
    ASSERT_TRUE(township.ready()) << log(kTownship);
    ASSERT_TRUE(eventually([&] { return status(kTownship)["restored"].is_object(); }))
        << log(kTownship);
    // What was settled is settled again, by its origin's word; what came later comes again.
    ASSERT_TRUE(eventually([&] {
      const json now = status(kTownship);
      const json items = inbox();
      return now["restored"]["kept_back"] == 0 && items.size() == 1 && items[0]["id"] == later;
    })) << status(kTownship).dump()
        << inbox({"--all"}).dump() << log(kTownship);
    EXPECT_NE(status(kTownship)["epoch"], epoch);
    EXPECT_THAT(log(kTownship), HasSubstr("restored: this store is an older copy of itself"));
    EXPECT_THAT(cli(ask(kTownship, {"status"})).out, HasSubstr("restored 备份恢复"));
    EXPECT_EQ(log(kPrison).find("restored: township:610802001 came back") != std::string::npos,
              way == Way::kImage);
    answer(ask(kTownship, {"inbox", "settle", later, "--own-area"}));
    EXPECT_TRUE(eventually([&] { return outcome()["own_area"] == 2; })) << outcome().dump();
    EXPECT_EQ(outcome()["accepted"], 2);
    EXPECT_EQ(outcome()["delivered"], 2);
    EXPECT_EQ(outcome()["in_transit"], 0);
    EXPECT_EQ(township.stop(), 0);
    EXPECT_EQ(prison.stop(), 0);
  }
};

TEST_F(Backups, AStoreThatIsPutBackIsKnownByWhatStandsBesideIt) {
  play(Way::kStore);
}

TEST_F(Backups, AWholeImageThatIsPutBackIsKnownByItsNeighbour) {
  play(Way::kImage);
}

TEST_F(Backups, ALiveOfficeIsBackedUpAndPutBackByTwoCommands) {
  play(Way::kCommand);
}

TEST_F(Backups, WhatIsNoGoodBackupIsRefusedAndNothingIsWritten) {
  const std::string backup = at("backup").string();
  EXPECT_THAT(cli(ask(kTownship, {"backup", backup})).err, HasSubstr("there is no store at"));
  std::filesystem::remove_all(backup);
  {
    DaemonProcess township = start(kTownship);
    ASSERT_TRUE(township.ready()) << log(kTownship);
    EXPECT_EQ(township.stop(), 0);
  }
  const json made = answer(ask(kTownship, {"backup", backup, "--with-keys"}));
  EXPECT_EQ(made["recorded"], false);
  EXPECT_TRUE(std::filesystem::exists(at("backup/keys") / (std::string(kTownship) + ".keys")));
  EXPECT_THAT(cli(ask(kTownship, {"backup", backup})).err, HasSubstr("is not an empty folder"));
  EXPECT_THAT(cli(ask(kTownship, {"restore", backup})).err, HasSubstr("move it aside"));
  const auto refused = [&](const std::string& why) {
    const Ended ended = cli(ask(kTownship, {"restore", backup}));
    EXPECT_EQ(ended.status, 1);
    EXPECT_THAT(ended.err, HasSubstr(why));
    for (const char* ending : {".store", ".audit", ".xjd", ".store.epoch"})
      EXPECT_FALSE(std::filesystem::exists(at(of(ending)))) << ending;
  };
  const auto with = [&](const std::string& file, const std::string& text, const std::string& why) {
    const std::string before = read_text(at("backup") / file);
    write_text(at("backup") / file, text);
    refused(why);
    write_text(at("backup") / file, before);
  };
  lose_the_disk();
  std::string data = read_text(at("backup/store/data.mdb"));
  data[data.size() / 2] ^= 1;
  with("store/data.mdb", data, "store/data.mdb is not what was backed up");
  with("store/data.mdb", data.substr(0, data.size() / 2), "is not what was backed up");
  with("backup.json", "", "is not what `xianjie backup` writes");
  with("backup.json", "[]", "is not what `xianjie backup` writes");
  json told = json::parse(read_text(at("backup/backup.json")));
  told["files"][0]["name"] = "../" + std::string(kTownship) + ".keys";
  with("backup.json", told.dump(), "a file's name or hash is none");
  told = json::parse(read_text(at("backup/backup.json")));
  told["office"] = kPrison;
  with("backup.json", told.dump(), std::string("the backup of ") + kPrison);
  std::filesystem::rename(at("backup/backup.json"), at("elsewhere"));
  refused("it is no backup, or one that was not finished");
  std::filesystem::rename(at("elsewhere"), at("backup/backup.json"));
  // What stands beside the store tells that this one is old: a damaged one is not replaced.
  write_text(at(of(".store.epoch")), "epoch ?\n");
  EXPECT_THAT(cli(ask(kTownship, {"restore", backup})).err, HasSubstr("if it is damaged"));
  EXPECT_EQ(read_text(at(of(".store.epoch"))), "epoch ?\n");
  std::filesystem::remove(at(of(".store.epoch")));
  // A first try that died half-way does not stand in the way.
  std::filesystem::create_directory(at(of(".store.restoring")));
  write_text(at(of(".store.restoring")) / "data.mdb", "half");
  answer(ask(kTownship, {"restore", backup}));
  DaemonProcess township = start(kTownship);
  ASSERT_TRUE(township.ready()) << log(kTownship);
  EXPECT_TRUE(status(kTownship)["restored"].is_object());
}

TEST_F(Backups, TwoKeyFilesOfOneNameAreNotBackedUpTogether) {
  {
    DaemonProcess township = start(kTownship);
    ASSERT_TRUE(township.ready()) << log(kTownship);
    EXPECT_EQ(township.stop(), 0);
  }
  std::string config = read_text(at(of(".toml")));
  const std::string key = "keys = \"" + of(".keys") + "\"";
  const std::size_t place = config.find(key);
  ASSERT_NE(place, std::string::npos) << config;
  config.replace(place, key.size(),
                 "keys = [\"" + of(".keys") + "\", \"next/" + of(".keys") + "\"]");
  write_text(at(of(".toml")), config);
  const std::string backup = at("backup").string();
  EXPECT_THAT(cli(ask(kTownship, {"backup", backup, "--with-keys"})).err,
              HasSubstr("have one name"));
  EXPECT_FALSE(std::filesystem::exists(backup));
  answer(ask(kTownship, {"backup", backup}));
}

TEST_F(Backups, TheSecondMachineWithOneIdentityIsRefused) {
  without_port(kPrison);
  {
    DaemonProcess prison = start(kPrison);
    ASSERT_TRUE(prison.ready()) << log(kPrison);
    EXPECT_EQ(prison.stop(), 0);
  }
  // The prison's machine is copied whole, and both are switched on.
  const std::string clone = "clone";
  copy(std::string(kPrison) + ".store", clone + ".store");
  copy(std::string(kPrison) + ".audit", clone + ".audit");
  std::string text = read_text(config(kPrison));
  copy(std::string(kPrison) + ".xjd", clone + ".xjd");
  for (const char* key : {"store", "archive", "api", "directory"}) {
    const std::size_t from = text.find(std::string(key) + " = \"") + std::string(key).size() + 4;
    const std::size_t end = text.find('"', from);
    text.replace(from, end - from,
                 clone + (std::string(key) == "archive"     ? ".audit"
                          : std::string(key) == "api"       ? ".sock"
                          : std::string(key) == "directory" ? ".xjd"
                                                            : ".store"));
  }
  write_text(config(clone), text);
  DaemonProcess township = start(kTownship);
  ASSERT_TRUE(township.ready()) << log(kTownship);
  DaemonProcess prison = start(kPrison);
  ASSERT_TRUE(prison.ready()) << log(kPrison);
  send("测试甲", "110101180001010015");
  ASSERT_TRUE(eventually([&] { return inbox().size() == 1; })) << log(kTownship);
  DaemonProcess second = start(clone);
  ASSERT_TRUE(second.ready()) << log(clone);
  ASSERT_TRUE(eventually([&] {
    const json clones = status(clone)["clones"];
    return clones.size() == 1 && clones[0]["refused_here"] == true;
  })) << log(clone)
      << log(kTownship);
  ASSERT_TRUE(eventually([&] { return status(kPrison)["clones"].size() == 1; })) << log(kPrison);
  EXPECT_THAT(log(kTownship), HasSubstr("clone: two machines run as prison:610802-01"));
  EXPECT_THAT(log(clone), HasSubstr("clone: township:610802001 refuses this machine"));
  EXPECT_THAT(log(kPrison), HasSubstr("clone: a second machine runs as prison:610802-01"));
  EXPECT_THAT(cli(ask(clone, {"status"})).out, HasSubstr("refuses this machine"));
  json links = answer(ask(clone, {"links"}));
  EXPECT_EQ(links["links"].at(0)["state"], "refused_as_clone");
  send("测试乙", "110101180002020020");  // the first one goes on
  EXPECT_TRUE(eventually([&] { return inbox().size() == 2; })) << log(kPrison);
  // The first one is stopped for good: the second is taken, as the older store that it is.
  EXPECT_EQ(prison.stop(), 0);
  EXPECT_TRUE(eventually([&] {
    const json now = status(clone);
    return now["clones"].empty() && now["restored"].is_object();
  })) << log(clone)
      << log(kTownship);
  EXPECT_EQ(second.stop(), 0);
  EXPECT_EQ(township.stop(), 0);
}

}  // namespace
}  // namespace xianjie::tests
