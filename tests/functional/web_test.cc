// The dashboard of a real daemon over HTTP: who may sign in, who may do what, and that what is done
// there is what the command line sees.
#include <gmock/gmock.h>

#include "tests/functional/web_offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kGiver = "prison:610802-01";
constexpr const char* kTaker = "township:610802001";

class Web : public OfficesWithWeb {
 protected:
  Web() : OfficesWithWeb({{kTaker, ""}, {kGiver, kTaker}}) {}
};

TEST_F(Web, FirstAccountMustChooseAPasswordAndSeesTheOffice) {
  const DaemonProcess daemon = start(kTaker);
  ASSERT_TRUE(daemon.ready()) << log(kTaker);
  Browser browser(port(kTaker));
  EXPECT_EQ(browser.get("/api/session").json()["signed_in"], false);
  EXPECT_EQ(browser.get("/api/call/overview").status, 401);
  const auto page = browser.get("/queues");
  EXPECT_THAT(page.type, HasSubstr("text/html"));
  EXPECT_THAT(page.headers.find("Content-Security-Policy")->second,
              HasSubstr("default-src 'none'"));

  const std::string first = first_password(kTaker);
  EXPECT_EQ(browser.sign_in("admin", "wrong-1800").status, 401);
  const auto in = browser.sign_in("admin", first);
  ASSERT_EQ(in.status, 200) << in.body;
  EXPECT_EQ(in.json()["must_change_password"], true);
  EXPECT_EQ(in.json()["office"], kTaker);
  EXPECT_EQ(browser.get("/api/call/overview").status, 403) << "before its own password";
  EXPECT_EQ(browser.post("/api/password", {{"old", first}, {"new", "short1"}}).status, 409);
  EXPECT_EQ(browser.post("/api/password", {{"old", first}, {"new", kOwn}}).status, 200);
  EXPECT_FALSE(std::filesystem::exists(at(std::string(kTaker) + ".accounts.json.first-password")));
  const auto overview = browser.get("/api/call/overview");
  ASSERT_EQ(overview.status, 200) << overview.body;
  EXPECT_EQ(overview.json()["month"]["outlook"], "on_course") << overview.body;
  EXPECT_EQ(browser.get("/api/call/inbox.list").status, 403) << "an administrator opens nothing";
  browser.forget_token();
  EXPECT_EQ(browser.post("/api/sign-out", json::object()).status, 403) << "forged";
}

TEST_F(Web, RolesExcludeEachOtherAndTheLastAdministratorStays) {
  const DaemonProcess daemon = start(kTaker);
  ASSERT_TRUE(daemon.ready()) << log(kTaker);
  Browser admin = administrator(kTaker);
  Browser security = account(admin, kTaker, "security-administrator");
  Browser auditor = account(admin, kTaker, "auditor");
  const auto act = [](Browser& by, const char* what, const char* whom, const char* role = "") {
    return by.post("/api/accounts", {{"act", what}, {"account", whom}, {"role", role}}).status;
  };
  EXPECT_EQ(act(admin, "role", "auditor", "viewer"), 403);
  EXPECT_EQ(act(security, "remove", "auditor"), 403);
  EXPECT_EQ(act(security, "lock", "admin"), 409) << "the last system administrator";
  EXPECT_EQ(act(security, "role", "admin", "viewer"), 409);
  EXPECT_EQ(act(admin, "remove", "admin"), 403) << "nobody his own";
  EXPECT_EQ(act(auditor, "remove", "admin"), 403);
  EXPECT_EQ(auditor.get("/api/accounts").json()["accounts"].size(), 3U);
  EXPECT_EQ(act(security, "lock", "auditor"), 200);
  EXPECT_EQ(auditor.get("/api/call/overview").status, 401) << "locked, and signed out at once";
  EXPECT_TRUE(eventually([&] {
    const std::string log_lines = log(kTaker);
    return log_lines.find("act=lock account=auditor by=security-administrator") !=
           std::string::npos;
  }));
}

