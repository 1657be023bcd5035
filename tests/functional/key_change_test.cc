// Offices change their keys, and lose them: all three of all offices in the middle of a month with
// mail under way; a stolen key, with mail from before and from the thief.
#include <gmock/gmock.h>

#include "tests/functional/flow_offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

using OfficeLines = std::vector<std::pair<std::string, std::string>>;

class KeyChange : public HandMadeOffices {
 protected:
  static OfficeLines offices() {
    return {{kProvinceId, ""},
            {kCountyId, kProvinceId},
            {kTownshipId, kCountyId},
            {kPrisonId, kProvinceId}};
  }
  explicit KeyChange(double rate) : HandMadeOffices(offices(), clock_running_at(rate)) {}

  // The next key set of an office, published from that moment on, and installed.
  json rotate(const std::string& office, const std::string& from) {
    const Ended made = cli({"keys", "rotate", "--keys", at(office + ".keys").string(), "--output",
                            at(office + "-2.keys").string(), "--valid-from", from, "--json"});
    EXPECT_EQ(made.status, 0) << made.err;
    std::ofstream(at("keys.json"), std::ios::app) << made.out;
    return json::parse(made.out, nullptr, false);
  }
  void configure(const std::string& office, const std::string& line, const std::string& by) {
    std::string text = read_text(config(office));
    const std::size_t at_line = text.find(line);
    ASSERT_NE(at_line, std::string::npos) << text;
    write_text(config(office), text.replace(at_line, line.size(), by));
  }
  void install(const std::string& office) {
    configure(office, "keys = \"" + office + ".keys\"",
              "keys = [\"" + office + "-2.keys\", \"" + office + ".keys\"]");
  }
  // Every line of keys.json of this set, with something added.
  void amend(const std::string& office, int key_id, const json& added) {
    std::string out;
    for (json& line : json_lines(read_text(at("keys.json")))) {
      if (line["office"] == office && line["key_id"] == key_id) line.update(added);
      out += line.dump() + "\n";
    }
    write_text(at("keys.json"), out);
  }
  // The second directory, and these offices have it.
  void publish_for(const std::vector<std::string>& whom) {
    auto arguments = draft_arguments(folder());
    *(std::ranges::find(arguments, "--version") + 1) = "2";
    arguments.insert(arguments.end(), {"--channels", at("channels.json").string(), "--rehearsal",
                                       "--valid-days", "0"});
    const Ended drafted = cli(arguments);
    EXPECT_EQ(drafted.status, 0) << drafted.err;
    const Ended published = publish(folder(), at("second.xjd"), at("directory.xjd"));
    EXPECT_EQ(published.status, 0) << published.err;
    for (const std::string& office : whom) give_directory(office);
  }
  void give_directory(const std::string& office) {
    std::filesystem::copy_file(at("second.xjd"), at(office + ".xjd"),
                               std::filesystem::copy_options::overwrite_existing);
  }
  [[nodiscard]] std::filesystem::path folder() const { return at("keys.json").parent_path(); }

  void start_daemon(const std::string& office) {
    daemons_[office] = std::make_unique<DaemonProcess>(start(office));
    EXPECT_TRUE(daemons_[office]->ready()) << log(office);
  }
  std::string send(const char* kind, const std::string& number) {
    return hand_in(kPrisonId, kind, person(kPrisonId, "测试丁", number));
  }
  bool has_item(const std::string& office, const std::string& id) {
    const json list = act(office, {"inbox", "list", "--with-copies", "--all"});
    for (const json& item : list["items"])
      if (item["id"] == id) return true;
    return false;
  }
  std::string state_of(const std::string& office, int key_id) {
    const json list = act(office, {"keys", "list"});
    for (const json& row : list["keys"])
      if (row["key_id"] == key_id) return row["state"];
    return "";
  }

  std::map<std::string, std::unique_ptr<DaemonProcess>> daemons_;
};

class KeyRotation : public KeyChange {
 protected:
  KeyRotation() : KeyChange(5400) {}
};

TEST_F(KeyRotation, AllKeysOfAllOfficesChangeInTheMiddleOfAMonth) {
  constexpr const char* kSwitch = "2026-12-11T12:00:00+08:00";
  for (const auto& [office, parent] : offices()) {
    const json request = rotate(office, kSwitch);
    EXPECT_EQ(request["key_id"], 2);
    amend(office, 1, {{"valid_until", "2026-12-11T18:00:00+08:00"}});
    install(office);
  }
  publish_for({kProvinceId, kCountyId, kTownshipId, kPrisonId});
  for (const auto& [office, parent] : offices()) start_daemon(office);
  EXPECT_EQ(state_of(kCountyId, 1), "current");
  EXPECT_EQ(state_of(kCountyId, 2), "next");
  const std::string notice = send("pre_release_notice", "110101180001010015");

  // Past the moment, nobody restarted: the links come up again under the new keys.
  EXPECT_TRUE(eventually([&] { return state_of(kCountyId, 1) == "old"; }));
  EXPECT_EQ(state_of(kCountyId, 2), "current");
  const std::string urgent = send("ad_hoc_report", "110101180001020010");
  EXPECT_TRUE(eventually([&] { return has_item(kTownshipId, urgent); })) << log(kCountyId);

  // The notice was signed and sealed with the old ones, and waits for the gates of others.
  EXPECT_TRUE(eventually([&] { return has_item(kTownshipId, notice); }, 90)) << log(kCountyId);
  EXPECT_EQ(act(kTownshipId, {"inbox", "show", notice})["payload"]["name"], "测试丁");
  EXPECT_EQ(act(kCountyId, {"inbox", "show", notice})["payload"]["name"], "测试丁")
      << "its path copy is sealed to the old key too";
  act(kTownshipId, {"inbox", "settle", notice, "--own-area"});
  EXPECT_TRUE(eventually([&] {
    const json ledger = act(kPrisonId, {"trace", notice})["ledger"];
    return ledger["receipt"] == "processed" && ledger["outcome"] == "own-area";
  })) << log(kPrisonId);
  const json retired = act(kTownshipId, {"keys", "retire"});
  EXPECT_EQ(retired["current"], 2);
  EXPECT_EQ(retired["keys"][0]["may_delete"], false) << retired.dump();
  for (const auto& [office, parent] : offices()) {
    EXPECT_THAT(log(office), HasSubstr("key=2"));
    EXPECT_THAT(log(office), testing::Not(HasSubstr("passphrase")));
  }
}

