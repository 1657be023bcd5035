// Evidence with real daemons: a report goes from a prison over a county to a township, is settled,
// and each end hands out a file that is checked where nothing else is.
#include <gmock/gmock.h>

#include "adapters/archive_segment.h"
#include "tests/functional/evidence_offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kRootOfficeId = "province:610000";
constexpr const char* kMiddleId = "county:610802";
constexpr const char* kEndId = "township:610802001";
constexpr const char* kWriterId = "prison:610000-03";
constexpr const char* kWhoseName = "测试丙";
constexpr const char* kWhoseNumber = "110101180001010015";

class EvidenceFiles : public EvidenceOffices {
 protected:
  EvidenceFiles()
      : EvidenceOffices({{kRootOfficeId, ""},
                         {kMiddleId, kRootOfficeId},
                         {kEndId, kMiddleId},
                         {kWriterId, kRootOfficeId}}) {
    for (const char* office : {kRootOfficeId, kMiddleId, kEndId, kWriterId}) run_office(office);
  }
  // A report that was settled at its end and whose origin knows it.
  std::string settled_report() {
    const std::string id =
        hand_in(kWriterId, "ad_hoc_report", person(kWriterId, kWhoseName, kWhoseNumber));
    EXPECT_TRUE(eventually([&] {
      return !answer(ask(kEndId, {"inbox", "list", "--kind", "ad_hoc_report"}))["items"].empty();
    })) << log(kEndId);
    answer(ask(kEndId, {"inbox", "settle", id, "--own-area"}));
    EXPECT_TRUE(eventually([&] {
      return answer(ask(kWriterId, {"trace", id}))["ledger"]["receipt"] == "processed";
    })) << log(kWriterId);
    return id;
  }
};

TEST_F(EvidenceFiles, BothEndsProveTheWholeWay) {
  const std::string id = settled_report();
  for (const char* office : {kWriterId, kEndId}) {
    const std::string file = std::string(office) + ".xje";
    const json exported = export_at(office, {id}, file);
    EXPECT_TRUE(exported["not_answered"].empty()) << exported.dump();
    const json verdict = verdict_on(file);
    ASSERT_EQ(verdict["verdict"], "proved") << verdict["broken"].dump();
    EXPECT_EQ(verdict["made_by"], office);
    EXPECT_EQ(verdict["envelope"]["origin"], kWriterId);
    EXPECT_EQ(verdict["became"], "processed");
    EXPECT_EQ(words(verdict, "not_proved", "custody"), "") << office;
    for (const char* hop : {"prison:610000-03 gave custody to province:610000",
                            "province:610000 gave custody to county:610802",
                            "county:610802 gave custody to township:610802001"})
      EXPECT_THAT(words(verdict, "proved", "custody"), HasSubstr(hop)) << office;
    EXPECT_THAT(words(verdict, "not_proved", "root"), HasSubstr("compare the fingerprint"));
    const std::string bytes = read_text(at(file));
    EXPECT_THAT(bytes, Not(HasSubstr(kWhoseName)));
    EXPECT_THAT(bytes, Not(HasSubstr(kWhoseNumber)));
    EXPECT_FALSE(verdict.contains("content"));
    EXPECT_EQ(answer({"verify", at(file).string()})["became"], "processed");
  }
  if (alone_ == 0) std::cerr << "NOT in an empty root: no root rights, or not static\n";
}

TEST_F(EvidenceFiles, WithoutAskingOrAnAnswerItSaysWhatIsMissing) {
  const std::string id = settled_report();
  export_at(kWriterId, {id, "--wait", "0"}, "alone.xje");
  const json alone = verdict_on("alone.xje");
  EXPECT_EQ(alone["verdict"], "proved");
  EXPECT_THAT(words(alone, "not_proved", "custody"),
              HasSubstr("from county:610802 to township:610802001"));
  daemons_[kEndId]->stop();
  const json exported = export_at(kWriterId, {id, "--wait", "2"}, "silent.xje");
  EXPECT_EQ(exported["not_answered"], json::array({kEndId}));
  const json verdict = verdict_on("silent.xje");
  EXPECT_EQ(verdict["verdict"], "proved");
  EXPECT_EQ(words(verdict, "not_proved", "custody"), "")
      << "what the county was given back by the township says the same";
}

