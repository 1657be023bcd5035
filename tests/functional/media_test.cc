// Disks with real daemons: the townships have only a public network, so what they may not send over
// it goes with a courier. Named after the rows of FLOWS where it carries one of them.
#include <filesystem>

#include "tests/functional/flow_offices.h"

namespace xianjie::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

class Disks : public FlowOffices {
 protected:
  explicit Disks(const std::string& clock = clock_running_at(10))
      : FlowOffices(small_province(), clock,
                    {{{kTownshipId, "public"}, {kSecondTownshipId, "public"}}, {}}) {
    fs::create_directory(disk_);
  }

  // The half-year's report of a township; its envelope's id.
  std::string report(const char* office) {
    write_text(at("detail.csv"),
               "name,release_date,connected,resettled\n测试甲,2026-03-01,是,是\n");
    return act(office,
               {"report", "send", "-", "--period", "2026-H1", "--persons",
                at("detail.csv").string()},
               "项目,数值\n刑满释放人数,1\n已衔接人数,1\n未衔接人数,0\n已安置人数,1\n"
               "未安置人数,0\nhelped,1\nin_bases,0\nin_enterprises,0\nreoffended,0\nbases,0\n"
               "enterprises,0\n")
        .value("envelope", "");
  }
  json give(const char* office, const char* to, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"media", "export", "--to", to, disk_.string()});
    return act(office, std::move(more));
  }
  json take(const char* office) { return act(office, {"media", "import", disk_.string()}); }
  // Where something was refused: what was said.
  json take_fails(const char* office) {
    const Ended ended =
        cli(ask(office, {"media", "import", disk_.string(), "--json", "--no-answer"}));
    EXPECT_EQ(ended.status, 1) << ended.out;
    const auto lines = json_lines(ended.out);
    return lines.empty() ? json() : lines[0];
  }
  std::string reason(const char* office) {
    const json said = take_fails(office);
    for (const json& one : said["consignments"])
      if (one["state"] == "refused") return one.value("reason", "");
    return said.dump();
  }
  json given(const char* office) { return act(office, {"media", "list"})["given"]; }
  std::size_t reports_at_county() {
    const json status = act(kCountyId, {"report", "status", "--period", "2026-H1"});
    return status["counts"]["received"].get<std::size_t>() +
           status["counts"]["late"].get<std::size_t>();
  }

  fs::path disk_ = at("disk");
};

TEST_F(Disks, B1TheDetailedReportGoesByDiskAndTheDiskBringsTheReceipt) {
  const std::string id = report(kTownshipId);
  ASSERT_TRUE(eventually([&] {
    return !act(kTownshipId, {"queue", "list"})["held"].empty();
  })) << "a public wire is no way";
  const json out = give(kTownshipId, kCountyId, {"--seal", "0017", "--courier", "courier 3"});
  EXPECT_EQ(out["envelopes"], 1);
  const json way = given(kTownshipId);
  ASSERT_EQ(way.size(), 1U);
  EXPECT_EQ(way[0]["state"], "on_the_way");
  EXPECT_EQ(way[0]["seal"], "0017");
  EXPECT_EQ(way[0]["courier"], "courier 3");

  const json seen = act(kCountyId, {"media", "list", disk_.string()});
  ASSERT_EQ(seen["consignments"].size(), 1U);
  EXPECT_EQ(seen["consignments"][0]["state"], "intact") << seen.dump();
  EXPECT_EQ(seen["consignments"][0]["from"], kTownshipId);
  const json in = take(kCountyId);
  EXPECT_EQ(in["taken"], 1) << in.dump();
  EXPECT_EQ(in["consignments"][0]["outcomes"]["taken"], 1);
  ASSERT_EQ(in["answers"].size(), 1U) << in.dump();
  EXPECT_TRUE(eventually([&] { return reports_at_county() == 1; }));
  const json there = act(kCountyId, {"trace", id})["custody"];
  ASSERT_EQ(there.size(), 1U);
  EXPECT_EQ(there[0]["direction"], "taken");
  EXPECT_EQ(there[0]["channel"], "media");

  EXPECT_EQ(ledger_of(kTownshipId, id)["receipt"], "accepted") << "custody is still here";
  const json back = take(kTownshipId);
  EXPECT_EQ(back["taken"], 1) << back.dump();
  EXPECT_EQ(back["elsewhere"], 1);
  EXPECT_EQ(back["answers"].size(), 0U) << "an answer asks for no answer";
  EXPECT_TRUE(ledger_becomes(kTownshipId, id, "receipt", "delivered"));
  EXPECT_EQ(given(kTownshipId)[0]["state"], "acknowledged");
  const json hops = act(kTownshipId, {"trace", id})["custody"];
  ASSERT_EQ(hops.size(), 1U) << hops.dump();
  EXPECT_EQ(hops[0]["direction"], "given");
  EXPECT_EQ(hops[0]["channel"], "media");
  EXPECT_FALSE(hops[0]["time"].is_null()) << "acknowledged";

  const json again = take(kCountyId);
  EXPECT_EQ(again["already"], 1) << again.dump();
  EXPECT_EQ(again["taken"], 0);
  EXPECT_EQ(again["answers"].size(), 0U) << "the answer stands there";
  EXPECT_EQ(reports_at_county(), 1U);
}

