// The administration of accounts: who may do what to whom, on a disk that refuses and from two
// desks at once; second factors.
#include <gmock/gmock.h>

#include <latch>
#include <thread>

#include "door_fixture.h"

namespace xianjie::tests {
namespace {

using namespace node;
using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

using Administration = DoorTest;

TEST_F(Administration, EachActIsOneAdministratorsAlone) {
  const std::map<std::string, std::string> of{{"add", "system"},    {"remove", "system"},
                                              {"reset", "system"},  {"role", "security"},
                                              {"lock", "security"}, {"unlock", "security"}};
  for (const auto& [name, role] : names()) {
    const Visitor visitor = signed_in(name);
    for (const auto& [act, who] : of) {
      if (who == name) continue;
      const std::string whom = act == "add" ? "new" : name == "clerk" ? "viewer" : "clerk";
      const auto refusal = change(visitor, act.c_str(), whom, "auditor");
      ASSERT_FALSE(refusal) << name << " " << act;
      EXPECT_THAT(refusal.error().text, StartsWith("forbidden: ")) << name << " " << act;
    }
  }
  EXPECT_EQ(door->accounts()["accounts"].size(), names().size());
  const Visitor system = signed_in("system"), security = signed_in("security");
  const auto once = change(system, "add", "new", "auditor");
  ASSERT_TRUE(once);
  EXPECT_EQ(once->at("account"), "new");
  EXPECT_TRUE(enter("new", once->at("one_time_password").get<std::string>()));
  EXPECT_EQ(listed("new")["role"], "auditor");
  EXPECT_TRUE(change(security, "role", "new", "viewer"));
  EXPECT_EQ(listed("new")["role"], "viewer");
  EXPECT_TRUE(change(security, "lock", "new"));
  EXPECT_EQ(listed("new")["locked"], true);
  EXPECT_TRUE(change(security, "unlock", "new"));
  EXPECT_TRUE(change(system, "reset", "new"));
  EXPECT_EQ(listed("new")["must_change_password"], true);
  EXPECT_TRUE(change(system, "remove", "new"));
  EXPECT_TRUE(listed("new").is_null());
}

TEST_F(Administration, OnlyThoseWhoNeedThemSeeTheAccounts) {
  EXPECT_FALSE(sees_accounts(Role::kViewer));
  EXPECT_FALSE(sees_accounts(Role::kClerk));
  EXPECT_FALSE(sees_accounts(Role::kOperator));
  EXPECT_TRUE(sees_accounts(Role::kSystemAdministrator));
  EXPECT_TRUE(sees_accounts(Role::kSecurityAdministrator));
  const std::string text = door->accounts().dump();
  EXPECT_EQ(text.find("$argon2"), std::string::npos);
  for (const char* key : {"account", "role", "name", "locked", "second_factor", "created",
                          "last_seen", "must_change_password"})
    EXPECT_TRUE(listed("clerk").contains(key)) << key;
}

TEST_F(Administration, NobodyGivesHimselfRightsAndTheLastOneStays) {
  const Visitor system = signed_in("system"), security = signed_in("security");
  EXPECT_FALSE(change(security, "role", "security", "system-administrator"));
  EXPECT_FALSE(change(system, "remove", "system"));
  EXPECT_FALSE(change(security, "lock", "system"));
  EXPECT_FALSE(change(security, "role", "system", "viewer"));
  EXPECT_EQ(listed("system")["locked"], false);
}

TEST_F(Administration, ABodyThatIsNoneIsRefused) {
  const Visitor system = signed_in("system");
  for (const char* body :
       {"null", "[]", "5", "\"add\"", "{}", R"({"act": 5})", R"({"act": "add"})",
        R"({"act": "emperor", "account": "clerk"})", R"({"act": "remove", "account": ["clerk"]})",
        R"({"act": "add", "account": "n", "role": "emperor", "name": "x"})",
        R"({"act": "add", "account": "n", "role": 4, "name": "x"})",
        R"({"act": "add", "account": {}, "role": "viewer", "name": ""})"})
    EXPECT_NO_THROW(EXPECT_FALSE(door->change_account(system, json::parse(body)))) << body;
  for (const char* body : {"null", "[]", "5", "\"x\"", R"({"off": "yes"})", R"({"off": 1})",
                           R"({"off": null})", R"({"code": null})", R"({"code": ["1"]})"})
    EXPECT_NO_THROW(EXPECT_FALSE(door->second_factor(system, json::parse(body), "o"))) << body;
  EXPECT_EQ(door->accounts()["accounts"].size(), names().size());
}

TEST_F(Administration, WhereTheDiskRefusesNothingHasChanged) {
  const Visitor system = signed_in("system"), security = signed_in("security");
  const Visitor clerk = signed_in("clerk");
  std::filesystem::rename(scratch.path(), scratch.path().string() + ".away");
  EXPECT_FALSE(change(system, "add", "new"));
  EXPECT_FALSE(change(system, "remove", "viewer"));
  EXPECT_FALSE(change(security, "lock", "clerk"));
  EXPECT_FALSE(change(security, "role", "clerk", "auditor"));
  EXPECT_FALSE(door->change_password(clerk, kMadeUp, "made-up-1801"));
  EXPECT_TRUE(listed("new").is_null());
  EXPECT_FALSE(listed("viewer").is_null());
  EXPECT_EQ(listed("clerk")["locked"], false);
  EXPECT_EQ(listed("clerk")["role"], "clerk");
  std::filesystem::rename(scratch.path().string() + ".away", scratch.path());
  EXPECT_TRUE(enter("clerk"));
  EXPECT_TRUE(change(security, "lock", "clerk"));
}

TEST_F(Administration, TwoDesksAtOnceLoseNothing) {
  const Visitor system = signed_in("system"), security = signed_in("security");
  std::latch both(2);
  std::thread one([&] {
    both.arrive_and_wait();
    for (const char* name : {"a1", "a2", "a3"}) EXPECT_TRUE(change(system, "add", name));
  });
  std::thread two([&] {
    both.arrive_and_wait();
    for (int i = 0; i < 50; ++i)
      EXPECT_TRUE(change(security, i % 2 == 0 ? "lock" : "unlock", "clerk"));
    EXPECT_TRUE(change(security, "role", "viewer", "auditor"));
    EXPECT_GE(door->accounts()["accounts"].size(), names().size());
    door->visitor(system.session, true);
  });
  one.join();
  two.join();
  const auto kept = load_accounts(file);
  ASSERT_TRUE(kept) << kept.error().text;
  EXPECT_EQ(kept->rows().size(), names().size() + 3);
  EXPECT_FALSE(kept->find("clerk")->locked);
  EXPECT_EQ(kept->find("viewer")->role, Role::kAuditor);
}

TEST_F(Administration, OfTwoThatLockTheLastTwoOnlyOneDoes) {
  ASSERT_TRUE(change(signed_in("security"), "role", "viewer", "system-administrator"));
  const Visitor by = signed_in("security");
  for (int round = 0; round < 20; ++round) {
    std::latch both(2);
    std::atomic<int> done = 0;
    const auto lock = [&](const char* whom) {
      both.arrive_and_wait();
      if (change(by, "lock", whom)) ++done;
    };
    std::thread one(lock, "system"), two(lock, "viewer");
    one.join();
    two.join();
    ASSERT_EQ(done, 1) << round;
    ASSERT_TRUE(change(by, "unlock", listed("system")["locked"] == true ? "system" : "viewer"));
  }
}

struct SecondFactor : DoorTest {
  Result<json> factor(const Visitor& visitor, const json& body) {
    return door->second_factor(visitor, body, "township:610802001");
  }
};

TEST_F(SecondFactor, IsOnOnceACodeHasProvedIt) {
  now.wall = kCode.time;
  const Visitor clerk = signed_in("clerk");
  EXPECT_FALSE(factor(clerk, {{"code", kCode.code}})) << "no secret yet";
  const auto tried = factor(clerk, json::object());
  ASSERT_TRUE(tried) << tried.error().text;
  EXPECT_EQ(tried->at("secret"), base32(rfc_secret()));
  EXPECT_THAT(tried->at("uri").get<std::string>(), StartsWith("otpauth://totp/"));
  EXPECT_FALSE(signed_in("clerk").second_factor) << "not before it was proved";
  EXPECT_FALSE(factor(clerk, {{"code", "000000"}}));
  EXPECT_FALSE(factor(clerk, {{"code", 81804}}));
  EXPECT_FALSE(factor(signed_in("viewer"), {{"code", kCode.code}})) << "another's secret";
  const auto on = factor(clerk, {{"code", kCode.code}});
  ASSERT_TRUE(on) << on.error().text;
  EXPECT_EQ(on->at("second_factor"), true);
  EXPECT_EQ(listed("clerk")["second_factor"], true);
  EXPECT_THAT(enter("clerk").error().text, StartsWith("second_factor: "));
  EXPECT_FALSE(enter("clerk", kMadeUp, kCode.code)) << "it proved the secret: used";
  now.wall = kNextCode.time;
  EXPECT_TRUE(enter("clerk", kMadeUp, kNextCode.code));
  EXPECT_FALSE(enter("clerk", kMadeUp, kNextCode.code)) << "twice";
  EXPECT_EQ(door->accounts().dump().find(base32(rfc_secret())), std::string::npos);
}

TEST_F(SecondFactor, GoesWithThePasswordOnly) {
  now.wall = kCode.time;
  const Visitor clerk = signed_in("clerk");
  ASSERT_TRUE(factor(clerk, json::object()));
  ASSERT_TRUE(factor(clerk, {{"code", kCode.code}}));
  EXPECT_FALSE(factor(clerk, {{"off", true}}));
  EXPECT_FALSE(factor(clerk, {{"off", true}, {"password", "wrong-1800"}}));
  EXPECT_FALSE(factor(clerk, {{"off", true}, {"password", 1800}}));
  EXPECT_EQ(listed("clerk")["second_factor"], true);
  ASSERT_TRUE(factor(clerk, {{"off", true}, {"password", kMadeUp}}));
  EXPECT_EQ(listed("clerk")["second_factor"], false);
}

TEST_F(SecondFactor, AThiefOfASessionDoesNotPutAnotherInItsPlace) {
  now.wall = kCode.time;
  const Visitor clerk = signed_in("clerk");
  ASSERT_TRUE(factor(clerk, json::object()));
  ASSERT_TRUE(factor(clerk, {{"code", kCode.code}}));
  now.wall = kLaterCode.time;
  const auto again = factor(clerk, json::object());
  const bool replaced = again && factor(clerk, {{"code", kLaterCode.code}});
  EXPECT_FALSE(replaced) << "turn it off first, with the password";
}

}  // namespace
}  // namespace xianjie::tests
