// Detailed reports and a public network (DESIGN section 6, issue 3 item 5): two real daemons, a
// plain cable and a real WireGuard tunnel over it, and somebody who listens on the cable.
//
// Links are CURVE-encrypted, so nothing can be read on the cable in any case; what is shown is that
// nothing of a detailed report is there at all: while reports of megabytes go or wait, the plain
// channel's port carries a few kilobytes of greetings, and that the same measure sees a statistical
// report of the same size pass.
#include <gmock/gmock.h>

#include <iostream>

#include "adapters/api_socket.h"
#include "schemas/api.h"
#include "tests/functional/netns.h"
#include "tests/functional/offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;

constexpr const char* kCountyName = "county:610802";
constexpr const char* kPrefectureName = "prefecture:610800";
constexpr std::uint16_t kPlainPort = 7902;
constexpr std::uint64_t kReportBytes = 200 * 1024, kReports = 8;
constexpr std::uint64_t kGreetings = 96 * 1024;  // handshakes, hellos, pings, heartbeats
constexpr int kTunnelPatience = 120;             // seconds until a frozen tunnel is noticed

class WireGuard : public testing::Test {
 protected:
  void SetUp() override {
    const std::string why = no_namespaces();
    if (!why.empty()) {
      std::cerr << "\n*** THE WIREGUARD TEST COULD NOT RUN: " << why
                << ". Nothing is shown about detailed reports on public networks. ***\n\n";
      GTEST_SKIP() << why;
    }
    networks_ = std::make_unique<TwoNetworks>(folder_.path());
    write_text(at("nation.toml"),
               nation_toml({{kPrefectureName, ""}, {kCountyName, kPrefectureName}}));
    root_ = make_root(folder_.path());
    for (const std::string office : {kCountyName, kPrefectureName})
      make_keys(folder_.path(), office);
    capture_ = std::make_unique<Capture>(networks_->space(0), networks_->cable(0), kPlainPort,
                                         at("cable.bytes"));
  }
  void TearDown() override {
    if (!capture_) return;
    EXPECT_EQ(capture_->seen().dropped.load(), 0U) << "the capture missed packets";
    daemons_.clear();
  }

  [[nodiscard]] std::filesystem::path at(const std::string& name) const {
    return folder_.path() / name;
  }
  [[nodiscard]] json plain(int side, const char* klass) const {
    json out{
        {"class", klass}, {"networks", {"192.0.2.0/24"}}, {"interface", networks_->cable(side)}};
    if (side == 1) out["endpoint"] = "tcp://192.0.2.2:" + std::to_string(kPlainPort);
    return out;
  }
  [[nodiscard]] json tunnel(int side) const {
    json out{
        {"class", "vpn"}, {"networks", {"10.77.0.0/24"}}, {"interface", networks_->tunnel(side)}};
    if (side == 1) out["endpoint"] = "tcp://10.77.0.2:7901";
    return out;
  }
  // The directory as one office has it: honest, or not.
  void sign(const std::string& name, const json& county, const json& prefecture) {
    write_text(at("channels.json"),
               json{{kCountyName, county}, {kPrefectureName, prefecture}}.dump());
    auto arguments = draft_arguments(folder_.path());
    arguments.insert(arguments.end(), {"--channels", at("channels.json").string(), "--rehearsal",
                                       "--valid-days", "0"});
    const Ended drafted = cli(arguments);
    EXPECT_EQ(drafted.status, 0) << drafted.err;
    const Ended published = publish(folder_.path(), at(name + ".xjd"));
    EXPECT_EQ(published.status, 0) << published.err;
  }
  void start(const std::string& county_directory, const std::string& prefecture_directory) {
    daemons_.clear();
    const std::pair<std::string, std::string> both[] = {{kCountyName, county_directory},
                                                        {kPrefectureName, prefecture_directory}};
    for (int side = 0; side < 2; ++side) {
      const auto& [office, directory] = both[side];
      write_text(config(office),
                 "office = \"" + office + "\"\nkeys = \"" + office + ".keys\"\ndirectory = \"" +
                     directory + ".xjd\"\nstore = \"" + office + ".store\"\narchive = \"" + office +
                     ".audit\"\napi = \"" + office + ".sock\"\nroot = \"" + root_ +
                     "\"\n[limits]\nstore_bytes = 134217728\n[clock]\nvouched = true\n");
      daemons_.push_back(std::make_unique<DaemonProcess>(networks_->starter(side, XIANJIED_BINARY),
                                                         config(office), at(office + ".log")));
      EXPECT_TRUE(daemons_.back()->ready()) << read_text(at(office + ".log"));
    }
  }
  [[nodiscard]] std::filesystem::path config(const std::string& office) const {
    return at(office + ".toml");
  }
  json ask(const char* office, std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--config", config(office).string()});
    return answer(arguments);
  }
  // Megabytes of a kind, from the county to the prefecture.
  void report(const char* kind) {
    auto client = adapters::ApiClient::connect(at(std::string(kCountyName) + ".sock").string());
    ASSERT_TRUE(client) << client.error().text;
    ApiRequest request;
    request.id = 1;
    request.command = "bench.submit";
    request.options = {{"destination", kPrefectureName},
                       {"kind", kind},
                       {"count", std::to_string(kReports)},
                       {"bytes", std::to_string(kReportBytes)}};
    const auto done = (*client)->call(request, {}, seconds(60));
    ASSERT_TRUE(done) << done.error().text;
    const json said = json::parse(done->json, nullptr, false);
    ASSERT_EQ(said.value("accepted", 0), static_cast<int>(kReports)) << done->json << done->text;
  }
  json link(const char* channel) {
    const json links = ask(kCountyName, {"links"});
    for (const json& row : links["links"])
      if (row["channel"] == channel) return row;
    return json::object();
  }
  bool link_is(const char* channel, const json& klass) {
    return link(channel).value("class", json("?")) == klass;
  }
  std::size_t inbox(const char* kind) {
    const json list = ask(kPrefectureName, {"inbox", "list", "--kind", kind});
    return list["items"].size();
  }
  std::size_t held() {
    const json queue = ask(kCountyName, {"queue", "list"});
    std::size_t count = 0;
    for (const json& row : queue["held"])
      if (row["reason"].get<std::string>().starts_with("channel: detailed_report")) ++count;
    return count;
  }
  [[nodiscard]] std::uint64_t on_the_cable() const { return capture_->seen().tcp_bytes; }
  [[nodiscard]] std::uint64_t in_the_tunnel() const { return capture_->seen().udp_bytes; }

