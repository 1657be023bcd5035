// Photographs, fingerprints and scanned documents beside a notice, with real daemons: announced,
// on their own way, missing until they come, gone on and settled with their subject.
#include <filesystem>
#include <fstream>

#include "schemas/limits.h"
#include "tests/functional/flow_offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kPerson = "110101180001010015";
constexpr std::size_t kMebibyte = 1024 * 1024;

class Attachments : public FlowOffices {
 protected:
  void file(const std::string& name, std::size_t size) {
    std::string content(size, '\0');
    for (std::size_t at = 0; at < size; ++at) content[at] = static_cast<char>(at * 7 + at / 4096);
    write_text(pictures_ / name, content);
  }
  json hand_in_with_files(const std::string& code, const std::string& kind = "ad_hoc_report") {
    const std::string rows = std::string("origin,name,id_number,registration_code,release_date\n") +
                             kPrisonId + ",测试丙," + kPerson + "," + code + ",2026-12-25\n";
    return act(kPrisonId, {"submit", kind, "-", "--attachments", pictures_.string()}, rows);
  }
  // Of an item that is opened at an office, once so many of them are here.
  json attachments_at(const char* office, const std::string& id, std::size_t here) {
    json list;
    EXPECT_TRUE(eventually([&] {
      list = act(office, {"inbox", "show", id})["attachments"];
      return static_cast<std::size_t>(std::ranges::count_if(
                 list, [](const json& one) { return one["state"] == "here"; })) == here;
    })) << list.dump()
        << log(office);
    return list;
  }
  std::filesystem::path pictures_ = made(at("pictures"));

  static std::filesystem::path made(const std::filesystem::path& folder) {
    std::filesystem::create_directory(folder);
    return folder;
  }
};

