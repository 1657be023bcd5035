// A month of a small nation with real daemons: every row where it belongs, killed or not, and
// nothing personal left behind in any file.
#include <algorithm>

#include "tests/functional/rehearsal_fixture.h"
#include "tests/support/leak_search.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;

LeakSearch search_for(const SmallMonth& month) {
  LeakSearch search;
  std::size_t row = 0;
  for (const Person& person : month.people) {
    const std::string label = "row " + std::to_string(++row);
    if (!person.name.empty()) search.add_text(label + " name", person.name);
    search.add_text(label + " number", person.id_number);
    search.add_hashes(label + " number", person.id_number);
  }
  return search;
}

// What must not change when daemons die.
json result_of(const json& account) {
  json rows = json::array();
  for (const json& one : account.at("delivered"))
    rows.push_back({one.at("row"), one.at("id_number"), one.at("office"), one.at("confidence"),
                    one.at("assigned")});
  return {rows, account.at("refused"), account.at("accepted"), account.at("copies"),
          account.at("settled")};
}

void expect_month(const json& account, const SmallMonth& month) {
  EXPECT_EQ(account.at("month"), "2026-12");
  EXPECT_EQ(account.at("offices"), 13);
  EXPECT_EQ(account.at("submitted"), month.people.size());
  EXPECT_EQ(account.at("accepted"), month.goes.size());
  EXPECT_EQ(account.at("duplicates"), 0);
  EXPECT_EQ(account.at("held"), json::array());
  EXPECT_EQ(account.at("closed"), true);
  EXPECT_EQ(account.at("settled"), 24);
  std::map<std::size_t, std::string> goes, fails;
  for (const json& one : account.at("delivered")) {
    const std::size_t row = one.at("row");
    goes[row] = one.at("office");
    EXPECT_EQ(one.at("id_number"), month.people[row - 1].id_number);
    EXPECT_EQ(one.at("assigned"), one.at("office").get<std::string>().starts_with("township:"));
    EXPECT_EQ(one.at("path").back(), one.at("office"));
    EXPECT_EQ(one.at("path").size(), one.at("times").size());
    EXPECT_TRUE(std::ranges::is_sorted(one.at("times"))) << one;
  }
  EXPECT_EQ(goes, month.goes);
  for (const json& one : account.at("refused")) {
    const std::string reason = one.at("reason");
    fails[one.at("row")] =
        one.at("field").get<std::string>() + " " + reason.substr(0, reason.find(':'));
  }
  EXPECT_EQ(fails, month.fails);
}

// In 陕西 from prison to township: who held it, and that nobody let it go before its day.
void expect_gates(const json& account) {
  for (const json& one : account.at("delivered")) {
    if (one.at("row") != 1) continue;
    const std::vector<std::string> way{"prison:610000-03", "prison-bureau:610000",
                                       "province:610000",  "prefecture:610800",
                                       "county:610802",    "township:610802001"};
    EXPECT_EQ(one.at("path"), way);
    const char* const days[] = {"2026-12-09T", "2026-12-10T", "2026-12-11T",
                                "2026-12-12T", "2026-12-13T", "2026-12-14T"};
    for (std::size_t i = 0; i < way.size(); ++i) {
      const std::string time = one.at("times").at(i);
      EXPECT_TRUE(time.starts_with(days[i])) << time;
      if (i > 0) {
        EXPECT_GE(time.substr(11), "09:00") << time;
      }
      EXPECT_TRUE(time.ends_with("+08:00")) << time;
    }
    return;
  }
  FAIL() << "row 1 was not delivered";
}

TEST(Rehearsal, EndsTheSameWhetherDaemonsDieOrNotAndLeavesNothingPersonal) {
  const SmallRehearsal rehearsal;
  const auto kept = rehearsal.folder() / "kept";
  const json quiet = rehearsal.account({"--keep", kept});
  ASSERT_TRUE(quiet.is_object());
  expect_month(quiet, rehearsal.month());
  expect_gates(quiet);

  const json killed = rehearsal.account({"--kill", "8", "--seed", "3"});
  ASSERT_TRUE(killed.is_object());
  EXPECT_EQ(killed.at("kills"), 8);
  EXPECT_EQ(result_of(killed), result_of(quiet));
  EXPECT_TRUE(std::filesystem::is_empty(rehearsal.temporary()));

  EXPECT_EQ(std::filesystem::status(kept).permissions(), std::filesystem::perms::owner_all);
  std::size_t offices = 0;
  for (const auto& office : std::filesystem::directory_iterator(kept / "offices")) {
    ++offices;
    for (const char* const name : {"office.toml", "directory.xjd", "store/data.mdb", "daemon.log"})
      EXPECT_TRUE(std::filesystem::is_regular_file(office.path() / name)) << office.path() / name;
  }
  EXPECT_EQ(offices, 13U);
  const LeakSearch search = search_for(rehearsal.month());
  for (const Leak& leak : search.search(kept))
    ADD_FAILURE() << leak.file << " at " << leak.offset << ": " << leak.what;
  EXPECT_GT(search.files_seen(), 13U * 5);
}

// The search itself: whatever is planted, in whatever form, is found.
TEST(LeakSearch, FindsWhatIsPlanted) {
  const SmallMonth month = small_month();
  const LeakSearch search = search_for(month);
  const TempDirectory folder;
  const auto found = [&](const std::string& planted) {
    write_text(folder.path() / "file", std::string(1000, 'x') + planted + std::string(1000, '\0'));
    return search.search(folder.path()).size();
  };
  const Person& person = month.people.front();
  EXPECT_EQ(found("nothing personal"), 0U);
  EXPECT_GE(found(person.name), 1U);
  EXPECT_GE(found(person.id_number), 1U);
  EXPECT_GE(found(to_hex(as_bytes(person.id_number))), 1U);
  std::string wide;
  for (const char c : person.id_number) wide += std::string{c, '\0'};
  EXPECT_GE(found(wide), 1U);
  for (const char* const before : {"", "a", "ab"}) {
    const Ended base64 = run({"/usr/bin/env", "base64", "-w0"}, before + person.name);
    EXPECT_GE(found(base64.out), 1U) << base64.out;
  }
  const Ended gb18030 = run({"/usr/bin/env", "iconv", "-t", "GB18030"}, person.name);
  EXPECT_GE(found(gb18030.out), 1U);
  const Ended hash = run({"/usr/bin/env", "sha256sum"}, person.id_number);
  EXPECT_GE(found(hash.out.substr(0, 64)), 1U);
}

}  // namespace
}  // namespace xianjie::tests
