// What a file's name says, and what is announced, here and missing.
#include "node/office/attachments.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "crypto/hash.h"
#include "tests/support/one_broker.h"

namespace xianjie::node {
namespace {

using namespace tests;
using nlohmann::json;
using testing::HasSubstr;

const Date kAttachedOn = *Date::make(2026, 12, 9);

TEST(AttachmentNames, SayWhoseTheyAreAndWhat) {
  const auto type_of = [](std::string_view name) {
    const auto read = parse_attachment_name(name, kAttachedOn);
    return read ? std::string(to_word(read->type)) + " " + read->id_number : read.error();
  };
  EXPECT_EQ(type_of("110101180001010015.jpg"), "photograph 110101180001010015");
  EXPECT_EQ(type_of("11010118000101004x-left.WSQ"), "fingerprint 11010118000101004X");
  EXPECT_EQ(type_of("110101180001010015-2.v1.tiff"), "document 110101180001010015");
  for (const char* none : {"110101180001010015", "photo.jpg", "110101180001010016.jpg", ".jpg",
                           "110101180001010015.exe", "110101180001010015 .jpg",
                           "110101180001010015-../x.jpg", "110101180001010015-/x.jpg"})
    EXPECT_THAT(type_of(none), HasSubstr("attachment_name:")) << none;
  EXPECT_THAT(type_of("110101180001010015-" + std::string(128, 'a') + ".jpg"),
              HasSubstr("at most 128"));
  EXPECT_THAT(type_of("110101180001010016.jpg"), Not(HasSubstr("1101")))
      << "a refusal names no number";
}

TEST(AnnouncedAttachments, AreReadOrRefused) {
  const std::string hash(64, 'a');
  const json good = {
      {"id_number", "110101180001010015"}, {"type", "photograph"}, {"size", 5}, {"hash", hash}};
  ASSERT_TRUE(announced_attachments(json::array({good}).dump()));
  EXPECT_TRUE(announced_attachments("")->empty());
  EXPECT_FALSE(announced_attachments("{"));
  EXPECT_FALSE(announced_attachments("{}"));
  EXPECT_FALSE(announced_attachments("[1]"));
  for (const auto& [field, value] :
       std::multimap<std::string, json>{{"type", "film"},
                                        {"size", -1},
                                        {"size", kAttachmentBytesMax + 1},
                                        {"hash", "aa"},
                                        {"hash", 7},
                                        {"id_number", nullptr}}) {
    json bad = good;
    bad[field] = value;
    EXPECT_FALSE(announced_attachments(json::array({bad}).dump())) << bad.dump();
  }
}

class AttachmentsOf : public testing::Test {
 protected:
  Envelope notice(const EnvelopeId& refers_to = {}) {
    Header header = prison_.header(kTownship, Kind::kAdHocReport, kNow);
    header.refers_to = refers_to;
    return prison_.seal(header, as_text(encode(Payload(notice_))));
  }
  Envelope file(const EnvelopeId& subject, const std::string& name, const Bytes& content) {
    Header header = prison_.header(kTownship, Kind::kAttachment, kNow);
    header.refers_to = subject;
    AttachmentPayload payload{AttachmentType::kPhotograph, name, content};
    return prison_.seal(header, as_text(encode(Payload(payload))));
  }
  json view(const Envelope& of) {
    const auto txn = township_.store.read();
    const auto item = load_item(**txn, key_of(of));
    EXPECT_TRUE(item);
    return attachments_view(**txn, *item, notice_, office_keys(kTownship)).value();
  }
  Following follow(const Envelope& attachment) {
    const auto txn = township_.store.read();
    const auto found = find_attachments(**txn).value();
    for (const FoundAttachment& one : found)
      if (one.row.key == key_of(attachment)) return follow_subject(**txn, kTownship, one).value();
    ADD_FAILURE() << "no such attachment";
    return {};
  }
  void SetUp() override {
    notice_.name = "测试丙";
    for (const Bytes& content : {Bytes{1, 2, 3}, Bytes{4}})
      notice_.attachments.push_back({AttachmentType::kPhotograph,
                                     static_cast<std::uint32_t>(content.size()),
                                     crypto::hash(content)});
    township_.connect(kCounty);
  }

  NoticePayload notice_;
  Writer prison_{kPrison};
  OneBroker township_{kTownship, kNow};
};

TEST_F(AttachmentsOf, WhatIsAnnouncedIsMissingUntilItComes) {
  const Envelope subject = notice(), other = notice();
  const EnvelopeId id = key_of(subject).id;
  township_.give(kCounty, {subject, other});
  json list = view(subject);
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0]["state"], "missing");
  township_.give(kCounty, {file(id, "110101180001010015.jpg", {4}),
                           file(id, "110101180001010015-2.jpg", {9, 9}),
                           file(key_of(other).id, "110101180001010015.jpg", {1, 2, 3})});
  list = view(subject);
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[0]["state"], "missing") << "another person's, however alike";
  EXPECT_EQ(list[1]["state"], "here");
  EXPECT_EQ(list[1]["name"], "110101180001010015.jpg");
  EXPECT_EQ(list[2]["announced"], false);
}

TEST_F(AttachmentsOf, FollowTheirSubjectAndWhatReplacesIt) {
  const EnvelopeId first = envelope_id(77);
  const Envelope replaced = notice(first), attachment = file(first, "110101180001010015.jpg", {4});
  township_.give(kCounty, {attachment});
  EXPECT_EQ(follow(attachment).follow, Follow::kWait) << "its subject has not come";
  township_.give(kCounty, {replaced});
  EXPECT_EQ(view(replaced)[1]["state"], "here");
  EXPECT_EQ(follow(attachment).follow, Follow::kWait);
  broker::Settle settle;
  settle.key = key_of(replaced);
  std::vector<broker::Event> events;
  events.emplace_back(std::move(settle));
  township_.step(std::move(events));
  EXPECT_EQ(follow(attachment).follow, Follow::kSettle);
}

}  // namespace
}  // namespace xianjie::node
