// `directory …` as its holders use it: three of them on machines of their own, requests that the
// office above approves, drafts, signatures, what is published, and what is refused.
#include <gmock/gmock.h>

#include "tests/functional/offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::HasSubstr;

class HoldersDesk : public testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_.path() / name).string();
  }
  std::string holder(const std::string& name) { return make_holder(folder_.path(), name); }
  // Two of three for root and list.
  void begin() {
    std::vector<std::string> init{"directory", "init", "--rehearsal", "--output", path("root")};
    for (const char* role : {"--root", "--snapshot"})
      for (const char* who : {"甲", "乙", "丙"}) init.insert(init.end(), {role, made(who)});
    init.insert(init.end(), {"--timestamp", made("t"), "--deny", made("甲")});
    const json drafted = answer(init);
    EXPECT_EQ(drafted["signatures_needed"], 2);
    fingerprint_ = drafted["fingerprint"];
    sign("root", {"甲", "丙"});
  }
  std::string made(const std::string& who) {
    auto& key = holders_[who];
    if (key.empty()) key = holder(who);
    return key;
  }
  Ended sign(const std::string& file, const std::vector<std::string>& who) {
    std::vector<std::string> command{"directory", "sign", path(file)};
    for (const std::string& one : who)
      command.insert(command.end(), {"--holder-key", path(one + ".key")});
    return cli(command);
  }
  std::string request(const std::string& office, const std::string& parent, int key_id = 1) {
    const std::string name = office + "-" + std::to_string(key_id);
    EXPECT_EQ(cli({"keys", "generate", "--office", office, "--key-id", std::to_string(key_id),
                   "--output", path(name + ".keys")})
                  .status,
              0);
    std::vector<std::string> command{"directory", "request",
                                     "--keys",    path(name + ".keys"),
                                     "--name",    office,
                                     "--output",  path(name + ".request"),
                                     "--channel", "class=vpn,network=127.0.0.0/8"};
    if (!parent.empty()) command.insert(command.end(), {"--parent", parent});
    spoken_ = answer(command)["spoken"];
    return path(name + ".request");
  }
  Ended approve(const std::string& file, const std::string& keys, const std::string& heard) {
    return cli({"directory", "approve", file, "--keys", path(keys), "--fingerprint", heard,
                "--output", file + ".approved"});
  }
  // Ministry and province in version 1, published as `one`.
  void publish_first() {
    begin();
    write_text(path("nation.toml"),
               nation_toml({{"ministry:000000", ""}, {"province:610000", "ministry:000000"}}));
    const std::string top = request("ministry:000000", "");
    const std::string below = request("province:610000", "ministry:000000");
    ASSERT_EQ(approve(below, "ministry:000000-1.keys", spoken_).status, 0);
    ASSERT_EQ(cli({"directory", "draft", "--offices", path("nation.toml"), "--request", top,
                   below + ".approved", "--version", "1", "--rehearsal", "--output", path("list")})
                  .status,
              0);
    ASSERT_EQ(sign("list", {"乙", "丙"}).status, 0);
    const Ended done = publish("list", "one");
    ASSERT_EQ(done.status, 0) << done.err;
  }
  Ended publish(const std::string& list, const std::string& output, const std::string& base = "") {
    std::vector<std::string> command{"directory",       "publish",     "--snapshot", path(list),
                                     "--timestamp-key", path("t.key"), "--output",   path(output)};
    if (base.empty())
      command.insert(command.end(), {"--root", path("root")});
    else
      command.insert(command.end(), {"--base", path(base)});
    return cli(command);
  }

  TempDirectory folder_;
  std::map<std::string, std::string> holders_;
  std::string fingerprint_, spoken_;
};

TEST_F(HoldersDesk, MakesADirectoryFromRequestsThatTwoOfThreeSign) {
  publish_first();
  const json verified = answer({"directory", "verify", path("one"), "--fingerprint", fingerprint_});
  EXPECT_EQ(verified["verified"], true);
  EXPECT_EQ(verified["offices"], 2);
  EXPECT_EQ(verified["roles"]["snapshot"]["threshold"], 2);
  EXPECT_EQ(cli({"directory", "verify", path("one"), "--fingerprint", std::string(64, 'a')}).status,
            1);
  const json office = answer({"directory", "show", path("one"), "--office", "province:610000"});
  EXPECT_EQ(office["codes"], json::array({"610000"}));
  EXPECT_EQ(office["channels"][0]["class"], "vpn");
  const json route =
      answer({"route", "explain", "--directory", path("one"), "--from", "province:610000", "--to",
              "ministry:000000", "--fingerprint", fingerprint_});
  EXPECT_EQ(route["directory"], "verified");
  EXPECT_EQ(route["digest"], answer({"directory", "show", path("nation.toml")})["digest"]);

  std::string bytes = read_text(path("one"));
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  write_text(path("one"), bytes);
  EXPECT_EQ(cli({"directory", "verify", path("one"), "--fingerprint", fingerprint_}).status, 1);
}

TEST_F(HoldersDesk, OneSignatureIsNotTwo) {
  publish_first();
  ASSERT_EQ(cli({"directory", "refresh", "--draft", path("next"), "--base", path("one")}).status,
            0);
  ASSERT_EQ(sign("next", {"甲"}).status, 0);
  EXPECT_THAT(publish("next", "two", "one").err, HasSubstr("signed by 1 of its holders, 2 needed"));
  ASSERT_EQ(sign("next", {"甲"}).status, 0);
  EXPECT_EQ(publish("next", "two", "one").status, 1) << "the same holder twice";
  ASSERT_EQ(sign("next", {"丙"}).status, 0);
  EXPECT_EQ(publish("next", "two", "one").status, 0);
  EXPECT_EQ(answer({"directory", "show", path("two")})["version"], 2);
  // What is signed is not edited any more.
  EXPECT_THAT(cli({"directory", "refresh", "--draft", path("next")}).err,
              HasSubstr("signed already"));
}

