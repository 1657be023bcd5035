#include "schemas/payload.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/support/samples.h"

namespace xianjie {
namespace {

TEST(Payload, NoticeReadsWhatWasWritten) {
  NoticePayload notice = tests::sample_notice();
  EXPECT_EQ(decode_payload(encode(Payload{notice})), Payload{notice});
  notice.ethnicity = "汉族";
  notice.education = "高中";
  notice.marital_status = "未婚";
  notice.registration_type = "农业";
  notice.residence = "榆林市";
  notice.telephone = "0912-0000000";
  notice.offence = "盗窃";
  notice.sentence = "三年";
  notice.repeat_offender = true;
  notice.risk = "高";
  notice.focus = false;
  notice.identity_doubtful = true;
  notice.family_contact = "李试验 0912-0000001";
  notice.remarks = "一,\"二\"\n三";
  notice.id_number.clear();
  notice.confidence = Confidence::kAmbiguous;
  EXPECT_EQ(decode_payload(encode(Payload{notice})), Payload{notice});
}

TEST(Payload, CheckResultReadsWhatWasWritten) {
  const CheckResultPayload check{tests::envelope_id(4), CheckOutcome::kUnlinked, "查无此人"};
  EXPECT_EQ(decode_payload(encode(Payload{check})), Payload{check});
  EXPECT_FALSE(decode_payload(encode(Payload{CheckResultPayload{}})));
  CheckResultPayload odd = check;
  odd.outcome = static_cast<CheckOutcome>(3);
  EXPECT_FALSE(decode_payload(encode(Payload{odd})));
}

ContinuationPayload sample_continuation() {
  ContinuationPayload out;
  out.first = {{1, 2}, {3}, {4, 5, 6}, {7}, 0};
  out.key.fill(9);
  Step step;
  step.office = tests::office("county:610802");
  step.id = tests::envelope_id(5);
  step.action = StepAction::kReturned;
  step.reason = ReturnReason::kNotFound;
  step.to = tests::office("prefecture:610800");
  step.code = 610802001;
  step.time = tests::wall("2026-12-15T09:00:00+08:00");
  step.remarks = "查无此人";
  out.steps.assign(2, step);
  return out;
}

TEST(Payload, ContinuationReadsWhatWasWritten) {
  const Payload payload = sample_continuation();
  EXPECT_EQ(decode_payload(encode(payload)), payload);
}

FormPayload sample_form() {
  return {"record_batch",
          1,
          {{0, "taken", "2"}, {1, "record", "R1"}, {1, "name", "测试甲"}, {2, "record", "R2"}}};
}

TEST(Payload, FormReadsWhatWasWritten) {
  const Payload payload = sample_form();
  EXPECT_EQ(decode_payload(encode(payload)), payload);
  EXPECT_EQ(sample_form().field("taken"), "2");
  EXPECT_EQ(sample_form().field("record"), "") << "a table's cell is no field of the form";
}

TEST(Payload, FormRefusesWhatNoFormWouldHold) {
  const std::vector<std::function<void(FormPayload&)>> changes{
      [](auto& f) { f.form.clear(); },
      [](auto& f) { f.cells[1].name.clear(); },
      [](auto& f) { f.cells[1].value = "\xff"; },
      [](auto& f) { std::swap(f.cells[0], f.cells[3]); },
      [](auto& f) { f.cells.resize(kFormCellsMax + 1, f.cells[3]); },
      [](auto& f) { f.cells[1].value.assign(kTextBytesMax + 1, 'x'); },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    FormPayload changed = sample_form();
    changes[i](changed);
    EXPECT_FALSE(decode_payload(encode(Payload(changed)))) << "change " << i;
  }
}

TEST(Payload, ContinuationRefusesWhatNoDeskWouldWrite) {
  const std::vector<std::function<void(ContinuationPayload&)>> changes{
      [](auto& c) { c.steps.clear(); },
      [](auto& c) { c.steps.resize(kStepsMax + 1, c.steps[0]); },
      [](auto& c) { c.first.sealed.clear(); },
      [](auto& c) { c.first.header.resize(kHeaderBytesMax + 1); },
      [](auto& c) { c.steps[0].office = {}; },
      [](auto& c) { c.steps[0].id = {}; },
      [](auto& c) { c.steps[0].action = static_cast<StepAction>(9); },
      [](auto& c) { c.steps[0].reason = static_cast<ReturnReason>(9); },
      [](auto& c) { c.steps[0].time = {-1}; },
      [](auto& c) { c.steps[0].remarks = "\xff"; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    ContinuationPayload changed = sample_continuation();
    changes[i](changed);
    EXPECT_FALSE(decode_payload(encode(Payload(changed)))) << "change " << i;
  }
}

TEST(Payload, RefusesMalformedFieldsWithoutRepeatingThem) {
  const std::vector<std::function<void(NoticePayload&)>> changes{
      [](NoticePayload& n) { n.id_number = "61080218050101001x"; },
      [](NoticePayload& n) { n.id_number = "610802050101001"; },
      [](NoticePayload& n) { n.registration_code = "61 0802"; },
      [](NoticePayload& n) { n.registration_code = "6108020010001"; },
      [](NoticePayload& n) { n.release_date = "2027/01/15"; },
      [](NoticePayload& n) { n.birth_date = "1805-02-30"; },
      [](NoticePayload& n) { n.name = "\xb3\xc2"; },
      [](NoticePayload& n) { n.remarks.assign(kTextBytesMax + 1, 'x'); },
      [](NoticePayload& n) { n.sex = static_cast<Sex>(3); },
      [](NoticePayload& n) { n.confidence = static_cast<Confidence>(0); },
  };
  for (std::size_t k = 0; k < changes.size(); ++k) {
    NoticePayload notice = tests::sample_notice();
    changes[k](notice);
    const auto read = decode_payload(encode(Payload{notice}));
    ASSERT_FALSE(read) << k;
    EXPECT_EQ(read.error().text.find("1805"), std::string::npos);
  }
}

TEST(Payload, LongestNoticeFits) {
  NoticePayload notice = tests::sample_notice();
  notice.remarks.assign(kTextBytesMax, 'x');
  EXPECT_TRUE(decode_payload(encode(Payload{notice})));
  EXPECT_FALSE(decode_payload(Bytes(kPayloadBytesMax + 1)));
}

}  // namespace
}  // namespace xianjie