// By wire from the prison to the county, by disk to the township, and the answer home the same way.
TEST_F(Disks, A8CountyToTownshipByDiskAndTheAnswerHome) {
  const std::string id =
      hand_in(kPrisonId, "ad_hoc_report",
              std::string("origin,name,id_number,registration_code,release_date\n") + kPrisonId +
                  ",测试丙,110101180001010015,610802001,2026-12-05\n");
  ASSERT_TRUE(eventually([&] { return !act(kCountyId, {"queue", "list"})["held"].empty(); }));
  EXPECT_EQ(give(kCountyId, kTownshipId)["envelopes"], 1);
  EXPECT_EQ(take(kTownshipId)["taken"], 1);
  const std::string item = id_at(kTownshipId, "ad_hoc_report");
  EXPECT_EQ(item, id);
  act(kTownshipId, {"inbox", "settle", item, "--own-area"});
  EXPECT_EQ(give(kTownshipId, kCountyId)["envelopes"], 1) << "the check's result";
  const json home = take(kCountyId);
  EXPECT_EQ(home["taken"], 2) << "the answer to its own disk, and the township's: " << home.dump();
  EXPECT_TRUE(ledger_becomes(kPrisonId, id, "outcome", "own-area"))
      << ledger_of(kPrisonId, id).dump();
  EXPECT_TRUE(ledger_becomes(kPrisonId, id, "receipt", "processed"));
  const json hops = act(kCountyId, {"trace", id})["custody"];
  ASSERT_EQ(hops.size(), 2U) << hops.dump();
  std::set<std::string> ways;
  for (const json& hop : hops)
    ways.insert(hop["direction"].get<std::string>() + " " + hop["channel"].get<std::string>());
  EXPECT_EQ(ways, (std::set<std::string>{"taken vpn", "given media"}));
}

TEST_F(Disks, A8ADocumentOf3MebibytesGoesAlongInChunks) {
  fs::create_directory(at("documents"));
  const std::string document(3 * 1024 * 1024, 'd');
  write_text(at("documents") / "110101180001010015-1.pdf", document);
  const json done =
      act(kPrisonId, {"submit", "ad_hoc_report", "-", "--attachments", at("documents").string()},
          std::string("origin,name,id_number,registration_code\n") + kPrisonId +
              ",测试丙,110101180001010015,610802001\n");
  ASSERT_EQ(done["attachments"].size(), 1U) << done.dump();
  ASSERT_TRUE(eventually([&] { return act(kCountyId, {"queue", "list"})["held"].size() == 2; }));
  EXPECT_EQ(give(kCountyId, kTownshipId)["envelopes"], 2);
  EXPECT_EQ(take(kTownshipId)["taken"], 1);
  act(kTownshipId,
      {"inbox", "show", id_at(kTownshipId, "ad_hoc_report"), "--attachments", at("came").string()});
  EXPECT_TRUE(read_text(at("came") / "110101180001010015-1.pdf") == document);
  EXPECT_EQ(take(kCountyId)["taken"], 1);
  EXPECT_EQ(given(kCountyId)[0]["state"], "acknowledged") << given(kCountyId).dump();
}

