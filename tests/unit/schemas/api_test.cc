#include "schemas/api.h"

#include <gtest/gtest.h>

namespace xianjie {
namespace {

TEST(Api, RequestReadsWhatWasWritten) {
  const ApiRequest request{7, "inbox.list", {{"kind", "ad_hoc_report"}, {"json", ""}}, {1, 2, 3}};
  const auto read = decode_api_request(encode(request));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, 7U);
  EXPECT_EQ(read->command, request.command);
  EXPECT_EQ(read->options, request.options);
  EXPECT_EQ(read->body, request.body);
}

TEST(Api, ReplyReadsWhatWasWritten) {
  const ApiReply reply{.id = 7,
                       .final = false,
                       .ok = false,
                       .code = ErrorCode::kFull,
                       .text = "容量不足",
                       .json = "{}",
                       .body = {9}};
  const auto read = decode_api_reply(encode(reply));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, 7U);
  EXPECT_FALSE(read->final);
  EXPECT_FALSE(read->ok);
  EXPECT_EQ(read->code, ErrorCode::kFull);
  EXPECT_EQ(read->text, reply.text);
  EXPECT_EQ(read->json, "{}");
  EXPECT_EQ(read->body, reply.body);
}

TEST(Api, RefusesMalformedRequests) {
  EXPECT_FALSE(decode_api_request(encode(ApiRequest{1, "", {}, {}})));
  EXPECT_FALSE(decode_api_request(encode(ApiRequest{1, "Inbox List", {}, {}})));
  EXPECT_FALSE(decode_api_request(encode(ApiRequest{1, "submit", {{"", "x"}}, {}})));
  EXPECT_FALSE(decode_api_request(encode(ApiRequest{1, "submit", {{"a", "\xff"}}, {}})));
  ApiRequest many{1, "submit", {}, {}};
  for (int k = 0; k < 65; ++k) many.options["o" + std::to_string(k)] = "";
  EXPECT_FALSE(decode_api_request(encode(many)));
  EXPECT_FALSE(decode_api_request(encode(ApiReply{})));
  EXPECT_FALSE(decode_api_reply(encode(ApiRequest{1, "submit", {}, {}})));
}

}  // namespace
}  // namespace xianjie
