// Errors as HTTP says them: the table of README.md beside the header.
#include "node/web/http_answer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace xianjie::node {
namespace {

using enum ErrorCode;

std::pair<int, std::string> said(ErrorCode code, std::string text) {
  const HttpFault fault = http_fault({code, std::move(text)});
  return {fault.status, fault.body.at("error").at("code").get<std::string>()};
}
using Said = std::pair<int, std::string>;

TEST(HttpFaults, ACodeIsOneStatus) {
  EXPECT_EQ(said(kNotFound, "no such envelope"), Said(404, "not_found"));
  EXPECT_EQ(said(kRefused, "no reason given"), Said(409, "refused"));
  EXPECT_EQ(said(kCorrupt, "checksum"), Said(500, "corrupt"));
  EXPECT_EQ(said(kFull, "custody_room"), Said(500, "full"));
  EXPECT_EQ(said(kIo, "disk"), Said(500, "io"));
  EXPECT_EQ(said(kRetry, "the daemon does not answer"), Said(503, "retry"));
}

TEST(HttpFaults, HttpsOwnWordsComeFirst) {
  for (const ErrorCode code : {kRefused, kNotFound, kRetry, kIo}) {
    EXPECT_EQ(said(code, "misuse: no such option"), Said(400, "misuse"));
    EXPECT_EQ(said(code, "sign_in: wrong"), Said(401, "sign_in"));
    EXPECT_EQ(said(code, "forbidden: another role"), Said(403, "forbidden"));
    EXPECT_EQ(said(code, "locked: 15 minutes"), Said(429, "locked"));
  }
}

TEST(HttpFaults, ASecondFactorIsAskedForInTheAnswer) {
  const auto fault = http_fault({kNotFound, "second_factor: a code is wanted"});
  EXPECT_EQ(fault.status, 401);
  EXPECT_EQ(fault.body["error"]["code"], "sign_in");
  EXPECT_EQ(fault.body["error"]["second_factor"], true);
  EXPECT_FALSE(http_fault({kRefused, "sign_in: wrong"}).body["error"].contains("second_factor"));
}

TEST(HttpFaults, OnlyTheFirstWordCounts) {
  EXPECT_EQ(said(kRefused, "route: forbidden: x"), Said(409, "refused"));
  EXPECT_EQ(said(kRefused, "lockedness: x"), Said(409, "refused"));
  EXPECT_EQ(said(kRefused, " locked: x"), Said(409, "refused"));
  EXPECT_EQ(said(kRefused, "Locked: x"), Said(409, "refused"));
  EXPECT_EQ(said(kRefused, ""), Said(409, "refused"));
  EXPECT_EQ(said(kRefused, ":"), Said(409, "refused"));
  EXPECT_EQ(said(kRefused, std::string(1'000'000, 'x')), Said(409, "refused"));
}

TEST(HttpFaults, TheTextStands) {
  const auto fault = http_fault({kRefused, "\"</script>\n原因"});
  EXPECT_EQ(fault.body["error"]["text"], "\"</script>\n原因");
  EXPECT_EQ(fault.body.size(), 1U);
  EXPECT_NO_THROW(EXPECT_FALSE(fault.body.dump().empty()));
}

}  // namespace
}  // namespace xianjie::node