TEST_F(Attachments, FilesNamedByIdNumberReachTheTownshipByteForByte) {
  file(std::string(kPerson) + ".jpg", 200'000);
  file(std::string(kPerson) + "-left.wsq", 12'345);
  file(std::string(kPerson) + "-1.pdf", 3 * kMebibyte);
  file("110101180001010015.exe", 10);
  file("330113180001010 02X.jpg", 10);
  file("11010118000101004X.jpg", 10);  // nobody of this file
  file("33011318000101002X.pdf", 0);
  const json done = hand_in_with_files("610802001");
  EXPECT_EQ(done["attachments"].size(), 3U) << done.dump();
  ASSERT_EQ(done["attachments_refused"].size(), 4U) << done.dump();
  const std::string refused = done["attachments_refused"].dump();
  for (const char* why :
       {"attachment_name: its ending", "attachment_name: begins", "empty:", "unknown_person:"})
    EXPECT_THAT(refused, HasSubstr(why));
  const std::string id = done["envelopes"][0]["id"];
  ASSERT_EQ(id_at(kTownshipId, "ad_hoc_report"), id);
  const json list = attachments_at(kTownshipId, id, 3);
  ASSERT_EQ(list.size(), 3U);
  for (const json& one : list) EXPECT_TRUE(one["announced"]) << one.dump();
  const auto taken = at("taken");
  act(kTownshipId, {"inbox", "show", id, "--attachments", taken.string()});
  for (const char* name : {".jpg", "-left.wsq", "-1.pdf"})
    EXPECT_TRUE(read_text(taken / (std::string(kPerson) + name)) ==
                read_text(pictures_ / (std::string(kPerson) + name)))
        << name;
  act(kTownshipId, {"inbox", "show", id, "--attachments", taken.string()});
  write_text(taken / (std::string(kPerson) + ".jpg"), "another one");
  EXPECT_THAT(refusal(kTownshipId, {"inbox", "show", id, "--attachments", taken.string()}),
              HasSubstr("holds something else"));
  // The county is a reader and keeps copies; the province carries what it cannot read.
  attachments_at(kCountyId, id, 3);
  const json listed = act(kTownshipId, {"inbox", "list"});
  EXPECT_EQ(listed["items"].size(), 1U) << "attachments are shown with their subject";
  // Twice is once.
  const json again = hand_in_with_files("610802001");
  EXPECT_EQ(again["repeated"], 1);
  EXPECT_EQ(again["attachments"].size(), 3U);
  const json files = act(kTownshipId, {"inbox", "list", "--kind", "attachment"});
  EXPECT_EQ(files["items"].size(), 3U);
  // Settled with their subject: the prison keeps nothing of them.
  act(kTownshipId, {"inbox", "settle", id, "--own-area"});
  for (const json& one : done["attachments"])
    EXPECT_TRUE(ledger_becomes(kPrisonId, one["envelope"], "receipt", "processed")) << one.dump();
}

// The largest file, over three hops of daemons with room for it; the middle one dies on the way.
TEST(LargeAttachment, SixteenMebibytesResumeOverDeaths) {
  struct Offices : HandMadeOffices {
    Offices()
        : HandMadeOffices({{kProvinceId, ""},
                           {kCountyId, kProvinceId},
                           {kTownshipId, kCountyId},
                           {kPrisonId, kProvinceId}}) {}
    void TestBody() override {}
    using HandMadeOffices::ask, HandMadeOffices::at, HandMadeOffices::config, HandMadeOffices::log,
        HandMadeOffices::start;
  } offices;
  std::map<std::string, std::unique_ptr<DaemonProcess>> daemons;
  for (const char* office : {kProvinceId, kCountyId, kTownshipId, kPrisonId}) {
    std::string config = read_text(offices.config(office));
    config.replace(config.find("67108864"), 8, "536870912");
    write_text(offices.config(office), config);
    daemons[office] = std::make_unique<DaemonProcess>(offices.start(office));
    ASSERT_TRUE(daemons[office]->ready()) << offices.log(office);
  }
  std::string content(kAttachmentBytesMax, '\0');
  for (std::size_t at = 0; at < content.size(); ++at)
    content[at] = static_cast<char>(at * 7 + at / 4096);
  const auto pictures = offices.at("pictures"), taken = offices.at("taken");
  std::filesystem::create_directory(pictures);
  const std::string name = std::string(kPerson) + ".pdf";
  write_text(pictures / name, content);
  const json done = answer(
      offices.ask(kPrisonId, {"submit", "ad_hoc_report", "-", "--attachments", pictures.string()}),
      std::string("origin,name,id_number,registration_code,release_date\n") + kPrisonId +
          ",测试丙," + kPerson + ",610802001,2026-12-25\n");
  ASSERT_EQ(done["attachments"].size(), 1U) << done.dump();
  for (const char* office : {kProvinceId, kCountyId, kProvinceId}) {
    daemons[office].reset();  // SIGKILL, wherever the chunks are
    daemons[office] = std::make_unique<DaemonProcess>(offices.start(office));
    ASSERT_TRUE(daemons[office]->ready()) << offices.log(office);
  }
  const std::string id = done["envelopes"][0]["id"];
  json list;
  ASSERT_TRUE(eventually([&] {
    const Ended shown = cli(offices.ask(kTownshipId, {"inbox", "show", id, "--json"}));
    const json item = json::parse(shown.out, nullptr, false);
    if (!item.is_object()) return false;
    list = item.value("attachments", json::array());
    return list.size() == 1 && list[0]["state"] == "here";
  })) << list.dump()
      << offices.log(kCountyId);
  answer(offices.ask(kTownshipId, {"inbox", "show", id, "--attachments", taken.string()}));
  EXPECT_TRUE(read_text(taken / name) == content);
}

TEST_F(Attachments, WhatDoesNotFitIsRefusedAndShownAsMissing) {
  file(std::string(kPerson) + ".jpg", 50'000);
  file(std::string(kPerson) + ".pdf", 12 * kMebibyte);  // more than this small store hands in
  const json done = hand_in_with_files("610802001");
  ASSERT_EQ(done["attachments"].size(), 1U) << done.dump();
  EXPECT_THAT(done["attachments_refused"].dump(), HasSubstr("origin_room:"));
  const std::string id = done["envelopes"][0]["id"];
  ASSERT_EQ(id_at(kTownshipId, "ad_hoc_report"), id) << "the notice never waits for them";
  const json list = attachments_at(kTownshipId, id, 1);
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[1]["type"], "document");
  EXPECT_EQ(list[1]["state"], "missing");
  EXPECT_EQ(list[1]["size"], 12 * kMebibyte);
}

TEST_F(Attachments, TheyGoOnWithWhatADeskAssigns) {
  file(std::string(kPerson) + ".jpg", 300'000);
  const json done = hand_in_with_files("610802");  // the county's desk
  const std::string id = done["envelopes"][0]["id"],
                    photograph = done["attachments"][0]["envelope"];
  ASSERT_EQ(id_at(kCountyId, "ad_hoc_report"), id);
  attachments_at(kCountyId, id, 1);
  act(kCountyId, {"inbox", "assign", id, "--to", kSecondTownshipId, "--reason", "户籍在该乡"});
  const std::string there = id_at(kSecondTownshipId, "ad_hoc_report");
  const json list = attachments_at(kSecondTownshipId, there, 1);
  ASSERT_EQ(list.size(), 1U);
  EXPECT_TRUE(list[0]["announced"]) << "by its origin, whoever passed it on";
  act(kSecondTownshipId, {"inbox", "settle", there, "--own-area"});
  EXPECT_TRUE(ledger_becomes(kPrisonId, photograph, "receipt", "processed")) << log(kCountyId);
}

TEST_F(Attachments, NoAttachmentLeavesBeforeItsNotice) {
  file(std::string(kPerson) + ".jpg", 1000);
  const json done = hand_in_with_files("610802001", "pre_release_notice");
  ASSERT_EQ(done["attachments"].size(), 1U) << done.dump();
  const json shown =
      act(kPrisonId, {"queue", "show", done["attachments"][0]["envelope"].get<std::string>()});
  EXPECT_EQ(shown["state"], "gated") << shown.dump();
  EXPECT_EQ(shown["not_before"],
            act(kPrisonId,
                {"queue", "show", done["envelopes"][0]["id"].get<std::string>()})["not_before"]);
}

TEST_F(Attachments, OnlyNoticesHaveThem) {
  file(std::string(kPerson) + ".jpg", 1000);
  EXPECT_THAT(
      refusal(kCountyId, {"submit", "assistance_request", "-", "--attachments", pictures_.string()},
              "form,to,name\nverify,township:610802001,测试丙\n"),
      HasSubstr("attachments:"));
  EXPECT_THAT(refusal(kPrisonId, {"submit", "ad_hoc_report", "-", "--attachments", "/nowhere"},
                      "origin,name,id_number\n"),
              HasSubstr("/nowhere"));
}

}  // namespace
}  // namespace xianjie::tests
