// A real Prometheus beside real daemons, with the configuration, rules and dashboard of
// ops/monitoring: it finds the offices, believes every rule, and says what is wrong.
#include <gmock/gmock.h>

#include <csignal>
#include <regex>
#include <set>

#include "tests/functional/web_offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using Names = std::set<std::string>;

constexpr const char* kGiver = "prison:610802-01";
constexpr const char* kTaker = "township:610802001";

std::string replaced(const std::string& text, const char* what, const char* with) {
  return std::regex_replace(text, std::regex(what), with);
}

// Every query of a dashboard, as it is asked for all offices.
void add_queries(const json& value, Names& out) {
  if (value.is_object() && value.contains("expr"))
    out.insert(
        replaced(replaced(value["expr"], R"(\$office)", ".+"), R"(\$__rate_interval)", "1m"));
  if (value.is_structured())
    for (const json& inner : value) add_queries(inner, out);
}

class Monitoring : public OfficesWithWeb {
 protected:
  Monitoring() : OfficesWithWeb({{kTaker, ""}, {kGiver, kTaker}}) {}

  // The shipped files, only faster, and without TLS as the dashboards stand on loopback.
  void start_prometheus() {
    const std::filesystem::path shipped = XIANJIE_SOURCE "/ops/monitoring";
    std::string config = read_text(shipped / "prometheus.yml");
    config = replaced(replaced(config, "30s|25s", "2s"), "scheme: https", "scheme: http");
    write_text(at("prometheus.yml"), replaced(config, "\n *tls_config[^\n]*", ""));
    write_text(at("rules.yml"),
               replaced(read_text(shipped / "rules.yml"), "\n( *)for: \\S+", "\n$1for: 1s"));
    const int port = free_loopback_port();
    prometheus_.emplace(
        std::vector<std::string>{PROMETHEUS, "--config.file=" + at("prometheus.yml").string(),
                                 "--storage.tsdb.path=" + at("prometheus.data").string(),
                                 "--web.listen-address=127.0.0.1:" + std::to_string(port)},
        at("prometheus.log"));
    http_.emplace("127.0.0.1", port);
    http_->set_read_timeout(30);
    ASSERT_TRUE(eventually([&] {
      const auto got = http_->Get("/-/ready");
      return got && got->status == 200;
    })) << read_text(at("prometheus.log"));
  }
  // A list of targets that is edited while Prometheus runs.
  void watch(const std::vector<std::string>& offices) const {
    std::string targets;
    for (const std::string& office : offices)
      targets += "- targets: [\"127.0.0.1:" + std::to_string(port(office)) +
                 "\"]\n  labels: {office: \"" + office + "\"}\n";
    std::filesystem::create_directories(at("offices"));
    write_text(at("offices/some.yml.new"), targets);
    std::filesystem::rename(at("offices/some.yml.new"), at("offices/some.yml"));
  }
  json ask_prometheus(const std::string& path, const httplib::Params& params = {}) {
    const auto got = http_->Get(path, params, httplib::Headers{});
    return got ? json::parse(got->body, nullptr, false) : json();
  }
  json query(const std::string& text) { return ask_prometheus("/api/v1/query", {{"query", text}}); }
  // "alarm office" of each that fires.
  Names firing() {
    Names out;
    const json said = ask_prometheus("/api/v1/alerts");
    if (!said.is_object()) return out;
    for (const json& alert : said["data"]["alerts"])
      if (alert["state"] == "firing")
        out.insert(alert["labels"].value("alarm", "") + " " + alert["labels"].value("office", ""));
    return out;
  }
  bool fires(const std::string& alarm, const std::string& office) {
    return eventually([&] { return firing().contains(alarm + " " + office); });
  }
  bool ends(const std::string& alarm, const std::string& office) {
    return eventually([&] { return !firing().contains(alarm + " " + office); });
  }
  bool both_up() {
    return eventually([&] {
      const json up = query("sum(up) == 2 and sum(xianjie_up) == 2 and min(xianjie_link_up) == 1");
      return up.is_object() && !up["data"]["result"].empty();
    });
  }
  std::string alerts_now() { return ask_prometheus("/api/v1/alerts").dump(1); }

 private:
  std::optional<Process> prometheus_;
  std::optional<httplib::Client> http_;
};