  // The measure works: as much of a statistical report is seen on the plain channel at once.
  void expect_statistics_seen() {
    const std::uint64_t before = on_the_cable();
    const std::size_t there = inbox("statistical_report");
    report("statistical_report");
    ASSERT_TRUE(eventually([&] { return inbox("statistical_report") == there + kReports; }));
    EXPECT_GT(on_the_cable() - before, kReports * kReportBytes);
  }
  // A detailed report waits, says why, and nothing of it is seen.
  void expect_detail_held() {
    const std::uint64_t before = on_the_cable();
    const std::size_t waiting = held(), there = inbox("detailed_report");
    report("detailed_report");
    EXPECT_TRUE(eventually([&] { return held() == waiting + kReports; }))
        << ask(kCountyName, {"links"});
    EXPECT_LT(on_the_cable() - before, kGreetings);
    EXPECT_EQ(inbox("detailed_report"), there);
  }

  TempDirectory folder_;
  std::string root_;
  std::unique_ptr<TwoNetworks> networks_;
  std::unique_ptr<Capture> capture_;
  std::vector<std::unique_ptr<DaemonProcess>> daemons_;
};

TEST_F(WireGuard, ADetailedReportIsNeverOnThePlainNetwork) {
  sign("honest", json::array({plain(0, "public"), tunnel(0)}),
       json::array({plain(1, "public"), tunnel(1)}));
  start("honest", "honest");  // there is no tunnel yet, and both offices work
  ASSERT_TRUE(eventually([&] { return link_is("public", "public"); }));
  expect_detail_held();
  expect_statistics_seen();

  std::uint64_t plain_before = on_the_cable(), tunnel_before = in_the_tunnel();
  networks_->raise_tunnel();
  ASSERT_TRUE(eventually([&] { return inbox("detailed_report") == kReports; }, kTunnelPatience))
      << ask(kCountyName, {"links"});
  EXPECT_EQ(link("vpn")["class_proof"], "proved");
  EXPECT_EQ(link("vpn")["carries"], true);
  EXPECT_EQ(held(), 0U);
  EXPECT_LT(on_the_cable() - plain_before, kGreetings) << "they left by the tunnel";
  EXPECT_GT(in_the_tunnel() - tunnel_before, kReports * kReportBytes) << "and are seen as such";

  // Cut in its middle: the interface stands, the link looks up, nothing passes. When that is
  // noticed, the plain channel takes over what it may carry.
  networks_->freeze_tunnel(true);
  plain_before = on_the_cable();
  report("detailed_report");
  ASSERT_TRUE(eventually([&] { return link_is("vpn", nullptr); }, kTunnelPatience));
  ASSERT_TRUE(eventually([&] { return held() == kReports; }))
      << ask(kCountyName, {"queue", "list"});
  EXPECT_LT(on_the_cable() - plain_before, kGreetings);
  expect_statistics_seen();

  networks_->drop_tunnel();
  expect_detail_held();
  plain_before = on_the_cable();
  networks_->raise_tunnel();
  EXPECT_TRUE(eventually([&] { return inbox("detailed_report") == 3 * kReports; }, kTunnelPatience))
      << ask(kCountyName, {"links"});
  EXPECT_LT(on_the_cable() - plain_before, kGreetings);
}

// One end's directory calls the cable what it is not; of two ends the lower counts.
TEST_F(WireGuard, ALieAboutTheClassAtTheSendersEndHelpsNobody) {
  sign("honest", plain(0, "public"), plain(1, "public"));
  sign("lying", plain(0, "dedicated"), plain(1, "dedicated"));
  start("lying", "honest");
  ASSERT_TRUE(eventually([&] { return link_is("dedicated", "public"); }))
      << ask(kCountyName, {"links"});
  expect_detail_held();
  expect_statistics_seen();
}

TEST_F(WireGuard, ALieAboutTheClassAtTheReceiversEndHelpsNobody) {
  sign("honest", plain(0, "public"), plain(1, "public"));
  sign("lying", plain(0, "dedicated"), plain(1, "dedicated"));
  start("honest", "lying");
  ASSERT_TRUE(eventually([&] { return link_is("public", "public"); }))
      << ask(kCountyName, {"links"});
  expect_detail_held();
  expect_statistics_seen();
}

// Both call the cable a vpn: no WireGuard stands behind it, and nobody vouches.
TEST_F(WireGuard, ACableCalledVpnByBothIsWorthNoMoreThanItIs) {
  sign("lying", plain(0, "vpn"), plain(1, "vpn"));
  start("lying", "lying");
  ASSERT_TRUE(eventually([&] { return link_is("vpn", "public"); })) << ask(kCountyName, {"links"});
  expect_detail_held();
  expect_statistics_seen();
}

}  // namespace
}  // namespace xianjie::tests
