// Flow E with real daemons: requests, work orders, alerts, notices and records, each with what is
// owed for it. E1 community corrections, E2 floating population, E3 legal services, E4 lateral
// exchange, E5 petitions.
#include "tests/functional/flow_offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class FlowE : public FlowOffices {
 protected:
  explicit FlowE(const std::string& clock = still_clock()) : FlowOffices(clock) {}
};

TEST_F(FlowE, E1AnAlertIsSignedForByANamedClerk) {
  const std::string id = hand_in(kTownshipId, "alert",
                                 "subject,name,time,place,content\n"
                                 "越界告警,测试甲,2026-12-09 11:30,测试县界,离开居住地\n");
  ASSERT_EQ(id_at(kCountyId, "alert"), id);
  EXPECT_EQ(act(kCountyId, {"due"})["due"][0]["owed"], "collect");
  EXPECT_THAT(refusal(kCountyId, {"inbox", "collect", id, "--clerk", "a b"}), HasSubstr("clerk:"));
  act(kCountyId, {"inbox", "collect", id, "--clerk", "zhang.san"});
  EXPECT_TRUE(ledger_becomes(kTownshipId, id, "receipt", "collected"));
  EXPECT_EQ(act(kCountyId, {"due"})["due"].size(), 0U);
  EXPECT_EQ(act(kTownshipId, {"due"})["due"].size(), 0U);
  const json trace = act(kCountyId, {"trace", id});
  EXPECT_THAT(trace["events"].dump(), HasSubstr("by=zhang.san"));
}

TEST_F(FlowE, E1TheEndOfATermIsToldSevenDaysBefore) {
  const std::string id = hand_in(kTownshipId, "alert",
                                 "subject,name,ends_on,content\nexpiry,测试甲,2026-12-20,期满\n");
  const json queued = act(kTownshipId, {"queue", "show", id});
  EXPECT_EQ(queued["state"], "gated");
  EXPECT_EQ(queued["not_before"], "2026-12-13T09:00:00.000+08:00");
}

TEST_F(FlowE, E1ANoticeReachesTheWholeSubtreeAndIsCounted) {
  const json done = act(kCountyId, {"submit", "notice", "-", "--submission", "通知第1号"},
                        "title,content\n关于测试的通知,请各单位确认\n");
  EXPECT_EQ(done["accepted"], 3) << done.dump();
  act(kTownshipId, {"inbox", "collect", id_at(kTownshipId, "notice")});
  ASSERT_TRUE(eventually([&] {
    const json counted = act(kCountyId, {"submission", "通知第1号"});
    return counted["receipts"]["collected"] == 1 && counted["receipts"]["delivered"] == 2;
  }));
  const json again = act(kCountyId, {"submit", "notice", "-", "--submission", "通知第1号"},
                         "title,content\n关于测试的通知,请各单位确认\n");
  EXPECT_EQ(again["repeated"], 3) << "each office's own answer again";
  EXPECT_THAT(refusal(kTownshipId, {"submit", "notice", "-"}, "title,content\na,b\n"),
              HasSubstr("ministry, province, prefecture, county"));
}

TEST_F(FlowE, E1LeaveIsAskedOfTheCountyAndAnswered) {
  const std::string id = hand_in(kTownshipId, "assistance_request",
                                 "类别,姓名,起始日期,截止日期,前往地,理由\n"
                                 "请假,测试甲,2026-12-15,2026-12-18,测试市,就医\n");
  ASSERT_EQ(id_at(kCountyId, "assistance_request"), id);
  EXPECT_THAT(refusal(kCountyId, {"inbox", "answer", id, "result=maybe"}), HasSubstr("result:"));
  EXPECT_THAT(refusal(kCountyId, {"inbox", "answer", id, "outcome=approved"}),
              HasSubstr("result (结果)"));
  act(kCountyId, {"inbox", "answer", id, "result=同意", "remarks=按时返回"});
  EXPECT_THAT(refusal(kCountyId, {"inbox", "answer", id, "result=refused"}), HasSubstr("second:"));
  const std::string answered = id_at(kTownshipId, "assistance_feedback");
  EXPECT_EQ(act(kTownshipId, {"inbox", "show", answered})["payload"]["result"], "approved");
  const json ledger = ledger_of(kTownshipId, id);
  ASSERT_EQ(ledger["answers"].size(), 1U);
  EXPECT_EQ(ledger["answers"][0]["id"], answered);
  EXPECT_EQ(ledger["due"], "2026-12-16T18:00:00.000+08:00") << "five working days, no weekend";
}

