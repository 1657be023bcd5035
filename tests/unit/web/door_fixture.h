// A door over a scratch folder: hands for its clock, ears for its audit lines.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "accounts_fixture.h"
#include "node/web/accounts_file.h"
#include "node/web/door.h"
#include "tests/support/temp_directory.h"

namespace xianjie::tests {

class DoorTest : public testing::Test {
 protected:
  // One account a role, all with the password kMadeUp; the accounts are called like their words.
  void SetUp() override {
    std::map<std::string, node::Account> rows;
    for (const auto& [name, role] : names()) rows[name] = account(role);
    ASSERT_TRUE(save_accounts(file, node::Accounts(std::move(rows))));
    open();
  }
  static const std::map<std::string, node::Role>& names() {
    using enum node::Role;
    static const std::map<std::string, node::Role> all{{"viewer", kViewer},
                                                       {"clerk", kClerk},
                                                       {"operator", kOperator},
                                                       {"system", kSystemAdministrator},
                                                       {"security", kSecurityAdministrator},
                                                       {"auditor", kAuditor}};
    return all;
  }
  void open() {
    auto opened = node::Door::open(file, random,
                                   {[this] { return now.instant; }, [this] { return now.wall; }},
                                   [this](const std::string& line) {
                                     const std::lock_guard lock(mutex);
                                     lines.push_back(line);
                                   });
    ASSERT_TRUE(opened) << opened.error().text;
    door = std::move(*opened);
  }
  void advance(Duration by) {
    now.instant = now.instant + by;
    now.wall = now.wall + by;
  }
  Result<std::string> enter(const std::string& name, const std::string& password = kMadeUp,
                            const std::string& code = "", const std::string& address = "") {
    return door->sign_in(name, password, code, address);
  }
  // A name without a session, where nobody looks for one.
  node::Visitor signed_in(const std::string& name) {
    const auto session = enter(name);
    EXPECT_TRUE(session) << (session ? "" : session.error().text);
    const auto visitor = session ? door->visitor(*session) : std::nullopt;
    EXPECT_TRUE(visitor);
    return visitor.value_or(node::Visitor{});
  }
  Result<nlohmann::json> change(const node::Visitor& by, const char* what, const std::string& whom,
                                const char* role = "viewer") {
    return door->change_account(
        by, {{"act", what}, {"account", whom}, {"role", role}, {"name", "测试"}});
  }
  nlohmann::json listed(const std::string& name) const {
    const nlohmann::json all = door->accounts();
    for (const nlohmann::json& row : all.at("accounts"))
      if (row.at("account") == name) return row;
    return nullptr;
  }

  TempDirectory scratch;
  std::filesystem::path file = scratch.path() / "accounts.json";
  RfcRandom random{1807};
  Now now{Instant{5'000'000}, kSignedInAt, true};
  std::mutex mutex;
  std::vector<std::string> lines;
  std::unique_ptr<node::Door> door;
};

}  // namespace xianjie::tests
