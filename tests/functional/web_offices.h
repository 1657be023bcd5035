// Offices on loopback with dashboards, and people who sign in there.
#pragma once

#include "tests/functional/browser.h"
#include "tests/functional/offices.h"

namespace xianjie::tests {

class OfficesWithWeb : public HandMadeOffices {
 protected:
  static constexpr const char* kOwn = "made-up-1800";  // everybody's password

  explicit OfficesWithWeb(const std::vector<Line>& offices) : HandMadeOffices(offices) {
    for (const auto& [office, parent] : offices) add_web(office, "127.0.0.1:0");
  }
  void add_web(const std::string& office, const std::string& listen) const {
    const std::string text = read_text(config(office));
    write_text(config(office), text + "[web]\nlisten = \"" + listen + "\"\naccounts = \"" + office +
                                   ".accounts.json\"\n");
  }
  [[nodiscard]] int port(const std::string& office) const {
    const auto file = at(office + ".accounts.json.port");
    EXPECT_TRUE(eventually([&] { return std::filesystem::exists(file); })) << log(office);
    return std::stoi(read_text(file));
  }
  [[nodiscard]] std::string first_password(const std::string& office) const {
    std::string text = read_text(at(office + ".accounts.json.first-password"));
    return text.substr(0, text.find('\n'));
  }
  // The administrator, with a password of his own.
  [[nodiscard]] Browser administrator(const std::string& office) const {
    Browser browser(port(office));
    const std::string first = first_password(office);
    EXPECT_EQ(browser.sign_in("admin", first).status, 200);
    EXPECT_EQ(browser.post("/api/password", {{"old", first}, {"new", kOwn}}).status, 200);
    return browser;
  }
  // A new account of this role, signed in.
  [[nodiscard]] Browser account(Browser& administrator, const std::string& office,
                                const std::string& role) const {
    const auto added = administrator.post(
        "/api/accounts", {{"act", "add"}, {"account", role}, {"role", role}, {"name", "测试"}});
    EXPECT_EQ(added.status, 200) << added.body;
    const std::string once = added.json().value("one_time_password", "");
    Browser browser(port(office));
    EXPECT_EQ(browser.sign_in(role, once).status, 200);
    EXPECT_EQ(browser.post("/api/password", {{"old", once}, {"new", kOwn}}).status, 200);
    return browser;
  }
};

}  // namespace xianjie::tests
