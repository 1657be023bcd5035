// An office from its bare keys to the evidence about its month: it joins by a request, takes its
// first notice, changes all three of its keys with mail under way, merges into its neighbour; and
// what happened is checked where nothing else is. Real daemons, the real ceremony.
#include <gmock/gmock.h>

#include "tests/functional/evidence_offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kTop = "province:610000";
constexpr const char* kOver = "county:610802";
constexpr const char* kGiver = "prison:610000-03";
constexpr const char* kHeir = "township:610802002";
constexpr const char* kJoiner = "township:610802001";

class OfficeLife : public EvidenceOffices {
 protected:
  OfficeLife()
      : EvidenceOffices({{kTop, ""}, {kOver, kTop}, {kGiver, kTop}, {kHeir, kOver}},
                        standing_ahead(days(20))) {
    std::filesystem::copy_file(at("directory.xjd"), at("newest.xjd"));
    for (const char* office : {kTop, kOver, kGiver, kHeir}) run_office(office);
  }
  json directory(std::vector<std::string> command) {
    command.insert(command.begin(), "directory");
    return answer(command);
  }
  // The newest list edited and given to the root's daemon, from where everybody gets it.
  void spread_edit(std::vector<std::string> edit) {
    ++version_;
    const std::string newest = at("newest.xjd").string();
    publish_edit(std::move(edit), "newest.xjd", "made.xjd");
    std::filesystem::rename(at("made.xjd"), newest);
    EXPECT_EQ(act(kTop, {"directory", "import", newest})["snapshot"]["now"], version_);
    EXPECT_TRUE(eventually([&] {
      for (const auto& [office, daemon] : daemons_)
        if (act(office, {"directory", "status"})["snapshot_version"] != version_) return false;
      return true;
    }));
  }
  // A request for this key file, read out over the telephone to whoever holds `approver`.
  std::string approved_request(const std::string& keys, const std::string& approver) {
    const std::string request = at(keys + ".request").string();
    const json asked = directory(
        {"request", "--keys", at(keys).string(), "--name", "某某司法所", "--parent", kOver,
         "--channel", "class=vpn,network=127.0.0.0/8,endpoint=" + endpoint_, "--output", request});
    directory({"approve", request, "--keys", at(approver).string(), "--fingerprint",
               asked["spoken"].get<std::string>(), "--output", request + ".approved"});
    return request + ".approved";
  }
  std::string send(const std::string& number) {
    return hand_in(kGiver, "ad_hoc_report", person(kGiver, "测试戊", number));
  }
  bool waits_at_county() {
    return eventually([&] {
      return act(kOver, {"queue", "list"})["queues"].dump().find(kJoiner) != std::string::npos;
    });
  }
  // The only open item of an office, as soon as it is there; settled.
  void settle_one(const std::string& office, const std::string& origin_id) {
    json items;
    ASSERT_TRUE(eventually([&] {
      items = act(office, {"inbox", "list", "--kind", "ad_hoc_report"})["items"];
      return items.size() == 1;
    })) << log(office);
    period_ = items[0]["period"];
    const json shown = act(office, {"inbox", "show", items[0]["id"]});
    EXPECT_THAT(shown.dump(), HasSubstr("测试戊"));
    act(office, {"inbox", "settle", items[0]["id"], "--own-area"});
    EXPECT_TRUE(eventually([&] {
      return act(kGiver, {"trace", origin_id}).value("checked_by", "") == office;
    })) << act(kGiver, {"trace", origin_id});
  }

  std::uint64_t version_ = 1;
  std::string endpoint_ = "tcp://127.0.0.1:" + std::to_string(free_loopback_port());
  std::string period_;
};

TEST_F(OfficeLife, FromItsBareKeysToTheEvidenceOfItsMonth) {
  // Its keys are made where they will live; what leaves is a request.
  const std::string first = std::string(kJoiner) + ".keys";
  answer({"keys", "generate", "--office", kJoiner, "--output", at(first).string()});
  spread_edit({"add", approved_request(first, std::string(kOver) + ".keys")});
  std::filesystem::copy_file(at("newest.xjd"), at(std::string(kJoiner) + ".xjd"));
  std::string like = read_text(config(kHeir));
  for (std::size_t found = 0; (found = like.find(kHeir)) != std::string::npos;)
    like.replace(found, std::string_view(kHeir).size(), kJoiner);
  write_text(config(kJoiner), like);
  run_office(kJoiner);
  const std::string notice = send("110101180001010015");
  settle_one(kJoiner, notice);

  // All three keys change while the next one is on its way, sealed to the old ones.
  daemons_.erase(kJoiner);
  const std::string on_its_way = send("110101180001020010");
  ASSERT_TRUE(waits_at_county());
  const std::string second = std::string(kJoiner) + "-2.keys";
  EXPECT_EQ(answer({"keys", "rotate", "--keys", at(first).string(), "--output",
                    at(second).string()})["key_id"],
            2);
  spread_edit({"add", approved_request(second, first)});
  std::string text = read_text(config(kJoiner));
  const std::string line = "keys = \"" + first + "\"";
  write_text(config(kJoiner), text.replace(text.find(line), line.size(),
                                           "keys = [\"" + second + "\", \"" + first + "\"]"));
  run_office(kJoiner);
  settle_one(kJoiner, on_its_way);
  EXPECT_EQ(act(kJoiner, {"keys", "list"})["keys"][1]["state"], "current");
  const std::string under_new_keys = send("110101180001030016");
  settle_one(kJoiner, under_new_keys);

  // It merges into its neighbour, with one waiting for it.
  daemons_.erase(kJoiner);
  const std::string for_the_heir = send("110101180001040011");
  ASSERT_TRUE(waits_at_county());
  spread_edit(
      {"merge", kJoiner, "--into", kHeir, "--at", to_text(adapters::real_wall_time() + days(10))});
  settle_one(kHeir, for_the_heir);

  // Whoever has the file and the program needs nothing else; one byte changed anywhere is named.
  export_at(kGiver, {"--month", period_}, "month.xje");
  const json verdict = verdict_on("month.xje");
  ASSERT_EQ(verdict["verdict"], "proved") << verdict["broken"].dump();
  EXPECT_EQ(verdict["month"]["accepted"], 4) << verdict["month"];
  EXPECT_EQ(verdict["month"]["delivered"], 4) << verdict["month"];
  EXPECT_EQ(verdict["month"]["balanced"], true);
  EXPECT_THAT(words(verdict, "proved", "written"), HasSubstr("signed 4 of the 4 envelopes"));
  const std::string whole = read_text(at("month.xje"));
  for (std::size_t k = 0; k < 64; ++k) {
    std::string flipped = whole;
    flipped[whole.size() * k / 64 + k] ^= 1;
    write_text(at("flipped.xje"), flipped);
    const json broken = verdict_on("flipped.xje")["broken"];
    ASSERT_EQ(broken.size(), 1U) << k;
    EXPECT_NE(broken[0]["section"], "");
  }
}

}  // namespace
}  // namespace xianjie::tests