TEST_F(Monitoring, EverySeriesArrivesEveryRuleIsBelievedAndEveryPanelCanAsk) {
  const DaemonProcess taker = start(kTaker), giver = start(kGiver);
  ASSERT_TRUE(taker.ready() && giver.ready()) << log(kTaker) << log(kGiver);
  watch({kTaker, kGiver});
  start_prometheus();
  ASSERT_TRUE(both_up()) << ask_prometheus("/api/v1/targets").dump(1);

  const std::string text = Browser(port(kGiver)).get("/metrics").body;
  Names told, stored;
  const std::regex line("(?:^|\n)(xianjie_[a-z_]+)\\{");
  for (std::sregex_iterator at(text.begin(), text.end(), line), end; at != end; ++at)
    told.insert((*at)[1]);
  EXPECT_GT(told.size(), 30U) << text;
  EXPECT_TRUE(eventually([&] {
    const json said = query("count by (__name__) ({__name__=~\"xianjie_.+\"})");
    for (const json& one : said["data"]["result"]) stored.insert(one["metric"]["__name__"]);
    return std::ranges::includes(stored, told);
  })) << testing::PrintToString(told)
      << testing::PrintToString(stored);

  std::size_t rules = 0;
  EXPECT_TRUE(eventually([&] {  // once each was evaluated
    rules = 0;
    bool healthy = true;
    const json said = ask_prometheus("/api/v1/rules");
    for (const json& group : said["data"]["groups"])
      for (const json& rule : group["rules"]) {
        ++rules;
        healthy = healthy && rule["health"] == "ok";
      }
    return healthy && rules > 0;
  })) << ask_prometheus("/api/v1/rules").dump(1);
  EXPECT_GT(rules, 25U);

  Names queries;
  add_queries(json::parse(read_text(XIANJIE_SOURCE "/ops/monitoring/grafana.json")), queries);
  EXPECT_GT(queries.size(), 30U);
  for (const std::string& one : queries) {
    const json said = query(one);
    EXPECT_EQ(said.value("status", ""), "success") << one << said.dump(1);
  }
  // Before the first scrape nobody was there: that alert ends where it is evaluated again.
  EXPECT_TRUE(eventually([&] { return firing().empty(); })) << alerts_now();
}

TEST_F(Monitoring, ANeighbourThatIsGoneAndAnEnvelopeThatIsHeldAreTold) {
  std::optional<DaemonProcess> taker(start(kTaker));
  const DaemonProcess giver = start(kGiver);
  ASSERT_TRUE(taker->ready() && giver.ready()) << log(kTaker) << log(kGiver);
  watch({kTaker, kGiver});
  start_prometheus();
  ASSERT_TRUE(both_up()) << ask_prometheus("/api/v1/targets").dump(1);

  taker.reset();  // killed: nobody said goodbye
  EXPECT_TRUE(fires("link_down", kGiver)) << alerts_now();
  EXPECT_TRUE(fires("daemon_down", kTaker)) << alerts_now();
  const std::string down = alerts_now();
  EXPECT_THAT(down, HasSubstr("与相邻单位的通道全部不通"));
  EXPECT_THAT(down, HasSubstr("ops/RUNBOOK.md#link_down"));

  const std::string id =
      hand_in(kGiver, "ad_hoc_report", person(kGiver, "测试甲", "110101180001010015"));
  Browser admin = administrator(kGiver);
  Browser op = account(admin, kGiver, "operator");
  const json hold{{"options", {{"id", id}, {"reason", "the line is down"}}}};
  EXPECT_EQ(op.post("/api/call/queue.hold", hold).json()["done"], 1);
  EXPECT_TRUE(fires("held", kGiver)) << alerts_now();
  EXPECT_THAT(alerts_now(), HasSubstr("Now: 1."));
  EXPECT_THAT(act(kGiver, {"alarms"})["alarms"].dump(), HasSubstr("\"held\""));

  std::filesystem::remove(at(std::string(kTaker) + ".accounts.json.port"));
  taker.emplace(start(kTaker));
  ASSERT_TRUE(taker->ready()) << log(kTaker);
  watch({kTaker, kGiver});  // it listens elsewhere now
  EXPECT_TRUE(ends("link_down", kGiver)) << alerts_now();
  EXPECT_TRUE(ends("daemon_down", kTaker)) << alerts_now();
  EXPECT_EQ(op.post("/api/call/queue.release", hold).json()["done"], 1);
  EXPECT_TRUE(ends("held", kGiver)) << alerts_now();
}

TEST_F(Monitoring, ADaemonThatIsSilentIsSaidToBeDown) {
  DaemonProcess giver = start(kGiver);
  ASSERT_TRUE(giver.ready()) << log(kGiver);
  Browser anybody(port(kGiver));
  const std::string text = anybody.get("/metrics").body;
  EXPECT_THAT(text, HasSubstr("xianjie_up{office=\"prison:610802-01\"} 1\n"));
  const Ended linted = run({PROMTOOL, "check", "metrics"}, text);
  EXPECT_EQ(linted.status, 0) << linted.out << linted.err;

  giver.process().signal(SIGSTOP);
  const std::string silent = anybody.get("/metrics").body;
  EXPECT_THAT(silent, HasSubstr("xianjie_up{office=\"prison:610802-01\"} 0\n"));
  EXPECT_THAT(silent, HasSubstr("xianjie_web_start_time_seconds"));
  EXPECT_EQ(anybody.get("/health").status, 503);
  giver.process().signal(SIGCONT);
  EXPECT_TRUE(eventually([&] { return anybody.get("/health").status == 200; }));
}

}  // namespace
}  // namespace xianjie::tests
