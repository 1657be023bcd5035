// Flows A8 and C with real daemons: a desk assigns, a township returns, the bus distributes again,
// population-police is asked; and the first origin hears what became of its notice.
#include <gmock/gmock.h>

#include "tests/functional/offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kDeskId = "county:610802";
constexpr const char* kFirstId = "township:610802001";
constexpr const char* kSecondId = "township:610802100";
constexpr const char* kProvinceDeskId = "province:610000";
constexpr const char* kPoliceId = "population-police:610000";
constexpr const char* kSenderId = "prison:610000-03";

class FlowC : public HandMadeOffices {
 protected:
  FlowC()
      : HandMadeOffices({{kProvinceDeskId, ""},
                         {kDeskId, kProvinceDeskId},
                         {kFirstId, kDeskId},
                         {kSecondId, kDeskId},
                         {kPoliceId, kProvinceDeskId},
                         {kSenderId, kProvinceDeskId}}) {
    for (const char* office :
         {kProvinceDeskId, kDeskId, kFirstId, kSecondId, kPoliceId, kSenderId}) {
      daemons_.push_back(std::make_unique<DaemonProcess>(start(office)));
      EXPECT_TRUE(daemons_.back()->ready()) << log(office);
    }
  }

  // The id of the report, handed in with this registration code.
  std::string report(const std::string& code) {
    const std::string file = std::string("origin,name,id_number,registration_code\n") + kSenderId +
                             ",测试丙,110101180001010015," + code + "\n";
    const json done = answer(ask(kSenderId, {"submit", "ad_hoc_report", "-"}), file);
    EXPECT_EQ(done["accepted"], 1) << done.dump();
    return done["envelopes"][0]["id"];
  }
  // The next item of an office that is not the police's copy and has not gone on.
  json item_at(const char* office, const char* kind = "ad_hoc_report") {
    json item;
    EXPECT_TRUE(eventually([&] {
      const json list = answer(ask(office, {"inbox", "list", "--kind", kind}));
      for (const json& each : list["items"])
        if (each["continued_by"].is_null()) item = each;
      return !item.is_null();
    })) << office
        << log(office);
    return item;
  }
  std::string id_at(const char* office, const char* kind = "ad_hoc_report") {
    return item_at(office, kind).value("id", "");
  }
  std::string refusal(const char* office, std::vector<std::string> arguments) {
    const Ended ended = cli(ask(office, std::move(arguments)));
    EXPECT_EQ(ended.status, 1) << ended.out;
    return ended.err;
  }
  // What the first origin knows of its report in the end.
  json ends_as(const std::string& id, const char* outcome) {
    json ledger;
    EXPECT_TRUE(eventually([&] {
      ledger = act(kSenderId, {"trace", id})["ledger"];
      return ledger["outcome"] == outcome && ledger["receipt"] == "processed";
    })) << ledger.dump();
    const json month = act(kSenderId, {"month", "status"})["origins"][0];
    EXPECT_EQ(month["accepted"], 1);
    EXPECT_EQ(month["delivered"], 1);
    return act(kSenderId, {"trace", id});
  }

  std::vector<std::unique_ptr<DaemonProcess>> daemons_;
};

TEST_F(FlowC, A8ADeskAssignsAndTheOriginHearsTheTownshipsCheck) {
  const std::string id = report("610802");
  EXPECT_EQ(id_at(kDeskId), id);
  EXPECT_THAT(refusal(kDeskId, {"inbox", "settle", id, "--own-area"}),
              HasSubstr("only a township"));
  EXPECT_THAT(refusal(kDeskId, {"inbox", "assign", id, "--to", kSenderId, "--reason", "x"}),
              HasSubstr("inside its own area"));
  const json assigned =
      act(kDeskId, {"inbox", "assign", id, "--to", kFirstId, "--reason", "据查住该镇"});
  EXPECT_EQ(assigned["state"], "continued");
  EXPECT_THAT(refusal(kDeskId, {"inbox", "assign", id, "--to", kSecondId, "--reason", "x"}),
              HasSubstr("continued"));
  const std::string next = id_at(kFirstId);
  EXPECT_EQ(next, assigned["continued_by"]);
  const json shown = act(kFirstId, {"inbox", "show", next});
  EXPECT_EQ(shown["origin"], kDeskId);
  EXPECT_EQ(shown["first"]["origin"], kSenderId) << "and its signature was checked";
  EXPECT_EQ(shown["first"]["id"], id);
  EXPECT_EQ(shown["payload"]["name"], "测试丙");
  EXPECT_EQ(shown["steps"][0]["remarks"], "据查住该镇");
  act(kFirstId, {"inbox", "settle", next, "--own-area"});
  const json trace = ends_as(id, "own-area");
  EXPECT_EQ(trace["checked_by"], kFirstId);
  ASSERT_EQ(trace["history"].size(), 1U) << trace.dump();
  EXPECT_EQ(trace["history"][0]["action"], "assigned");
}

