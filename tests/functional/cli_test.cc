// What needs no daemon and no configuration: codes, kinds, routes, and how misuse is told.
#include "tests/functional/cli.h"

#include <gmock/gmock.h>

#include "routing/codes.h"
#include "routing/kinds.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class RouteExplain : public testing::Test {
 protected:
  RouteExplain() {
    write_text(nation_, nation_toml({{"ministry:000000", ""},
                                     {"province:610000", "ministry:000000"},
                                     {"prison-bureau:610000", "province:610000"},
                                     {"prison:610000-01", "prison-bureau:610000"},
                                     {"population-police:610000", "province:610000"},
                                     {"prefecture:610800", "province:610000"},
                                     {"county:610802", "prefecture:610800"},
                                     {"township:610802001", "county:610802"},
                                     {"province:110000", "ministry:000000"},
                                     {"county:110101", "province:110000"}}));
  }
  [[nodiscard]] std::vector<std::string> explain(std::vector<std::string> more) const {
    std::vector<std::string> out{"route",          "explain", "--directory",
                                 nation_.string(), "--from",  "prison:610000-01"};
    out.insert(out.end(), more.begin(), more.end());
    return out;
  }

  TempDirectory folder_;
  std::filesystem::path nation_ = folder_.path() / "nation.toml";
};

TEST(Cli, TellsMisuseByItsExitStatus) {
  EXPECT_EQ(cli({}).status, 2);
  EXPECT_EQ(cli({"nonsense"}).status, 2);
  EXPECT_EQ(cli({"inbox"}).status, 2);
  EXPECT_EQ(cli({"code"}).status, 2);
  EXPECT_EQ(cli({"trace", "not-an-id"}).status, 2);
  EXPECT_EQ(cli({"submit", "no_kind", "file.csv"}).status, 2);
  EXPECT_EQ(cli({"month", "status", "--period", "2026-13"}).status, 2);
  EXPECT_EQ(cli({"--help"}).status, 0);
  EXPECT_EQ(cli({"inbox", "settle", "--help"}).status, 0);
  const Ended ended = cli({"--json", "nonsense"});
  const auto lines = json_lines(ended.out);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["error"]["code"], "misuse");
  EXPECT_THAT(lines[0]["error"]["text"].get<std::string>(), HasSubstr("nonsense"));
}

TEST(Cli, SaysInOneLineThatNoDaemonIsThere) {
  const TempDirectory folder;
  const std::string config = (folder.path() / "office.toml").string();
  const Ended missing = cli({"status", "--config", config});
  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.err, HasSubstr(config));
  write_text(config,
             "office = \"township:610802001\"\nkeys = \"k\"\ndirectory = \"d\"\n"
             "store = \"s\"\narchive = \"a\"\napi = \"api.sock\"\nroot = \"" +
                 std::string(64, '0') + "\"\n");
  const Ended silent = cli({"--config", config, "--json", "inbox", "list"});
  EXPECT_EQ(silent.status, 1);
  EXPECT_EQ(std::ranges::count(silent.err, '\n'), 1);
  EXPECT_THAT(silent.err, HasSubstr("xianjied"));
  ASSERT_EQ(json_lines(silent.out).size(), 1U);
  EXPECT_EQ(json_lines(silent.out)[0]["error"]["code"], "not_found");
}