TEST_F(Disks, TwoTownshipsOnOneDiskAndTheFileAtFaultIsNamed) {
  report(kTownshipId);
  report(kSecondTownshipId);
  const fs::path bad = give(kTownshipId, kCountyId)["consignments"][0]["folder"];
  give(kSecondTownshipId, kCountyId);
  const fs::path clean = at("clean");
  fs::copy(bad, clean, fs::copy_options::recursive);
  const auto restore = [&] {
    fs::remove_all(bad);
    fs::copy(clean, bad, fs::copy_options::recursive);
  };
  const fs::path frame = bad / "000002.frame", manifest = bad / "manifest.xjc";
  std::string bytes = read_text(frame);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  write_text(frame, bytes);
  const json listed =
      json_lines(cli(ask(kCountyId, {"media", "list", disk_.string(), "--json"})).out)[0];
  EXPECT_EQ(listed["at_fault"], 1) << listed.dump();
  const json first = take_fails(kCountyId);
  EXPECT_EQ(first["taken"], 1) << "the other township's is taken";
  EXPECT_EQ(first["refused"], 1);
  EXPECT_TRUE(eventually([&] { return reports_at_county() == 1; }));
  EXPECT_THAT(reason(kCountyId), HasSubstr("000002.frame: was altered"));
  restore();
  fs::resize_file(frame, fs::file_size(frame) - 1);
  EXPECT_THAT(reason(kCountyId), HasSubstr("000002.frame: has "));
  restore();
  fs::rename(frame, bad / "000009.frame");
  EXPECT_THAT(reason(kCountyId), HasSubstr("000002.frame: is missing"));
  restore();
  fs::copy(frame, bad / "000009.frame");
  EXPECT_THAT(reason(kCountyId), HasSubstr("000009.frame: stands in no manifest"));
  restore();
  fs::remove(manifest);
  EXPECT_THAT(reason(kCountyId), HasSubstr("manifest.xjc: is missing; the consignment is half-"));
  restore();
  std::string said = read_text(manifest);
  said[said.size() / 2] = static_cast<char>(said[said.size() / 2] ^ 1);
  write_text(manifest, said);
  EXPECT_FALSE(reason(kCountyId).empty());
  // Somebody else's manifest over these files.
  for (const auto& other : fs::directory_iterator(disk_))
    if (other.is_directory())
      if (other.path() != bad)
        fs::copy(other.path() / "manifest.xjc", manifest, fs::copy_options::overwrite_existing);
  EXPECT_FALSE(reason(kCountyId).empty());
  EXPECT_EQ(reports_at_county(), 1U) << "nothing of it was taken";
  restore();
  EXPECT_EQ(take(kCountyId)["taken"], 1);
  EXPECT_TRUE(eventually([&] { return reports_at_county() == 2; }));
}

TEST_F(Disks, WhatIsForNobodyHereIsLeftAloneAndSaidSo) {
  report(kTownshipId);
  give(kTownshipId, kCountyId);
  const json elsewhere = take_fails(kProvinceId);
  EXPECT_EQ(elsewhere["elsewhere"], 1);
  EXPECT_EQ(elsewhere["taken"], 0);
  EXPECT_THAT(refusal(kTownshipId, {"media", "export", "--to", kProvinceId, disk_.string()}),
              HasSubstr("the next office on the way"));
  EXPECT_TRUE(eventually([&] {  // how the office stands may go along once more
    return cli(ask(kTownshipId, {"media", "export", "--to", kCountyId, disk_.string()}))
               .err.find("nothing waits") != std::string::npos;
  }));
  EXPECT_THAT(refusal(kCountyId, {"media", "import", at("no disk").string()}),
              HasSubstr("no folder"));
  EXPECT_THAT(refusal(kTownshipId, {"media", "export", "--to", kCountyId, disk_.string(),
                                    "--expires", "tomorrow"}),
              HasSubstr("expires"));
  EXPECT_EQ(cli(ask(kTownshipId, {"media", "export", disk_.string()})).status, 2);
}

// Half a day a second.
class DisksInTime : public Disks {
 protected:
  DisksInTime() : Disks(clock_running_at(43'200)) {}
};

TEST_F(DisksInTime, OneThatDoesNotComeBackIsAnAlarmAndIsTakenNoMore) {
  const std::string id = report(kTownshipId);
  give(kTownshipId, kCountyId, {"--seal", "0018", "--expires", "2026-12-12"});
  ASSERT_TRUE(eventually([&] { return given(kTownshipId)[0]["state"] == "overdue"; }));
  EXPECT_TRUE(eventually([&] {
    return log(kTownshipId).find("consignment_overdue: ") != std::string::npos;
  })) << log(kTownshipId);
  EXPECT_THAT(log(kTownshipId), HasSubstr("seal 0018"));
  ASSERT_TRUE(eventually([&] {  // past what clocks may differ by
    return act(kCountyId, {"status"})["time"].get<std::string>() >= "2026-12-14";
  }));
  EXPECT_THAT(reason(kCountyId), testing::StartsWith("expired: "));
  EXPECT_EQ(reports_at_county(), 0U);
  // What was on it goes with the next one.
  EXPECT_EQ(give(kTownshipId, kCountyId)["envelopes"], 1);
  EXPECT_EQ(take_fails(kCountyId)["taken"], 1);
  EXPECT_EQ(act(kCountyId, {"trace", id})["here"]["state"], "inbox");
}

}  // namespace
}  // namespace xianjie::tests
