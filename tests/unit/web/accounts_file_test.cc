// The accounts on disk: whole or refused, and nobody else's to read.
#include "node/web/accounts_file.h"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "accounts_fixture.h"
#include "tests/support/temp_directory.h"

namespace xianjie::tests {
namespace {

using namespace node;
using nlohmann::json;
using std::filesystem::perms;
using testing::HasSubstr;

struct AccountsOnDisk : testing::Test {
  TempDirectory scratch;
  std::filesystem::path file = scratch.path() / "accounts.json";

  void write(const std::string& text) const { std::ofstream(file, std::ios::binary) << text; }
  [[nodiscard]] std::string read() const {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
  }
  [[nodiscard]] static Accounts two() {
    Account clerk = account(Role::kClerk);
    clerk.person = "引\"号\\\n换行";
    clerk.must_change = clerk.locked = true;
    clerk.second_factor = rfc_secret();
    clerk.code_used = 0xffff'ffff'ffff'fffeU;
    clerk.seen = kSignedInAt;
    return Accounts({{"admin", account(Role::kSystemAdministrator)}, {"clerk-1", clerk}});
  }
};

TEST_F(AccountsOnDisk, ComeBackAsTheyWere) {
  const Accounts saved = two();
  ASSERT_TRUE(save_accounts(file, saved));
  const auto loaded = load_accounts(file);
  ASSERT_TRUE(loaded) << loaded.error().text;
  ASSERT_EQ(loaded->rows().size(), 2U);
  for (const auto& [name, row] : saved.rows()) {
    const Account* back = loaded->find(name);
    ASSERT_TRUE(back) << name;
    EXPECT_EQ(back->role, row.role);
    EXPECT_EQ(back->person, row.person);
    EXPECT_EQ(back->password_hash, row.password_hash);
    EXPECT_EQ(back->must_change, row.must_change);
    EXPECT_EQ(back->locked, row.locked);
    EXPECT_EQ(back->second_factor, row.second_factor);
    EXPECT_EQ(back->code_used, row.code_used);
    EXPECT_EQ(back->created, row.created);
    EXPECT_EQ(back->seen, row.seen);
  }
  EXPECT_EQ(read().find(kMadeUp), std::string::npos);
}

TEST_F(AccountsOnDisk, AreTheirOwnersAlone) {
  write("{}");
  std::filesystem::permissions(file, perms(0644));
  ASSERT_TRUE(save_accounts(file, two()));
  EXPECT_EQ(std::filesystem::status(file).permissions() & perms::mask, perms(0600));
  const auto entries = std::filesystem::directory_iterator(scratch.path());
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1) << "nothing left beside it";
}

TEST_F(AccountsOnDisk, NoFileIsNotFound) {
  EXPECT_EQ(load_accounts(file).error().code, ErrorCode::kNotFound);
  std::filesystem::create_directory(file);
  const auto folder = load_accounts(file);
  ASSERT_FALSE(folder);
  EXPECT_NE(folder.error().code, ErrorCode::kNotFound) << "or a new one would be begun";
}

TEST_F(AccountsOnDisk, AFileCutAnywhereIsRefused) {
  ASSERT_TRUE(save_accounts(file, two()));
  const std::string whole = read();
  const std::size_t last = whole.find_last_of('}');
  for (std::size_t size = 0; size <= last; ++size) {
    write(whole.substr(0, size));
    const auto loaded = load_accounts(file);
    ASSERT_FALSE(loaded) << size << " of " << whole.size();
    ASSERT_NE(loaded.error().code, ErrorCode::kNotFound) << size;
  }
  write(whole + whole);
  EXPECT_FALSE(load_accounts(file));
}

TEST_F(AccountsOnDisk, AnythingUnreadableRefusesItNamingTheAccount) {
  ASSERT_TRUE(save_accounts(file, two()));
  const json good = json::parse(read());
  const std::pair<const char*, json> broken[] = {{"role", "emperor"},
                                                 {"role", 7},
                                                 {"role", nullptr},
                                                 {"person", 1800},
                                                 {"password", 1800},
                                                 {"must_change", "no"},
                                                 {"locked", 0},
                                                 {"locked", "false"},
                                                 {"second_factor", "abc"},
                                                 {"second_factor", "zz"},
                                                 {"second_factor", 5},
                                                 {"second_factor", "3132"},
                                                 {"code_used", -1},
                                                 {"code_used", 1e30},
                                                 {"code_used", "1"},
                                                 {"created", "yesterday"},
                                                 {"created", 5},
                                                 {"seen", json::array()},
                                                 {"seen", "9999999-01-01"},
                                                 {"code_used", 1.5}};
  for (const auto& [key, value] : broken) {
    json bad = good;
    bad["accounts"]["clerk-1"][key] = value;
    write(bad.dump());
    const auto loaded = load_accounts(file);
    ASSERT_FALSE(loaded) << key << " " << value;
    EXPECT_THAT(loaded.error().text, HasSubstr("clerk-1")) << key << " " << value;
  }
  for (const auto& [key, value] : good["accounts"]["clerk-1"].items()) {
    json bad = good;
    bad["accounts"]["clerk-1"].erase(key);
    write(bad.dump());
    EXPECT_FALSE(load_accounts(file)) << "without " << key;
  }
}

TEST_F(AccountsOnDisk, OtherFilesAreRefused) {
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[]"), std::string("null"),
        std::string(R"({"accounts": []})"), std::string(R"({"accounts": {"a": 5}})"),
        std::string(R"({"accounts": {"a": {}}})"), std::string(100'000, '['),
        std::string(100'000, '\0'), std::string("\xff\xfe{}")}) {
    write(text);
    const auto loaded = load_accounts(file);
    ASSERT_FALSE(loaded) << text.substr(0, 40);
    EXPECT_NE(loaded.error().code, ErrorCode::kNotFound);
  }
}

TEST_F(AccountsOnDisk, ADiskThatRefusesIsAnError) {
  EXPECT_FALSE(save_accounts(scratch.path() / "gone" / "accounts.json", two()));
}

TEST_F(AccountsOnDisk, NamesThatNoAccountCanHaveAreRefused) {
  for (const char* name : {"", "a b", "a\nb", "A", "../a"}) {
    ASSERT_TRUE(save_accounts(file, Accounts({{name, account(Role::kViewer)}})));
    EXPECT_FALSE(load_accounts(file)) << name;
  }
}

}  // namespace
}  // namespace xianjie::tests