TEST(Cli, DescribesACodeInTheContractsShape) {
  const json abolished = answer({"code", "110103"});
  EXPECT_EQ(abolished["code"], "110103");
  EXPECT_EQ(abolished["level"], "county");
  EXPECT_EQ(abolished["status"], "abolished");
  EXPECT_EQ(abolished["successors"], json::array({"110101"}));
  EXPECT_EQ(abolished["desk"], "110101");
  EXPECT_NE(abolished["evidence"], "");
  for (const char* name : {"name", "parent", "from", "to", "candidates"})
    EXPECT_TRUE(abolished.contains(name)) << name;
  const json divided = answer({"code", "330125"});
  EXPECT_EQ(divided["successors"], json::array());
  EXPECT_EQ(divided["desk"], "330100");
  EXPECT_EQ(answer({"--json", "code", "610802001000"})["code"], "610802001");

  const Ended unknown = cli({"code", "999999"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.err, HasSubstr("unknown_code"));
  const Ended several = cli({"code", "610802", "12", "110103", "--json"});
  EXPECT_EQ(several.status, 1);
  EXPECT_EQ(json_lines(several.out).size(), 3U);
}

TEST(Cli, ListsEveryKindInBothLanguages) {
  const json kinds = answer({"kinds"})["kinds"];
  EXPECT_EQ(kinds.size(), routing::kinds().size());
  EXPECT_EQ(kinds[0]["kind"], "pre_release_notice");
  EXPECT_EQ(kinds[0]["class"], "personal");
  EXPECT_EQ(kinds[0]["lifetime_days"], 60);
  EXPECT_EQ(kinds[0]["channels"], json::array({"vpn", "dedicated", "media", "ferry"}));
  const Ended table = cli({"kinds"});
  EXPECT_THAT(table.out, HasSubstr("预释放人员信息"));
}

TEST_F(RouteExplain, PrintsRuleHopsGatesAndDigest) {
  const json found = answer(explain({"--code", "610802001", "--at", "2026-12-09"}));
  EXPECT_EQ(found["confidence"], "exact");
  EXPECT_EQ(found["resolved_code"], "610802001");
  EXPECT_EQ(found["steps"], json::array({"610802001"}));
  EXPECT_EQ(found["destination"], "township:610802001");
  EXPECT_EQ(found["assigned"], true);
  EXPECT_EQ(found["kind"], "pre_release_notice");
  EXPECT_EQ(found["at"], "2026-12-09");
  EXPECT_EQ(found["copy"], "population-police:610000");
  EXPECT_EQ(found["digest"].get<std::string>().size(), 64U);
  std::vector<std::string> offices;
  for (const json& hop : found["path"]) offices.push_back(hop["office"]);
  EXPECT_THAT(offices,
              testing::ElementsAre("prison:610000-01", "prison-bureau:610000", "province:610000",
                                   "prefecture:610800", "county:610802", "township:610802001"));
  EXPECT_EQ(found["path"][0]["gate"], "2026-12-10T09:00:00.000+08:00");
  EXPECT_EQ(found["path"][4]["gate"], "2026-12-14T09:00:00.000+08:00");
  EXPECT_TRUE(found["path"][5]["gate"].is_null());
  EXPECT_TRUE(found["path"][0]["channel"].is_null());
  EXPECT_THAT(found["path"][0]["policy"].get<std::string>(), HasSubstr("dedicated"));
  // Too late for December: the gates of January.
  const json late = answer(explain({"--code", "610802001", "--at", "2026-12-11"}));
  EXPECT_EQ(late["path"][0]["gate"], "2027-01-10T09:00:00.000+08:00");
  EXPECT_EQ(late["digest"], found["digest"]);
}

TEST_F(RouteExplain, TakesOfficesAddressesAndIdNumbers) {
  const json office = answer(explain({"--to", "county:110101", "--kind", "ad_hoc_report"}));
  EXPECT_EQ(office["path"].size(), 5U);  // province to province, not through the ministry
  EXPECT_TRUE(office["path"][0]["gate"].is_null());
  const json address = answer(explain({"--address", "陕西省榆林市榆阳区"}));
  EXPECT_EQ(address["confidence"], "address");
  EXPECT_EQ(address["destination"], "county:610802");
  EXPECT_EQ(address["assigned"], false);
  const Ended number = cli(explain({"--id-number", "110103180001010050", "--json"}));
  EXPECT_EQ(json_lines(number.out).at(0)["confidence"], "id_prefix");
  EXPECT_EQ(json_lines(number.out).at(0)["destination"], "county:110101");
  EXPECT_THAT(number.out, testing::Not(HasSubstr("18000101")));
}

TEST_F(RouteExplain, AnswersWhatItCannotResolve) {
  const json unknown = answer(explain({"--code", "999999"}));
  EXPECT_THAT(unknown["error"].get<std::string>(), testing::StartsWith("unknown_code: "));
  EXPECT_EQ(unknown["field"], "registration_code");
  EXPECT_EQ(cli(explain({})).status, 2);
  EXPECT_EQ(cli(explain({"--code", "610802", "--to", "county:610802"})).status, 2);
  EXPECT_EQ(cli(explain({"--code", "610802", "--at", "yesterday"})).status, 2);
  EXPECT_EQ(cli({"route", "explain", "--directory", nation_.string(), "--from", "county:420102",
                 "--code", "610802"})
                .status,
            1);
}

TEST_F(RouteExplain, AnswersEveryCodeThatIsOrWas) {
  std::string input;
  std::vector<std::string> codes;
  for (const bool abolished : {false, true})
    for (const std::uint32_t code : routing::all_codes(abolished)) {
      codes.push_back(routing::code_text(code));
      input += codes.back() + "\n";
    }
  const Ended ended = cli(explain({"--codes", "-"}), input);
  ASSERT_EQ(ended.status, 0) << ended.err;
  const auto lines = json_lines(ended.out);
  ASSERT_EQ(lines.size(), codes.size());
  ASSERT_GT(lines.size(), 44'000U);
  for (std::size_t k = 0; k < lines.size(); ++k) {
    ASSERT_EQ(lines[k]["code"], codes[k]);
    ASSERT_FALSE(lines[k].contains("error")) << lines[k].dump();
    ASSERT_TRUE(lines[k].contains("destination")) << lines[k].dump();
  }
}

TEST_F(RouteExplain, AnswersOneLineForEveryLineOfCodes) {
  const Ended ended = cli(explain({"--codes", "-"}), "610802\r\n\nabc\n\xff\xfe\n999999");
  EXPECT_EQ(ended.status, 0);
  const auto lines = json_lines(ended.out);
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_FALSE(lines[0].contains("error"));
  for (std::size_t k = 1; k < lines.size(); ++k) EXPECT_TRUE(lines[k].contains("error")) << k;
}

}  // namespace
}  // namespace xianjie::tests
