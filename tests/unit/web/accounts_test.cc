// Accounts: which names and passwords there may be, who signs in, and who must stay.
#include "node/web/accounts.h"

#include <gmock/gmock.h>

#include <ctime>

#include "accounts_fixture.h"

namespace xianjie::tests {
namespace {

using namespace node;
using testing::StartsWith;

bool good(std::string_view password, std::string_view account = "clerk") {
  return check_password(password, account).has_value();
}

TEST(Passwords8, NeedLengthALetterAndADigit) {
  EXPECT_TRUE(good("madeup18"));
  EXPECT_TRUE(good("MADE UP 18 !"));
  EXPECT_FALSE(good(""));
  EXPECT_FALSE(good("madeup1"));
  EXPECT_FALSE(good("madeupmadeup"));
  EXPECT_FALSE(good("18001801"));
  EXPECT_FALSE(good("!!!!!!!!"));
  EXPECT_TRUE(good(std::string(kPasswordMax - 2, 'a') + "18"));
  EXPECT_FALSE(good(std::string(kPasswordMax, 'a') + "18"));
  EXPECT_FALSE(good(std::string(10'000'000, 'a') + "18"));
}

TEST(Passwords8, CountCharactersNotBytes) {
  EXPECT_FALSE(good("密码a1")) << "8 bytes, 4 characters";
  EXPECT_TRUE(good("这是一个密码a1"));
}

TEST(Passwords8, AreNotTheAccountsName) {
  EXPECT_FALSE(good("clerk1800", "clerk1800"));
  EXPECT_FALSE(good("CLERK1800", "clerk1800")) << "however it is typed";
  EXPECT_TRUE(good("made-up-1800", "clerk1800"));
}

struct AccountRows : testing::Test {
  SeededRandom random{1806};
  Accounts accounts{
      {{"admin", account(Role::kSystemAdministrator)}, {"clerk", account(Role::kClerk)}}};
  Result<> enter(const char* name, const char* code = "", WallTime now = kSignedInAt) {
    return accounts.sign_in(name, kMadeUp, code, now);
  }
};

TEST_F(AccountRows, ANewOneHasAOneTimePassword) {
  const auto once = accounts.add("viewer", Role::kViewer, "测试乙", kSignedInAt, random);
  ASSERT_TRUE(once) << once.error().text;
  EXPECT_TRUE(good(*once, "viewer"));
  const Account* row = accounts.find("viewer");
  ASSERT_TRUE(row);
  EXPECT_TRUE(row->must_change);
  EXPECT_EQ(row->person, "测试乙");
  EXPECT_EQ(row->created, kSignedInAt);
  EXPECT_EQ(row->password_hash.find(*once), std::string::npos);
  EXPECT_TRUE(accounts.sign_in("viewer", *once, "", kSignedInAt + days(1)));
  EXPECT_EQ(accounts.find("viewer")->seen, kSignedInAt + days(1));
  EXPECT_FALSE(accounts.set_password("viewer", *once, *once)) << "the administrator knows it";
  EXPECT_TRUE(accounts.find("viewer")->must_change);
  ASSERT_TRUE(accounts.set_password("viewer", *once, kMadeUp));
  EXPECT_FALSE(accounts.find("viewer")->must_change);
  EXPECT_FALSE(accounts.sign_in("viewer", *once, "", kSignedInAt)) << "once";
}

TEST_F(AccountRows, RefusesNamesThatAreNoNames) {
  using std::string_literals::operator""s;
  for (const std::string& name :
       {""s, std::string(kAccountNameMax + 1, 'a'), "a b"s, "a\nact=lock account=b"s, "a\0b"s,
        "\xff\xfe"s, "../../etc"s, "=1+1"s, "<b>"s, "a\"b"s, "clerk"s})
    EXPECT_FALSE(accounts.add(name, Role::kViewer, "测试", kSignedInAt, random)) << name;
  EXPECT_EQ(accounts.rows().size(), 2U);
  EXPECT_TRUE(
      accounts.add(std::string(kAccountNameMax, 'a'), Role::kViewer, "", kSignedInAt, random));
}

TEST_F(AccountRows, RefusesAPersonThatNoFileCouldHold) {
  EXPECT_FALSE(accounts.add("v", Role::kViewer, "\xff\xfe", kSignedInAt, random));
  EXPECT_FALSE(accounts.add("v", Role::kViewer, std::string(1'000'000, 'x'), kSignedInAt, random));
}

TEST_F(AccountRows, HasALimit) {
  std::map<std::string, Account> rows;
  for (std::size_t i = 0; i < kAccountsMax; ++i)
    rows["a" + std::to_string(i)] = account(Role::kViewer);
  Accounts many(std::move(rows));
  const auto more = many.add("b", Role::kViewer, "", kSignedInAt, random);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, ErrorCode::kFull);
}

TEST_F(AccountRows, AResetKeepsTheSecondFactor) {
  ASSERT_TRUE(accounts.set_second_factor("clerk", rfc_secret(), 0));
  const auto once = accounts.reset("clerk", random);
  ASSERT_TRUE(once);
  EXPECT_TRUE(accounts.find("clerk")->must_change);
  EXPECT_EQ(accounts.find("clerk")->second_factor, rfc_secret());
  const auto without = accounts.sign_in("clerk", *once, "", kCode.time);
  ASSERT_FALSE(without) << "whoever reset it cannot sign in as the clerk";
  EXPECT_THAT(without.error().text, StartsWith("second_factor: "));
  EXPECT_NE(accounts.reset("clerk", random).value(), *once);
  EXPECT_FALSE(accounts.sign_in("clerk", *once, kCode.code, kCode.time));
  EXPECT_EQ(accounts.reset("nobody", random).error().code, ErrorCode::kNotFound);
}

TEST_F(AccountRows, TheLastAdministratorStays) {
  EXPECT_FALSE(accounts.remove("admin"));
  EXPECT_FALSE(accounts.lock("admin", true));
  EXPECT_FALSE(accounts.set_role("admin", Role::kSecurityAdministrator));
  EXPECT_FALSE(accounts.find("admin")->locked);
  ASSERT_TRUE(accounts.add("second", Role::kSystemAdministrator, "", kSignedInAt, random));
  ASSERT_TRUE(accounts.lock("second", true));
  EXPECT_FALSE(accounts.remove("admin")) << "the other one cannot sign in";
  EXPECT_FALSE(accounts.lock("admin", true));
  ASSERT_TRUE(accounts.lock("second", false));
  EXPECT_TRUE(accounts.lock("admin", true));
  EXPECT_FALSE(accounts.remove("second"));
  EXPECT_FALSE(accounts.set_role("second", Role::kViewer));
  EXPECT_TRUE(accounts.remove("admin")) << "locked: it is not the last that can sign in";
  EXPECT_FALSE(accounts.find("admin"));
}

TEST_F(AccountRows, NobodyIsNotFound) {
  EXPECT_EQ(accounts.remove("nobody").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(accounts.lock("", true).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(accounts.set_role("nobody", Role::kClerk).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(accounts.find("nobody"), nullptr);
}

TEST_F(AccountRows, APasswordNeedsTheOldOne) {
  EXPECT_FALSE(accounts.set_password("clerk", "", "made-up-1801"));
  EXPECT_FALSE(accounts.set_password("clerk", "made-up-1801", "made-up-1801"));
  EXPECT_FALSE(accounts.set_password("clerk", kMadeUp, "short1"));
  EXPECT_FALSE(accounts.set_password("nobody", kMadeUp, "made-up-1801"));
  EXPECT_TRUE(enter("clerk")) << "unchanged by all that";
  ASSERT_TRUE(accounts.set_password("clerk", kMadeUp, "made-up-1801"));
  EXPECT_FALSE(enter("clerk"));
}

TEST_F(AccountRows, EveryRefusalSaysTheSame) {
  ASSERT_TRUE(accounts.lock("clerk", true));
  const auto locked = enter("clerk");
  const auto nobody = enter("nobody");
  const auto wrong = accounts.sign_in("admin", "made-up-1801", "", kSignedInAt);
  const auto huge = accounts.sign_in("admin", std::string(10'000'000, 'a'), "", kSignedInAt);
  const auto empty = accounts.sign_in("", "", "", kSignedInAt);
  for (const auto* refusal : {&locked, &nobody, &wrong, &huge, &empty}) {
    ASSERT_FALSE(*refusal);
    EXPECT_EQ(refusal->error().code, ErrorCode::kRefused);
    EXPECT_EQ(refusal->error().text, wrong.error().text);
  }
  EXPECT_FALSE(accounts.find("clerk")->seen.is_set());
}

TEST_F(AccountRows, ANameThatDoesNotExistTakesAsLong) {
  const auto cost = [&](const char* name) {  // of the processor: others may be busy
    const std::clock_t start = std::clock();
    EXPECT_FALSE(accounts.sign_in(name, "made-up-1801", "", kSignedInAt));
    return std::clock() - start;
  };
  cost("nobody");
  EXPECT_GT(cost("nobody") * 4, cost("admin"));
}

TEST_F(AccountRows, ACodeIsTakenOnce) {
  ASSERT_TRUE(accounts.set_second_factor("clerk", rfc_secret(), 0));
  for (const char* wrong : {"", "081805", "050471", "005924"}) {
    const auto refusal = enter("clerk", wrong, kCode.time - seconds(30));
    ASSERT_FALSE(refusal) << wrong;
    EXPECT_EQ(refusal.error().code, ErrorCode::kNotFound);
    EXPECT_THAT(refusal.error().text, StartsWith("second_factor: "));
  }
  EXPECT_EQ(accounts.sign_in("clerk", "wrong-1800", kCode.code, kCode.time).error().code,
            ErrorCode::kRefused);
  EXPECT_TRUE(enter("clerk", kCode.code, kCode.time)) << "a wrong password does not use it up";
  EXPECT_FALSE(enter("clerk", kCode.code, kCode.time + seconds(1))) << "seen over a shoulder";
  EXPECT_TRUE(enter("clerk", kNextCode.code, kNextCode.time));
  EXPECT_FALSE(enter("clerk", kCode.code, kCode.time)) << "the clock went back";
  EXPECT_EQ(accounts.find("clerk")->code_used, kNextCode.step);
  EXPECT_TRUE(enter("clerk", kLaterCode.code, kLaterCode.time));
}

TEST_F(AccountRows, TheCodeThatProvedASecretIsUsed) {
  ASSERT_TRUE(accounts.set_second_factor("clerk", rfc_secret(), kCode.step));
  EXPECT_FALSE(enter("clerk", kCode.code, kCode.time));
  EXPECT_TRUE(enter("clerk", kNextCode.code, kNextCode.time));
}

TEST_F(AccountRows, ASecondFactorGoesWithThePasswordOnly) {
  ASSERT_TRUE(accounts.set_second_factor("clerk", rfc_secret(), 0));
  EXPECT_FALSE(accounts.clear_second_factor("clerk", "made-up-1801"));
  EXPECT_FALSE(accounts.clear_second_factor("nobody", kMadeUp));
  EXPECT_FALSE(enter("clerk"));
  ASSERT_TRUE(accounts.clear_second_factor("clerk", kMadeUp));
  EXPECT_TRUE(enter("clerk"));
}

}  // namespace
}  // namespace xianjie::tests