TEST_F(Web, LongAnswersGoPackedByTheQuickerWay) {
  const DaemonProcess daemon = start(kTaker);
  ASSERT_TRUE(daemon.ready()) << log(kTaker);
  Browser browser = administrator(kTaker);
  const auto plain = browser.get("/api/words");
  EXPECT_EQ(plain.headers.count("Content-Encoding"), 0U);
  const auto packed = browser.get("/api/words", {{"Accept-Encoding", "br, gzip"}});
  ASSERT_EQ(packed.headers.count("Content-Encoding"), 1U);
  EXPECT_EQ(packed.headers.find("Content-Encoding")->second, "gzip");
  EXPECT_EQ(packed.headers.count("Content-Type"), 1U);
  EXPECT_LT(std::stoul(packed.headers.find("Content-Length")->second), plain.body.size() / 2);
  EXPECT_EQ(packed.body, plain.body);
  const auto page = browser.get("/app.js", {{"Accept-Encoding", "br, gzip"}});
  EXPECT_EQ(page.headers.count("Content-Encoding"), 1U) << "packed once";
}

// Each page of a list, from the newest to the oldest or as it stands, until there is no more.
json all_pages(Browser& browser, const std::string& call, const std::string& list,
               const std::string& cursor) {
  json all = json::array();
  std::string from;
  for (int pages = 0; pages < 1000; ++pages) {
    const auto said = browser.get("/api/call/" + call + from);
    EXPECT_EQ(said.status, 200) << said.body;
    const json page = said.json();
    for (const json& one : page[list]) all.push_back(one);
    if (page["more"].is_null()) return all;
    from = "&" + cursor + "=" +
           (page["more"].is_string() ? page["more"].get<std::string>() : page["more"].dump());
  }
  ADD_FAILURE() << "it never ends";
  return all;
}

TEST_F(Web, AuditPagesLoseNoLineAndTellNoneTwice) {
  const DaemonProcess daemon = start(kTaker);
  ASSERT_TRUE(daemon.ready()) << log(kTaker);
  Browser admin = administrator(kTaker);
  Browser auditor = account(admin, kTaker, "auditor");
  for (int i = 0; i < 8; ++i)
    EXPECT_EQ(Browser(port(kTaker)).sign_in("nobody" + std::to_string(i), "x").status, 401);
  const auto whole = [&] { return auditor.get("/api/call/audit.list?limit=500").json(); };
  ASSERT_TRUE(eventually([&] {
    std::size_t refusals = 0;
    const json log = whole();
    for (const json& line : log["records"])
      refusals += line["detail"].get<std::string>().starts_with("sign_in_refused") ? 1U : 0U;
    return refusals == 8;
  })) << whole().dump();
  const json log = whole();
  ASSERT_TRUE(log["more"].is_null());
  ASSERT_GT(log["records"].size(), 10U);
  const std::string until = "&to=" + std::string("2030-01-01T00:00:00%2B08:00");
  for (const char* limit : {"1", "2", "3", "7"})
    EXPECT_EQ(
        all_pages(auditor, "audit.list?limit=" + std::string(limit) + until, "records", "before"),
        log["records"])
        << limit;
}

