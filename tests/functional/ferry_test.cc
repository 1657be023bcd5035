// Ferries (网闸) with real daemons: between the province and its population-police there is no wire
// at all, only a folder in each direction and a gate that carries from one to the other.
#include <filesystem>

#include "tests/functional/flow_offices.h"

namespace xianjie::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kBeyondId = "population-police:610000";

std::string ferry_lines(const std::string& neighbour, const std::string& folders) {
  return "[[ferry]]\nneighbour = \"" + neighbour + "\"\n" + folders;
}

class Ferry : public FlowOffices {
 protected:
  Ferry()
      : Ferry("out = \"province.out\"\nin = \"province.in\"\n",
              "out = \"police.out\"\nin = \"police.in\"\n") {}
  Ferry(const std::string& province, const std::string& police)
      : FlowOffices(with_police(), still_clock(),
                    {{{kBeyondId, "none"}},
                     {{kProvinceId, ferry_lines(kBeyondId, province)},
                      {kBeyondId, ferry_lines(kProvinceId, police)}}}) {
    for (const char* folder : {"province.out", "province.in", "police.out", "police.in"})
      fs::create_directory(at(folder));
  }

  static std::vector<Line> with_police() {
    std::vector<Line> out = small_province();
    out.emplace_back(kBeyondId, kProvinceId);
    return out;
  }

  // The gate: file by file, the manifest first, as the worst of them do.
  void carry(const char* from, const char* to) const {
    for (const auto& folder : fs::directory_iterator(at(from))) {
      if (!folder.is_directory()) continue;  // the directory's file: see there
      const std::string name = folder.path().filename().string();
      if (name.starts_with(".")) continue;
      fs::create_directory(at(to) / name);
      fs::copy(folder.path() / "manifest.xjc", at(to) / name / "manifest.xjc");
      for (const auto& file : fs::directory_iterator(folder))
        if (file.path().extension() == ".frame")
          fs::copy(file.path(), at(to) / name / file.path().filename());
      fs::remove_all(folder);
    }
  }
  void run_gates() const {
    carry("province.out", "police.in");
    carry("police.out", "province.in");
  }
  static std::size_t count_in(const fs::path& folder) {
    std::error_code error;
    return static_cast<std::size_t>(
        std::count_if(fs::directory_iterator(folder, error), fs::directory_iterator(),
                      [](const auto& entry) { return entry.is_directory(); }));
  }
  std::string report() {
    return hand_in(kPrisonId, "ad_hoc_report",
                   std::string("origin,name,id_number,registration_code\n") + kPrisonId +
                       ",测试丙,110101180001010015,610802001\n");
  }
  std::string id_beyond(const char* office, const char* kind) {
    std::string id;
    EXPECT_TRUE(eventually([&] {
      run_gates();
      const json list = act(office, {"inbox", "list", "--kind", kind});
      for (const json& each : list["items"])
        if (each["continued_by"].is_null()) id = each["id"];
      return !id.empty();
    })) << office
        << log(office) << log(kProvinceId);
    return id;
  }
};

TEST_F(Ferry, A6TheCopyGoesToPopulationPoliceAndItsReceiptComesBack) {
  const std::string id = report();
  const std::string copy = id_beyond(kBeyondId, "ad_hoc_report");
  EXPECT_NE(copy, id);
  EXPECT_TRUE(eventually([&] {
    run_gates();
    return ledger_of(kPrisonId, copy)["receipt"] == "delivered";
  })) << ledger_of(kPrisonId, copy).dump()
      << log(kProvinceId) << log(kBeyondId);
  const json hops = act(kProvinceId, {"trace", copy})["custody"];
  ASSERT_EQ(hops.size(), 2U) << hops.dump();
  for (const json& hop : hops)
    EXPECT_EQ(hop["channel"], hop["direction"] == "given" ? "ferry" : "vpn");
  const json given = act(kProvinceId, {"media", "list"})["given"];
  ASSERT_FALSE(given.empty());
  EXPECT_EQ(given[0]["state"], "acknowledged");
  EXPECT_EQ(given[0]["channel"], "ferry");
  EXPECT_GE(count_in(at("police.in") / "done"), 1U);
  EXPECT_EQ(count_in(at("police.in") / "refused"), 0U);
  EXPECT_EQ(count_in(at("province.in") / "refused"), 0U);
}