TEST_F(FlowE, E2AMonthsRecordsAreTakenOrRefusedRowByRow) {
  const std::string head = "record,name,id_number,change,date\n";
  const json done = act(kTownshipId, {"submit", "record_batch", "-"},
                        head + "R1,测试甲,110101180001010015,流入,2026-12-01\n" +
                            "R2,测试乙,11010118000101004X,moved_out,2026-12-02\n" +
                            "R1,测试甲,110101180001010015,流入,2026-12-01\n" +
                            "R3,测试丁,110101180001010016,流入,2026-12-01\n");
  EXPECT_EQ(done["accepted"], 1) << "one batch";
  ASSERT_EQ(done["refused"].size(), 1U) << done.dump();
  EXPECT_EQ(done["refused"][0]["row"], 4);
  const std::string id = done["envelopes"][0]["id"];
  EXPECT_EQ(act(kTownshipId, {"queue", "show", id})["not_before"], "2026-12-09T22:00:00.000+08:00");
  EXPECT_THAT(refusal(kTownshipId, {"submit", "record_batch", "-", "--period", "2026-11"}, head),
              HasSubstr("was closed at 2026-12-04T16:00"));
}

TEST_F(FlowE, E2TwoPlacesConfirmAMove) {
  const std::string id =
      hand_in(kTownshipId, "assistance_request",
              std::string("subject,to,name,state,date,place_from,place_to\nmove,") +
                  kSecondTownshipId + ",测试甲,流出登记,2026-12-01,测试一乡,测试二乡\n");
  ASSERT_EQ(id_at(kSecondTownshipId, "assistance_request"), id);
  EXPECT_THAT(refusal(kSecondTownshipId,
                      {"inbox", "answer", id, "state=outflow_confirmed", "date=2026-12-08"}),
              HasSubstr("does not answer"));
  act(kSecondTownshipId, {"inbox", "answer", id, "state=流入登记", "date=2026-12-08"});
  EXPECT_EQ(act(kTownshipId,
                {"inbox", "show", id_at(kTownshipId, "assistance_feedback")})["payload"]["state"],
            "inflow_registered");
}

TEST_F(FlowE, E3AWorkOrderGoesToTheOfficeInChargeOfItsRegion) {
  const std::string id = hand_in(kProvinceId, "work_order",
                                 "subject,region_code,number,name,content\n"
                                 "service,610802001,GD-1,测试甲,法律援助\n");
  ASSERT_EQ(id_at(kCountyId, "work_order"), id);
  act(kCountyId, {"inbox", "assign", id, "--to", kTownshipId, "--reason", "就近办理"});
  act(kTownshipId,
      {"inbox", "answer", id_at(kTownshipId, "work_order"), "result=办结", "content=已办结"});
  const std::string back = id_at(kProvinceId, "work_order_feedback");
  const json shown = act(kProvinceId, {"inbox", "show", back});
  EXPECT_EQ(shown["payload"]["result"], "closed");
  EXPECT_EQ(shown["origin"], kCountyId) << "one front desk reports back";
  EXPECT_TRUE(ledger_becomes(kProvinceId, id, "receipt", "processed"));
}

TEST_F(FlowE, E4ADetentionHousesQueryIsAnsweredByAPrison) {
  const std::string id = hand_in(kPrisonId, "assistance_request",
                                 std::string("subject,to,name,id_number,content\n查询,") +
                                     kTownshipId + ",测试甲,110101180001010015,核对家庭情况\n");
  act(kTownshipId, {"inbox", "answer", id_at(kTownshipId, "assistance_request"), "content=属实"});
  EXPECT_EQ(act(kPrisonId,
                {"inbox", "show", id_at(kPrisonId, "assistance_feedback")})["payload"]["content"],
            "属实");
  EXPECT_TRUE(ledger_becomes(kPrisonId, id, "receipt", "processed"));
}

