// The door: its first account, who comes in, who has to wait, who is put out.
#include <gmock/gmock.h>

#include "door_fixture.h"

namespace xianjie::tests {
namespace {

using namespace node;
using nlohmann::json;
using std::filesystem::perms;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class FirstDoor : public DoorTest {
 protected:
  void SetUp() override {}
  std::filesystem::path first = scratch.path() / "accounts.json.first-password";
  [[nodiscard]] std::string first_password() const {
    std::string line;
    std::ifstream text(first);
    std::getline(text, line);
    return line;
  }
};

TEST_F(FirstDoor, BeginsWithOneAdministratorWhoMustChooseAPassword) {
  open();
  EXPECT_EQ(std::filesystem::status(first).permissions() & perms::mask, perms(0600));
  const std::string once = first_password();
  EXPECT_GE(once.size(), kPasswordMin);
  EXPECT_THAT(lines, Each(Not(HasSubstr(once))));
  const auto session = enter("admin", once);
  ASSERT_TRUE(session) << session.error().text;
  const Visitor admin = door->visitor(*session).value();
  EXPECT_EQ(admin.role, Role::kSystemAdministrator);
  EXPECT_TRUE(admin.must_change);
  open();
  EXPECT_EQ(first_password(), once) << "a restart begins nothing again";
  EXPECT_FALSE(door->visitor(*session)) << "but signs everybody out";
  const Visitor again = door->visitor(enter("admin", once).value()).value();
  ASSERT_TRUE(door->change_password(again, once, kMadeUp));
  EXPECT_FALSE(std::filesystem::exists(first));
  open();
  EXPECT_FALSE(enter("admin", once));
  EXPECT_TRUE(enter("admin"));
}

TEST_F(FirstDoor, AFileThatCannotBeReadIsNeverBegunAgain) {
  for (const char* broken : {"", "{", R"({"accounts": {"admin": {"role": "system)"}) {
    std::ofstream(file) << broken;
    const auto opened =
        Door::open(file, random, {[this] { return now.instant; }, [this] { return now.wall; }},
                   [](const std::string&) {});
    EXPECT_FALSE(opened) << broken;
    EXPECT_FALSE(std::filesystem::exists(first)) << broken;
    std::ostringstream left;
    left << std::ifstream(file).rdbuf();
    EXPECT_EQ(left.str(), broken);
  }
}

using OpenDoor = DoorTest;

TEST_F(OpenDoor, ASessionKnowsItsVisitor) {
  const auto session = enter("clerk");
  ASSERT_TRUE(session);
  const Visitor clerk = door->visitor(*session).value();
  EXPECT_EQ(clerk.account, "clerk");
  EXPECT_EQ(clerk.person, "测试");
  EXPECT_EQ(clerk.session, *session);
  EXPECT_EQ(clerk.role, Role::kClerk);
  EXPECT_FALSE(clerk.token.empty());
  EXPECT_FALSE(clerk.must_change || clerk.second_factor);
  door->sign_out(clerk);
  EXPECT_FALSE(door->visitor(*session));
  EXPECT_FALSE(door->visitor(""));
  EXPECT_FALSE(door->visitor(std::string(64, '0')));
}

TEST_F(OpenDoor, IdleAndTooLong) {
  const auto idle = enter("clerk").value();
  advance(kSessionIdle - seconds(1));
  EXPECT_TRUE(door->visitor(idle, true));
  advance(seconds(2));
  EXPECT_FALSE(door->visitor(idle, true)) << "a live page is no sign of life";
  const auto busy = enter("clerk").value();
  for (int hour = 0; hour < 48; ++hour) {
    advance(minutes(15));
    if (hour < 47) {
      ASSERT_TRUE(door->visitor(busy)) << hour;
    }
  }
  advance(seconds(1));
  EXPECT_FALSE(door->visitor(busy));
}

TEST_F(OpenDoor, AWallClockThatGoesBackEndsNothingAndOpensNothing) {
  const auto session = enter("clerk").value();
  now.wall = now.wall - days(3000);
  EXPECT_TRUE(door->visitor(session));
  EXPECT_TRUE(enter("clerk"));
}

TEST_F(OpenDoor, GuessesLockTheAccountForAWhile) {
  for (int i = 0; i < kFailuresMax; ++i)
    EXPECT_THAT(enter("clerk", "wrong-1800").error().text, StartsWith("sign_in: "));
  EXPECT_THAT(enter("clerk").error().text, StartsWith("locked: ")) << "even the right one";
  EXPECT_TRUE(enter("viewer"));
  advance(kLockOut + seconds(1));
  EXPECT_TRUE(enter("clerk"));
}

TEST_F(OpenDoor, ANameThatDoesNotExistIsLockedTheSameWay) {
  for (int i = 0; i < kFailuresMax; ++i)
    EXPECT_THAT(enter("nobody").error().text, StartsWith("sign_in: "));
  EXPECT_THAT(enter("nobody").error().text, StartsWith("locked: "));
}

TEST_F(OpenDoor, AnAddressThatGuessesNamesHasToWait) {
  for (int i = 0; i < kFailuresOfAddressMax; ++i)
    EXPECT_FALSE(enter("name" + std::to_string(i), "x", "", "192.0.2.1"));
  EXPECT_THAT(enter("clerk", kMadeUp, "", "192.0.2.1").error().text, StartsWith("locked: "));
  EXPECT_TRUE(enter("clerk", kMadeUp, "", "192.0.2.2"));
}

TEST_F(OpenDoor, GuessedCodesCountAsGuesses) {
  Account clerk = account(Role::kClerk);
  clerk.second_factor = rfc_secret();
  ASSERT_TRUE(save_accounts(
      file, Accounts({{"clerk", clerk}, {"system", account(Role::kSystemAdministrator)}})));
  now.wall = kCode.time;
  open();
  EXPECT_THAT(enter("clerk").error().text, StartsWith("second_factor: "));
  for (int i = 0; i < kFailuresMax; ++i)
    EXPECT_FALSE(enter("clerk", kMadeUp, "00000" + std::to_string(i)));
  EXPECT_THAT(enter("clerk", kMadeUp, kCode.code).error().text, StartsWith("locked: "));
}

TEST_F(OpenDoor, WhoeverIsLockedIsPutOutAtOnce) {
  const auto session = enter("clerk").value();
  EXPECT_TRUE(door->visitor(session, true));
  ASSERT_TRUE(change(signed_in("security"), "lock", "clerk"));
  EXPECT_FALSE(door->visitor(session, true)) << "the live page too";
  EXPECT_FALSE(enter("clerk"));
  ASSERT_TRUE(change(signed_in("security"), "unlock", "clerk"));
  EXPECT_FALSE(door->visitor(session)) << "it does not come back";
  EXPECT_TRUE(enter("clerk"));
}

TEST_F(OpenDoor, WhoeverIsRemovedOrResetIsPutOut) {
  const auto removed = enter("clerk").value(), reset = enter("viewer").value();
  const Visitor system = signed_in("system");
  ASSERT_TRUE(change(system, "remove", "clerk"));
  EXPECT_FALSE(door->visitor(removed));
  ASSERT_TRUE(change(system, "reset", "viewer"));
  EXPECT_FALSE(door->visitor(reset));
  ASSERT_TRUE(change(system, "add", "clerk"));
  EXPECT_FALSE(door->visitor(removed)) << "another person of the same name";
}

TEST_F(OpenDoor, ANewRoleHoldsAtOnce) {
  const auto session = enter("clerk").value();
  ASSERT_TRUE(change(signed_in("security"), "role", "clerk", "viewer"));
  const auto visitor = door->visitor(session);
  EXPECT_TRUE(!visitor || visitor->role == Role::kViewer);
}

TEST_F(OpenDoor, ANewPasswordPutsOutWhoeverStoleTheOld) {
  const auto stolen = enter("clerk").value();
  const Visitor clerk = signed_in("clerk");
  EXPECT_FALSE(door->change_password(clerk, "wrong-1800", "made-up-1801"));
  ASSERT_TRUE(door->change_password(clerk, kMadeUp, "made-up-1801"));
  EXPECT_FALSE(door->visitor(stolen));
  EXPECT_TRUE(enter("clerk", "made-up-1801"));
}

TEST_F(OpenDoor, AStolenSessionDoesNotGuessThePassword) {
  const Visitor thief = signed_in("clerk");
  for (int i = 0; i < kFailuresMax; ++i)
    EXPECT_FALSE(door->change_password(thief, "wrong-180" + std::to_string(i), "made-up-1801"));
  EXPECT_FALSE(door->change_password(thief, kMadeUp, "made-up-1801")) << "it has to wait";
}

TEST_F(OpenDoor, OnAFullDiskPeopleSignInButNothingIsChanged) {
  std::filesystem::remove_all(scratch.path());  // whatever is written now fails
  const node::Visitor system = signed_in("system");
  EXPECT_FALSE(change(system, "add", "newcomer"));
  EXPECT_EQ(listed("newcomer"), nullptr);
  EXPECT_FALSE(door->change_password(system, kMadeUp, "another-1800"));
  EXPECT_TRUE(enter("system")) << "with the old password";
}

TEST_F(OpenDoor, WhoeverIsInsideDoesNotWaitForPasswordsAtTheDoor) {
  const std::string session = *enter("viewer");
  std::atomic<bool> over = false;
  std::jthread crowd([&] {
    for (int i = 0; i < 8; ++i) (void)enter("guess" + std::to_string(i), "wrong-1800");
    over = true;
  });
  std::uint64_t looks = 0;
  while (!over) {
    EXPECT_TRUE(door->visitor(session));
    ++looks;
  }
  EXPECT_GT(looks, 1000U) << "one look a password would be eight";
}

TEST_F(OpenDoor, ARefusalNamesAnAccountButNotWhatMayBeAPassword) {
  EXPECT_FALSE(enter("clerk", "wrong-1800"));
  EXPECT_EQ(lines.back(), "sign_in_refused account=clerk from=");
  EXPECT_FALSE(enter("secret-1800", "clerk"));
  EXPECT_EQ(lines.back(), "sign_in_refused account=- from=");
}

TEST_F(OpenDoor, LinesForTheAuditLogHoldNoSecretAndStayOneLine) {
  EXPECT_FALSE(enter("x\nsign-in account=system role=viewer", "wrong-1800"));
  EXPECT_FALSE(enter("viewer by=system \xff", "wrong-1800"));
  EXPECT_FALSE(enter(std::string(1'000'000, 'a'), "wrong-1800"));
  const Visitor clerk = signed_in("clerk");
  ASSERT_TRUE(door->change_password(clerk, kMadeUp, "made-up-1801"));
  ASSERT_TRUE(change(signed_in("security"), "lock", "viewer"));
  EXPECT_GE(lines.size(), 6U) << "each refusal, sign-in and change";
  for (const std::string& line : lines) {
    EXPECT_EQ(line.find('\n'), std::string::npos) << line;
    EXPECT_EQ(line.find("made-up"), std::string::npos) << line;
    EXPECT_EQ(line.find("wrong-"), std::string::npos) << line;
    EXPECT_EQ(line.find("account=system role"), std::string::npos) << line;
    EXPECT_EQ(line.find(" by=system"), std::string::npos) << line;
    EXPECT_LT(line.size(), 500U);
  }
}

}  // namespace
}  // namespace xianjie::tests
