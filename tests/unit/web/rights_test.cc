// The table of rights against the daemon's own list of commands and the roles of README.md.
#include "node/web/rights.h"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <string>

namespace xianjie::node {
namespace {

constexpr Role kRoles[] = {Role::kViewer,
                           Role::kClerk,
                           Role::kOperator,
                           Role::kSystemAdministrator,
                           Role::kSecurityAdministrator,
                           Role::kAuditor};

// `a`, `b` in the first cell of the tables of node/daemon/README.md.
std::set<std::string> commands_in_readme() {
  std::set<std::string> out;
  std::ifstream readme(XIANJIE_DAEMON_README);
  const std::regex quoted("`([a-z]+(?:\\.[a-z]+)?)`");
  for (std::string line; std::getline(readme, line);) {
    if (!line.starts_with("| `")) continue;
    const std::string cell = line.substr(1, line.find('|', 1) - 1);
    for (std::sregex_iterator found(cell.begin(), cell.end(), quoted), end; found != end; ++found)
      out.insert((*found)[1]);
  }
  return out;
}

TEST(Rights, NameCommandsThatTheDaemonKnows) {
  const auto known = commands_in_readme();
  ASSERT_GT(known.size(), 30U);
  ASSERT_TRUE(known.contains("status") && known.contains("inbox.arrived"));
  for (const Right& right : rights())
    EXPECT_TRUE(known.contains(std::string(right.command))) << right.command;
}

TEST(Rights, StandOnceAndAreFound) {
  std::set<std::string_view> seen;
  for (const Right& right : rights()) {
    EXPECT_TRUE(seen.insert(right.command).second) << right.command;
    EXPECT_EQ(find_right(right.command), &right);
  }
}

TEST(Rights, WhatDoesNotStandThereCannotBeCalled) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view command :
       {""sv, " "sv, "custody"sv, "keys.retire"sv, "bench.submit"sv, "audit.note"sv, "Status"sv,
        "status "sv, "status\0"sv, "queue"sv, "queue."sv, "inbox.show/../status"sv, "\xff"sv})
    EXPECT_EQ(find_right(command), nullptr) << command;
}

TEST(Rights, PersonalDataIsTheClerksAndEvidenceTheAuditors) {
  std::set<std::string_view> personal;
  for (const Right& right : rights()) {
    if (right.personal) personal.insert(right.command);
    for (const Role role : kRoles) {
      const bool may = role == Role::kClerk
                           ? right.command != "evidence.export"
                           : role == Role::kAuditor && right.command == "evidence.export";
      if (right.personal && right.roles.has(role)) {
        EXPECT_TRUE(may) << right.command;
      }
    }
    if (right.personal) {
      EXPECT_EQ(right.live, Duration{}) << right.command << " is never shared";
    }
    if (right.personal) {
      EXPECT_TRUE(right.acts) << right.command << ": no address that a page keeps";
    }
  }
  for (const char* command :
       {"inbox.show", "inbox.export", "inbox.attachment", "submit", "evidence.export"})
    EXPECT_TRUE(personal.contains(command)) << command;
}

TEST(Rights, WhatActsIsTheClerksOrTheOperators) {
  for (const Right& right : rights()) {
    if (right.acts) {
      EXPECT_EQ(right.live, Duration{}) << right.command;
    }
    for (const Role role :
         {Role::kViewer, Role::kSystemAdministrator, Role::kSecurityAdministrator})
      EXPECT_FALSE(right.acts && right.roles.has(role)) << right.command;
    if (right.acts && right.roles.has(Role::kAuditor)) {
      EXPECT_EQ(right.command, "evidence.export");
    }
    if (right.command.starts_with("inbox.") && right.command != "inbox.release") {
      EXPECT_FALSE(right.roles.has(Role::kOperator)) << right.command;
    }
  }
}

TEST(Rights, WhateverChangesSomethingIsAnAct) {
  for (const char* command :
       {"directory.import", "submit",           "attach",        "inbox.show",
        "inbox.export",     "inbox.attachment", "inbox.release", "inbox.collect",
        "inbox.settle",     "inbox.answer",     "inbox.arrived", "inbox.correct",
        "inbox.add",        "inbox.assign",     "inbox.return",  "urge",
        "report.send",      "exchange.run",     "queue.hold",    "queue.release",
        "queue.requeue",    "queue.expire",     "media.export",  "media.import",
        "month.close",      "evidence.export"}) {
    const Right* right = find_right(command);
    ASSERT_TRUE(right) << command;
    EXPECT_TRUE(right->acts) << command << ": a GET would need no token";
  }
}

TEST(Rights, EveryRoleSeesTheOverviewAndAdministratorsLittleElse) {
  for (const Role role : kRoles) EXPECT_TRUE(find_right("overview")->roles.has(role));
  for (const char* command : {"queue.envelopes", "trace", "ledger", "inbox.list", "audit.list"})
    for (const Role role : {Role::kSystemAdministrator, Role::kSecurityAdministrator})
      EXPECT_FALSE(find_right(command)->roles.has(role)) << command;
  for (const Role role : kRoles)
    EXPECT_EQ(find_right("audit.list")->roles.has(role), role == Role::kAuditor);
}

TEST(Rights, LivePagesDoNotFloodTheDaemon) {
  for (const Right& right : rights())
    EXPECT_TRUE(right.live == Duration{} || right.live >= seconds(1)) << right.command;
}

}  // namespace
}  // namespace xianjie::node