class KeyTheft : public KeyChange {
 protected:
  KeyTheft() : KeyChange(600) {}
};

TEST_F(KeyTheft, WhatWasTakenBeforeStandsAndWhatTheThiefHandsInGoesNowhere) {
  start_daemon(kProvinceId);
  start_daemon(kPrisonId);
  const std::string honest = send("ad_hoc_report", "110101180001010015");
  ASSERT_TRUE(eventually([&] { return has_item(kProvinceId, honest); }));
  const std::string stolen = act(kProvinceId, {"status"})["time"];
  // The province has not heard of it yet when the thief, with the prison's old key, hands one in.
  ASSERT_TRUE(eventually([&] { return act(kProvinceId, {"status"})["time"] > stolen; }));
  const std::string forged = send("ad_hoc_report", "110101180001020010");
  ASSERT_TRUE(eventually([&] { return has_item(kProvinceId, forged); }));
  daemons_.erase(kPrisonId);

  rotate(kPrisonId, "2026-12-01T00:00:00+08:00");
  amend(kPrisonId, 1, {{"revoked_at", stolen}});
  install(kPrisonId);
  publish_for({kCountyId, kTownshipId, kPrisonId});
  start_daemon(kCountyId);  // brings the province the news
  start_daemon(kTownshipId);
  const auto held_at_province = [&](const std::string& id) {
    const json queues = act(kProvinceId, {"queue", "list"});
    for (const json& row : queues["held"])
      if (row["id"] == id) return std::string(row["reason"]).starts_with("revoked_key");
    return false;
  };
  EXPECT_TRUE(eventually([&] { return held_at_province(forged); }))
      << act(kProvinceId, {"queue", "list"}).dump() << log(kProvinceId);
  EXPECT_TRUE(eventually([&] { return has_item(kTownshipId, honest); })) << log(kProvinceId);
  EXPECT_FALSE(has_item(kTownshipId, forged));
  EXPECT_THAT(log(kProvinceId), HasSubstr("revoked_key"));

  start_daemon(kPrisonId);
  EXPECT_EQ(state_of(kPrisonId, 1), "revoked");
  EXPECT_EQ(state_of(kPrisonId, 2), "current");
  act(kTownshipId, {"inbox", "settle", honest, "--own-area"});
  EXPECT_TRUE(eventually([&] {
    return act(kPrisonId, {"trace", honest})["ledger"]["receipt"] == "processed";
  })) << log(kPrisonId);
}

class KeyFiles : public KeyChange {
 protected:
  KeyFiles() : KeyChange(1e-6) {}
};

TEST_F(KeyFiles, UnderAPassphraseOpenWithItAlone) {
  const std::string file = at(std::string(kTownshipId) + ".keys").string();
  write_text(at("pass"), "made-up passphrase\n");
  write_text(at("wrong"), "another passphrase\n");
  for (const char* name : {"pass", "wrong"})
    std::filesystem::permissions(
        at(name), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const std::string before = read_text(file);
  EXPECT_EQ(answer({"keys", "protect", file, "--passphrase-file", at("pass").string()})["about"],
            std::string(kTownshipId) + " key 1");
  EXPECT_THAT(read_text(file), StartsWith("xianjie-keys 2\n"));
  EXPECT_EQ(answer({"keys", "check", file, "--passphrase-file", at("pass").string()})["sound"],
            true);
  const Ended wrong = cli({"keys", "check", file, "--passphrase-file", at("wrong").string()});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_THAT(wrong.err, HasSubstr("passphrase: it does not open this file"));
  EXPECT_EQ(std::count(wrong.err.begin(), wrong.err.end(), '\n'), 1) << wrong.err;
  {
    const DaemonProcess refused = start(kTownshipId);
    EXPECT_FALSE(refused.ready());
    EXPECT_THAT(log(kTownshipId), HasSubstr("keys_passphrase_file"));
  }
  configure(kTownshipId, "directory = ", "keys_passphrase_file = \"pass\"\ndirectory = ");
  start_daemon(kTownshipId);
  EXPECT_EQ(state_of(kTownshipId, 1), "current");
  EXPECT_EQ(cli({"keys", "unprotect", file, "--passphrase-file", at("wrong").string()}).status, 1);
  EXPECT_EQ(
      answer({"keys", "unprotect", file, "--passphrase-file", at("pass").string()})["protected"],
      false);
  EXPECT_EQ(read_text(file), before);
}

TEST_F(KeyFiles, OfWhichNoneCountsAreRefusedAtTheStart) {
  amend(kTownshipId, 1, {{"revoked_at", "2026-12-01T00:00:00+08:00"}});
  publish_for({kTownshipId});
  const DaemonProcess refused = start(kTownshipId);
  EXPECT_FALSE(refused.ready());
  EXPECT_THAT(log(kTownshipId), HasSubstr("1 is revoked"));
  EXPECT_THAT(log(kTownshipId), HasSubstr("xianjie keys rotate"));
}

}  // namespace
}  // namespace xianjie::tests