TEST_F(Ferry, C4APersonNotFoundIsAskedAfterAndTheAnswerComesBack) {
  const std::string id = report();
  act(kTownshipId,
      {"inbox", "return", id_at(kTownshipId, "ad_hoc_report"), "--reason", "not-found"});
  act(kCountyId, {"inbox", "return", id_at(kCountyId, "unlinked_return"), "--reason", "not-found"});
  act(kProvinceId,
      {"inbox", "return", id_at(kProvinceId, "unlinked_return"), "--reason", "false-identity"});
  const std::string police = id_beyond(kBeyondId, "unlinked_return");
  act(kBeyondId, {"inbox", "return", police, "--reason", "found", "--code", "610802100"});
  act(kSecondTownshipId,
      {"inbox", "settle", id_beyond(kSecondTownshipId, "ad_hoc_report"), "--own-area"});
  EXPECT_TRUE(eventually([&] {
    run_gates();
    const json ledger = ledger_of(kPrisonId, id);
    return ledger["outcome"] == "own-area" && ledger["receipt"] == "processed";
  })) << ledger_of(kPrisonId, id).dump();
}

TEST_F(Ferry, WhatTheGateSpoilsIsRefusedWithAReason) {
  report();
  fs::path one;
  ASSERT_TRUE(eventually([&] {
    for (const auto& folder : fs::directory_iterator(at("province.out")))
      if (folder.is_directory())
        if (!folder.path().filename().string().starts_with(".")) one = folder.path();
    return !one.empty();
  }));
  const std::string name = one.filename().string();
  // Only its manifest has come: it is given time, and then it is not.
  fs::create_directory(at("police.in") / name);
  fs::copy(one / "manifest.xjc", at("police.in") / name / "manifest.xjc");
  const fs::path why = at("police.in") / "refused" / (name + ".txt");
  ASSERT_TRUE(eventually([&] { return fs::exists(why); })) << log(kBeyondId);
  EXPECT_THAT(read_text(why), HasSubstr("000001.frame: is missing"));
  EXPECT_THAT(log(kBeyondId), HasSubstr("was refused"));
  // The same, whole, is taken all the same; then once more, which changes nothing.
  fs::copy(one, at("police.in") / name);
  ASSERT_TRUE(eventually([&] { return fs::exists(at("police.in") / "done" / name); }));
  EXPECT_EQ(act(kBeyondId, {"inbox", "list"})["items"].size(), 1U);
  fs::copy(one, at("police.in") / name);
  ASSERT_TRUE(eventually([&] { return fs::exists(at("police.in") / "done" / (name + "-2")); }));
  EXPECT_EQ(act(kBeyondId, {"inbox", "list"})["items"].size(), 1U);
  // What comes back into the sender's own folder is none of its business.
  fs::copy(one, at("province.in") / name);
  const fs::path own = at("province.in") / "refused" / (name + ".txt");
  ASSERT_TRUE(eventually([&] { return fs::exists(own); }));
  EXPECT_THAT(read_text(own), HasSubstr("not_here"));
}

// One direction alone: the sender keeps custody, for nobody can say that it has arrived.
class FerryOut : public Ferry {
 protected:
  FerryOut() : Ferry("out = \"province.out\"\n", "in = \"police.in\"\n") {}
};

TEST_F(FerryOut, CustodyStaysUntilAnAnswerComesByAnyWay) {
  report();
  const std::string copy = id_beyond(kBeyondId, "ad_hoc_report");
  const json given = act(kProvinceId, {"media", "list"})["given"];
  ASSERT_EQ(given.size(), 1U) << given.dump();
  EXPECT_EQ(given[0]["state"], "on_the_way");
  // By hand, then: population-police writes its answer onto a disk.
  const fs::path disk = at("disk");
  fs::create_directory(disk);
  EXPECT_EQ(act(kBeyondId, {"media", "export", "--to", kProvinceId, disk.string()})["envelopes"],
            0);
  EXPECT_EQ(act(kProvinceId, {"media", "import", disk.string()})["taken"], 1);
  EXPECT_TRUE(ledger_becomes(kPrisonId, copy, "receipt", "delivered"));
  EXPECT_EQ(act(kProvinceId, {"media", "list"})["given"][0]["state"], "acknowledged");
}

}  // namespace
}  // namespace xianjie::tests