TEST_F(Web, TheInboxIsListedByPages) {
  const DaemonProcess taker = start(kTaker), giver = start(kGiver);
  ASSERT_TRUE(taker.ready() && giver.ready()) << log(kTaker) << log(kGiver);
  for (const char* number : {"110101180001010015", "110101180001020010", "110101180002020020"})
    hand_in(kGiver, "ad_hoc_report", person(kGiver, "测试", number));
  ASSERT_TRUE(eventually([&] { return act(kTaker, {"inbox", "list"})["items"].size() == 3; }));
  const json whole = act(kTaker, {"inbox", "list"})["items"];
  Browser admin = administrator(kTaker);
  Browser clerk = account(admin, kTaker, "clerk");
  for (const char* limit : {"1", "2", "3", "1000"})
    EXPECT_EQ(all_pages(clerk, "inbox.list?limit=" + std::string(limit), "items", "after"), whole);
  const std::string one = whole[1]["id"];
  EXPECT_EQ(clerk.get("/api/call/inbox.list?id=" + one).json()["items"].size(), 1U);
  EXPECT_EQ(clerk.get("/api/call/inbox.list?after=x").status, 409);
  EXPECT_EQ(clerk.get("/api/call/inbox.list?limit=0").status, 409);

  // One is signed for: it stands among the collected, the same items go into a file.
  act(kTaker, {"inbox", "collect", one, "--clerk", "clerk"});
  const auto listed = [&](const std::string& query) {
    return clerk.get("/api/call/inbox.list?" + query).json()["items"].size();
  };
  ASSERT_TRUE(eventually([&] { return listed("state=collected") == 1; }));
  EXPECT_EQ(listed("state=settled"), 0U);
  EXPECT_EQ(listed("other=true"), 0U) << "all of them are notices";
  EXPECT_EQ(listed(""), 3U);
  EXPECT_EQ(clerk.get("/api/call/inbox.list?state=open").status, 409);
  EXPECT_EQ(act(kTaker, {"inbox", "list", "--state", "collected"})["items"].size(), 1U);
  EXPECT_EQ(act(kTaker, {"inbox", "export", "--state", "collected", "--output",
                         at("collected.csv").string()})["exported"],
            1);
}

TEST_F(Web, WrongPasswordsLockAnAccountOut) {
  const DaemonProcess daemon = start(kTaker);
  ASSERT_TRUE(daemon.ready()) << log(kTaker);
  Browser browser(port(kTaker));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(browser.sign_in("admin", "wrong-1800").status, 401);
  const auto locked = browser.sign_in("admin", first_password(kTaker));
  EXPECT_EQ(locked.status, 429);
  EXPECT_THAT(locked.body, HasSubstr("minutes"));
}

TEST_F(Web, AnOperatorHoldsAndReleasesAndTheCommandLineSeesIt) {
  const DaemonProcess giver = start(kGiver);  // the other one is down: it waits
  ASSERT_TRUE(giver.ready()) << log(kGiver);
  Browser admin = administrator(kGiver);
  Browser op = account(admin, kGiver, "operator");
  const std::string id =
      hand_in(kGiver, "ad_hoc_report", person(kGiver, "测试甲", "110101180001010015"));
  const auto state = [&] { return act(kGiver, {"queue", "show", id})["state"]; };
  EXPECT_EQ(state(), "ready");
  const auto listed = op.get("/api/call/queue.envelopes?state=ready").json();
  ASSERT_EQ(listed["envelopes"].size(), 1U) << listed;
  EXPECT_EQ(listed["envelopes"][0]["id"], id);

  const auto operate = [&](const char* what, json options) {
    return op.post(std::string("/api/call/queue.") + what, {{"options", std::move(options)}});
  };
  EXPECT_EQ(operate("hold", {{"id", id}}).status, 409) << "without a reason";
  EXPECT_EQ(operate("hold", {{"state", "ready"}, {"dry_run", "1"}}).json()["would"], 1);
  EXPECT_EQ(state(), "ready");
  EXPECT_EQ(operate("hold", {{"id", id}, {"reason", "the line is down"}}).json()["done"], 1);
  EXPECT_EQ(state(), "held");
  json census;
  EXPECT_TRUE(eventually([&] {  // one is kept for two seconds
    census = op.get("/api/call/queue.census").json();
    return census["totals"]["held"] == 1;
  })) << census;
  ASSERT_EQ(census["ages"]["rows"].size(), 1U) << census;
  EXPECT_EQ(census["ages"]["rows"][0]["total"], 1);
  EXPECT_EQ(census["ages"]["rows"][0]["destination"], kTaker);
  const auto overview = op.get("/api/call/overview").json();
  EXPECT_THAT(overview["alarms"].dump(), HasSubstr("\"held\""));
  EXPECT_EQ(operate("release", {{"id", id}, {"reason", "it is back"}}).json()["done"], 1);
  EXPECT_EQ(state(), "ready");
  EXPECT_THAT(act(kGiver, {"trace", id})["events"].dump(), HasSubstr("by=\\\"operator\\\""));
  Browser viewer = account(admin, kGiver, "viewer");
  EXPECT_EQ(
      viewer.post("/api/call/queue.hold", {{"options", {{"id", id}, {"reason", "no"}}}}).status,
      403);
  EXPECT_EQ(viewer.get("/api/call/queue.hold?id=" + id).status, 403);
}