TEST_F(EvidenceFiles, AKeyDisclosesTheContentAndThatIsRecorded) {
  const std::string id = settled_report();
  const json exported = export_at(kEndId, {id, "--with-payload-key"}, "open.xje");
  EXPECT_EQ(exported["content"], true);
  const json verdict = verdict_on("open.xje");
  ASSERT_EQ(verdict["verdict"], "proved") << verdict["broken"].dump();
  EXPECT_EQ(verdict["content"]["name"], kWhoseName);
  EXPECT_EQ(verdict["content"]["id_number"], kWhoseNumber);
  const json trace = answer(ask(kEndId, {"trace", id}));
  EXPECT_THAT(trace["events"].dump(), HasSubstr("by=evidence"));
  // The origin's bytes went when it was done: it cannot disclose them.
  const Ended gone = cli(ask(kWriterId, {"evidence", "export", id, "--with-payload-key", "--output",
                                         at("gone.xje").string()}));
  EXPECT_EQ(gone.status, 1);
  EXPECT_THAT(gone.err, HasSubstr("no longer kept here"));
  EXPECT_THAT(verify_alone("open.xje", {"--zh"}).out, HasSubstr("已证明"));
}

TEST_F(EvidenceFiles, OneFlippedByteIsNamedAndACutFileSaysWhere) {
  const std::string id = settled_report();
  export_at(kEndId, {id}, "whole.xje");
  const std::string whole = read_text(at("whole.xje"));
  for (std::size_t k = 0; k < 12; ++k) {
    std::string flipped = whole;
    flipped[whole.size() * k / 12 + k] ^= 1;
    write_text(at("flipped.xje"), flipped);
    const json verdict = verdict_on("flipped.xje");
    ASSERT_EQ(verdict["broken"].size(), 1U) << k;
    EXPECT_NE(verdict["broken"][0]["section"], "");
  }
  write_text(at("cut.xje"), whole.substr(0, whole.size() / 2));
  EXPECT_EQ(verdict_on("cut.xje")["broken"][0]["what"], "cut");
  EXPECT_THAT(verify_alone("cut.xje", {"--en"}).out, HasSubstr("BROKEN"));
}

TEST_F(EvidenceFiles, AMonthIsCountedAgain) {
  settled_report();
  export_at(kWriterId, {"--month", "2026-12"}, "month.xje");
  const json verdict = verdict_on("month.xje");
  ASSERT_EQ(verdict["verdict"], "proved") << verdict["broken"].dump();
  EXPECT_EQ(verdict["month"]["accepted"], 1);
  EXPECT_EQ(verdict["month"]["delivered"], 1);
  EXPECT_EQ(verdict["month"]["balanced"], true);
  EXPECT_EQ(verdict["month"]["ends_proved"], 1);
  EXPECT_THAT(words(verdict, "proved", "written"), HasSubstr("signed 1 of the 1 envelopes"));
}

// The audit log: countersigned by the neighbours; its tail cut off at a record's end, as no crash
// would leave it a trace, is noticed.
TEST_F(EvidenceFiles, ATailCutFromTheAuditLogIsNoticed) {
  settled_report();
  daemons_[kEndId]->stop();
  run_office(kEndId);  // says how far its log has come
  json audit;
  ASSERT_TRUE(eventually([&] {
    audit = answer(ask(kEndId, {"audit", "verify"}));
    return !audit["heads"].empty() && audit["heads"][0]["number"].get<int>() >= 3;
  })) << audit.dump();
  EXPECT_EQ(audit["heads"][0]["by"], kMiddleId);
  EXPECT_EQ(audit["heads"][0]["state"], "agrees");
  const auto signed_up_to = audit["heads"][0]["number"].get<std::uint64_t>();
  daemons_[kEndId]->stop();
  run_office(kEndId);  // its store lets go of the lines that the log has
  daemons_[kEndId]->stop();
  const auto segment = at(std::string(kEndId) + ".audit") / "audit-00000000000000000001.seg";
  std::uint64_t end = 0;
  {
    auto reader = adapters::SegmentReader::open(segment, 1);
    ASSERT_TRUE(reader);
    while (reader->number() + 1 < signed_up_to) ASSERT_TRUE(reader->next());
    end = reader->offset();
  }
  std::filesystem::resize_file(segment, end);
  run_office(kEndId);
  const Ended cut = cli(ask(kEndId, {"audit", "verify", "--json"}));
  EXPECT_EQ(cut.status, 1);
  const json said = json_lines(cut.out).at(0);
  EXPECT_EQ(said["whole"], false);
  EXPECT_THAT(said["broken"].dump(), HasSubstr(kMiddleId));
}

}  // namespace
}  // namespace xianjie::tests