TEST_F(FlowE, E5APetitionIsUrgedAndClosedWithItsResult) {
  const std::string head =
      "subject,to,number,first_number,issuer,issuer_post,issuer_unit,name,content,due\n";
  EXPECT_THAT(refusal(kProvinceId, {"submit", "work_order", "-"},
                      head + "petition,,XF-1,,测试,处长,测试厅,测试甲,反映事项,\n"),
              HasSubstr("names the office"));
  EXPECT_THAT(refusal(kProvinceId, {"submit", "work_order", "-"},
                      head + "petition," + kCountyId +
                          ",XF-1,,测试,处长,测试厅,测试甲,反映事项,2026-12-01\n"),
              HasSubstr("past:"));
  const std::string id = hand_in(
      kProvinceId, "work_order",
      head + "petition," + kCountyId + ",XF-2,XF-1,测试,处长,测试厅,测试甲,反映事项,2026-12-31\n");
  ASSERT_EQ(id_at(kCountyId, "work_order"), id);
  EXPECT_EQ(act(kCountyId, {"inbox", "show", id})["payload"]["first_number"], "XF-1");
  act(kProvinceId, {"urge", id, "--text", "请尽快办理"});
  EXPECT_EQ(act(kProvinceId, {"urge", id})["envelope"], act(kProvinceId, {"urge", id})["envelope"])
      << "once a day";
  const json alert = act(kCountyId, {"inbox", "show", id_at(kCountyId, "alert")});
  EXPECT_EQ(alert["payload"]["form"], "alert.urge");
  EXPECT_EQ(alert["in_reply_to"], id);
  act(kCountyId, {"inbox", "answer", id, "result=不予受理", "content=不属职责范围"});
  EXPECT_EQ(act(kProvinceId,
                {"inbox", "show", id_at(kProvinceId, "work_order_feedback")})["payload"]["result"],
            "not_accepted");
  EXPECT_THAT(refusal(kProvinceId, {"urge", id}), HasSubstr("nobody owes"));
}

// Ten days in 30 seconds.
class FlowEInTime : public FlowE {
 protected:
  FlowEInTime() : FlowE(clock_running_at(28'800)) {}
};

TEST_F(FlowEInTime, E3AConsultationThatNobodyAnswersGoesToTheContractor) {
  const std::string id = hand_in(kProvinceId, "work_order",
                                 "subject,region_code,number,name,content\n"
                                 "法律咨询,610802,ZX-1,测试甲,咨询\n");
  const std::string given = id_at(kContractorId, "work_order");
  EXPECT_NE(given, id);
  act(kContractorId, {"inbox", "answer", given, "result=答复", "content=答复如下"});
  EXPECT_EQ(act(kProvinceId,
                {"inbox", "show", id_at(kProvinceId, "work_order_feedback")})["payload"]["content"],
            "答复如下");
  EXPECT_TRUE(ledger_becomes(kProvinceId, id, "receipt", "processed"));
}

TEST_F(FlowEInTime, E1WhatIsOverdueIsToldOneLevelUpAndALateAnswerIsRefused) {
  const std::string id = hand_in(kPrisonId, "assistance_request",
                                 std::string("subject,to,name,content,due\n核查,") + kTownshipId +
                                     ",测试甲,核查,2026-12-13\n");
  const std::string second = hand_in(kProvinceId, "assistance_request",
                                     std::string("subject,to,name,content,due\n核查,") +
                                         kTownshipId + ",测试乙,核查,2026-12-13\n");
  const std::string alert = id_at(kCountyId, "alert");
  const json shown = act(kCountyId, {"inbox", "show", alert});
  EXPECT_EQ(shown["payload"]["form"], "alert.overdue");
  EXPECT_EQ(shown["in_reply_to"], second) << "prisons send no alerts";
  EXPECT_TRUE(eventually(
      [&] { return log(kPrisonId).find("overdue: owed=answer id=" + id) != std::string::npos; }));
  EXPECT_TRUE(eventually([&] {
    return log(kTownshipId).find("reminder: owed=answer id=" + id) != std::string::npos;
  }));
  EXPECT_THAT(refusal(kTownshipId, {"inbox", "answer", id, "result=confirmed"}),
              HasSubstr("late:"));
  EXPECT_EQ(act(kTownshipId, {"due", "--overdue"})["overdue"], 2);
}

TEST_F(FlowEInTime, E2ARecordThatComesTwiceIsRefusedByTheOfficeAbove) {
  const std::string row =
      "record,name,id_number,change,date\n"
      "R1,测试甲,110101180001010015,流入,2026-12-01\n";
  const auto refused_rows = [&](const std::string& id) {
    json rows;
    EXPECT_TRUE(eventually([&] { return !ledger_of(kTownshipId, id)["answers"].empty(); }));
    const std::string answered = ledger_of(kTownshipId, id)["answers"][0]["id"];
    return act(kTownshipId, {"inbox", "show", answered})["payload"];
  };
  const json first = refused_rows(hand_in(kTownshipId, "record_batch", row));
  EXPECT_EQ(first["taken"], "1");
  EXPECT_FALSE(first.contains("rows"));
  const json again = refused_rows(
      hand_in(kTownshipId, "record_batch", row + "R2,测试乙,11010118000101004X,流出,2026-12-02\n"));
  EXPECT_EQ(again["taken"], "1");
  ASSERT_EQ(again["rows"].size(), 1U) << again.dump();
  EXPECT_EQ(again["rows"][0]["record"], "R1");
  EXPECT_THAT(again["rows"][0]["refused"].get<std::string>(), HasSubstr("duplicate:"));
}

}  // namespace
}  // namespace xianjie::tests