TEST_F(Web, TablesComeAsFilesAndPagesLive) {
  const DaemonProcess giver = start(kGiver);
  ASSERT_TRUE(giver.ready()) << log(kGiver);
  Browser admin = administrator(kGiver);
  Browser viewer = account(admin, kGiver, "viewer");
  const std::string columns = "list=links&columns=neighbour:%E5%8D%95%E4%BD%8D,channel:%3D1%2B1";
  const auto csv = viewer.get("/api/table/links.csv?" + columns);
  EXPECT_EQ(csv.status, 200) << csv.body;
  EXPECT_EQ(csv.body, "\xEF\xBB\xBF单位,'=1+1\r\n" + std::string(kTaker) + ",vpn\r\n");
  const auto xlsx = viewer.get("/api/table/links.xlsx?" + columns);
  EXPECT_TRUE(xlsx.body.starts_with("PK")) << xlsx.body;
  EXPECT_EQ(viewer.get("/api/table/links.csv?list=nothing&columns=a:A").status, 400);

  std::optional<DaemonProcess> taker;
  bool was_down = false;
  const std::string events = viewer.live("/api/live?call=links", [&](const std::string& so_far) {
    if (!was_down && so_far.find("\"down\"") != std::string::npos) {
      was_down = true;
      taker.emplace(start(kTaker));
    }
    return so_far.find("\"idle\"") != std::string::npos;
  });
  EXPECT_TRUE(was_down);
  EXPECT_THAT(events, HasSubstr("\"class_proof\":\"rehearsal\""));
  EXPECT_EQ(viewer.get("/api/live?call=inbox.list").status, 403);
  EXPECT_EQ(viewer.get("/api/template/ad_hoc_report.xlsx").status, 403);
}

TEST_F(Web, MetricsNeedNoAccountAndNameNobody) {
  const DaemonProcess giver = start(kGiver);
  ASSERT_TRUE(giver.ready()) << log(kGiver);
  Browser anybody(port(kGiver));
  const std::string text = anybody.get("/metrics").body;
  for (const char* const line : {"# TYPE xianjie_turns_total counter",
                                 "xianjie_frames_refused_total{office=\"prison:610802-01\"} 0",
                                 "xianjie_envelopes{office=\"prison:610802-01\",state=\"held\"} 0",
                                 "xianjie_link_up{office=\"prison:610802-01\",neighbour=\"township:"
                                 "610802001\",channel=\"vpn\"} 0"})
    EXPECT_THAT(text, HasSubstr(line)) << text;
  write_text(at("metrics"), text);  // all that the alert rules and Grafana's dashboard name
  const Ended named = run({"/usr/bin/env", "python3", XIANJIE_SOURCE "/tests/monitoring/names.py",
                           XIANJIE_SOURCE, at("metrics").string()});
  EXPECT_EQ(named.status, 0) << named.out << named.err;
  EXPECT_EQ(anybody.get("/health").status, 200);
  EXPECT_EQ(anybody.get("/ready").status, 200);
}

TEST_F(Web, AnotherAddressThanLoopbackNeedsACertificate) {
  std::filesystem::copy_file(config(kTaker), at("open.toml"));
  std::string text = read_text(at("open.toml"));
  const std::string listen = "127.0.0.1:0";
  write_text(at("open.toml"), text.replace(text.find(listen), listen.size(), "0.0.0.0:0"));
  const Ended ended = run({XIANJIED_BINARY, "--config", at("open.toml").string(), "--check"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.err, HasSubstr("no loopback address"));
}

}  // namespace
}  // namespace xianjie::tests