TEST_F(HoldersDesk, AnOfficeJoinsOnlyAfterTheTelephoneCall) {
  publish_first();
  const std::string file = request("prefecture:610800", "province:610000");
  const std::string heard = spoken_;
  EXPECT_THAT(cli({"directory", "add", file, "--draft", path("next"), "--base", path("one")}).err,
              HasSubstr("nobody has approved it"));
  EXPECT_THAT(approve(file, "province:610000-1.keys", "0000 1111").err,
              HasSubstr("not what was given"));
  EXPECT_THAT(approve(file, "ministry:000000-1.keys", heard).err, HasSubstr("neither"));
  ASSERT_EQ(approve(file, "province:610000-1.keys", heard).status, 0);
  const json added = answer(
      {"directory", "add", file + ".approved", "--draft", path("next"), "--base", path("one")});
  EXPECT_THAT(added["changes"], Contains(json("prefecture:610800: added under province:610000")));

  // One letter of a request changed on the way.
  std::string text = read_text(file);
  text[text.find("name ") + 5] = 'X';
  write_text(file, text);
  EXPECT_THAT(approve(file, "province:610000-1.keys", heard).err, HasSubstr("altered"));
}

TEST_F(HoldersDesk, NewKeysAreApprovedByTheOldOnes) {
  publish_first();
  const std::string file = request("province:610000", "ministry:000000", 2);
  EXPECT_THAT(approve(file, "province:610000-2.keys", spoken_).err, HasSubstr("very key"));
  ASSERT_EQ(approve(file, "province:610000-1.keys", spoken_).status, 0);
  const json added = answer(
      {"directory", "add", file + ".approved", "--draft", path("next"), "--base", path("one")});
  EXPECT_THAT(added["changes"].dump(), HasSubstr("province:610000: key 2 added"));
  EXPECT_THAT(cli({"directory", "add", file + ".approved", "--draft", path("next")}).err,
              HasSubstr("not newer"));
}

TEST_F(HoldersDesk, PlansWhatChangesAndRefusesWhatMakesNoSense) {
  publish_first();
  const auto edit = [&](std::vector<std::string> what) {
    what.insert(what.begin(), "directory");
    what.insert(what.end(), {"--draft", path("next"), "--base", path("one")});
    return cli(what);
  };
  const std::string later = "2099-01-01T00:00:00+08:00", past = "2001-01-01T00:00:00+08:00";
  EXPECT_THAT(edit({"close", "province:610000", "--at", past}).err, HasSubstr("in the past"));
  EXPECT_THAT(edit({"merge", "province:610000", "--into", "county:610802", "--at", later}).err,
              HasSubstr("county:610802: no such office"));
  EXPECT_FALSE(std::filesystem::exists(path("next"))) << "nothing was begun";
  EXPECT_EQ(edit({"close", "province:610000", "--at", later}).status, 0);
  EXPECT_THAT(edit({"merge", "province:610000", "--into", "ministry:000000", "--at", later}).err,
              HasSubstr("ends already"));
  EXPECT_EQ(edit({"revoke", "province:610000", "--key", "1"}).status, 0);
  EXPECT_THAT(edit({"revoke", "province:610000", "--key", "7"}).err, HasSubstr("has no key 7"));
  write_text(path("codes.csv"),
             "code,name,from,to,successors,source\n610899,某区,2001-01-01,2026-01-01,610000,公告\n"
             "61089,短,,,,公告\n");
  EXPECT_THAT(edit({"codes", "import", path("codes.csv")}).err, HasSubstr("line 3"));
  write_text(
      path("codes.csv"),
      "code,name,from,to,successors,source\n610899,\"某,区\",2001-01-01,2026-01-01,610000,公告\n");
  EXPECT_EQ(edit({"codes", "import", path("codes.csv")}).status, 0);
  const json diff = answer({"directory", "diff", path("one"), path("next")});
  EXPECT_THAT(diff["changes"].dump(), HasSubstr("province:610000: closes at 2099"));
  EXPECT_THAT(diff["changes"].dump(), HasSubstr("key 1 revoked"));
  EXPECT_THAT(diff["changes"].dump(), HasSubstr("code changes: 0 rows"));
}

TEST_F(HoldersDesk, ANewRootIsSignedByOldAndNewHolders) {
  publish_first();
  ASSERT_EQ(cli({"directory", "init", "--previous", path("one"), "--root", made("丁"), "--root",
                 made("戊"), "--output", path("root2")})
                .status,
            0);
  const auto publish_root = [&] {
    return cli({"directory", "publish", "--base", path("one"), "--root", path("root2"), "--output",
                path("two")});
  };
  ASSERT_EQ(sign("root2", {"丁", "戊"}).status, 0);
  EXPECT_THAT(publish_root().err, HasSubstr("by the holders before"));
  ASSERT_EQ(sign("root2", {"甲", "乙"}).status, 0);
  const Ended done = publish_root();
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_EQ(
      answer({"directory", "verify", path("two"), "--fingerprint", fingerprint_})["root_version"],
      2);
}

}  // namespace
}  // namespace xianjie::tests