TEST_F(FlowC, C2AReturnWithACodeIsDistributedAgain) {
  const std::string id = report("610802001");
  const std::string first = id_at(kFirstId);
  EXPECT_THAT(
      refusal(kFirstId, {"inbox", "return", first, "--reason", "not-ours", "--code", "610802001"}),
      HasSubstr("this office's own"));
  act(kFirstId, {"inbox", "return", first, "--reason", "not-ours", "--code", "610802100"});
  const std::string second = id_at(kSecondId);
  const json shown = act(kSecondId, {"inbox", "show", second});
  EXPECT_EQ(shown["steps"].size(), 2U);
  EXPECT_EQ(shown["steps"][1]["action"], "distributed");
  EXPECT_EQ(shown["steps"][1]["office"], kDeskId);
  act(kSecondId, {"inbox", "settle", second, "--own-area"});
  const json trace = ends_as(id, "own-area");
  EXPECT_EQ(trace["checked_by"], kSecondId);
  EXPECT_EQ(trace["history"].size(), 2U);
}

TEST_F(FlowC, C2WhatWouldComeBackToWhereItWasReturnedStaysAtTheDesk) {
  const std::string id = report("610802001");
  act(kFirstId,
      {"inbox", "return", id_at(kFirstId), "--reason", "not-ours", "--code", "610802100"});
  act(kSecondId,
      {"inbox", "return", id_at(kSecondId), "--reason", "not-ours", "--code", "610802001"});
  const std::string desk = id_at(kDeskId, "unlinked_return");
  EXPECT_EQ(act(kDeskId, {"inbox", "show", desk})["steps"].size(), 3U);
  act(kDeskId, {"inbox", "assign", desk, "--to", kFirstId, "--reason", "实地核查"});
  act(kFirstId, {"inbox", "settle", id_at(kFirstId), "--unlinked"});
  EXPECT_EQ(ends_as(id, "unlinked")["history"].size(), 4U);
}

TEST_F(FlowC, C4PopulationPoliceFindsAndTheProvinceDistributes) {
  const std::string id = report("610802001");
  act(kFirstId, {"inbox", "return", id_at(kFirstId), "--reason", "not-found"});
  act(kDeskId, {"inbox", "return", id_at(kDeskId, "unlinked_return"), "--reason", "not-found"});
  const std::string province = id_at(kProvinceDeskId, "unlinked_return");
  act(kProvinceDeskId, {"inbox", "return", province, "--reason", "false-identity"});
  const std::string police = id_at(kPoliceId, "unlinked_return");
  EXPECT_THAT(refusal(kPoliceId, {"inbox", "return", police, "--reason", "found"}),
              HasSubstr("the code it found"));
  act(kPoliceId, {"inbox", "return", police, "--reason", "found", "--code", "610802100"});
  act(kSecondId, {"inbox", "settle", id_at(kSecondId), "--own-area"});
  const json trace = ends_as(id, "own-area");
  EXPECT_EQ(trace["checked_by"], kSecondId);
  EXPECT_EQ(trace["history"].size(), 5U) << trace.dump();
}

TEST_F(FlowC, C4WhomNobodyKnowsEndsAsUnlinked) {
  const std::string id = report("610802001");
  act(kFirstId, {"inbox", "return", id_at(kFirstId), "--reason", "not-found"});
  act(kDeskId, {"inbox", "return", id_at(kDeskId, "unlinked_return"), "--reason", "not-found"});
  act(kProvinceDeskId,
      {"inbox", "return", id_at(kProvinceDeskId, "unlinked_return"), "--reason", "not-found"});
  act(kPoliceId, {"inbox", "settle", id_at(kPoliceId, "unlinked_return"), "--unlinked"});
  EXPECT_EQ(ends_as(id, "unlinked")["checked_by"], kPoliceId);
}

}  // namespace
}  // namespace xianjie::tests
