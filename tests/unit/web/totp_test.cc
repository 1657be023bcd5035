// Second factors against RFC 6238's published vectors (appendix B, SHA-1; of 8 digits the last 6).
#include <gmock/gmock.h>

#include "node/web/accounts.h"

namespace xianjie::node {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Bytes ascii(std::string_view text) {
  return {text.begin(), text.end()};
}
const Bytes kRfcSecret = ascii("12345678901234567890");
WallTime at(std::int64_t seconds_since_1970) {
  return WallTime{seconds_since_1970 * 1000};
}
std::optional<std::uint64_t> step(std::string_view code, std::int64_t time) {
  return totp_step(kRfcSecret, code, at(time));
}

TEST(Totp, IsWhatTheStandardPublished) {
  EXPECT_EQ(step("287082", 59), 0x1U);
  EXPECT_EQ(step("081804", 1'111'111'109), 0x23523ecU);
  EXPECT_EQ(step("050471", 1'111'111'111), 0x23523edU);
  EXPECT_EQ(step("005924", 1'234'567'890), 0x273ef07U);
  EXPECT_EQ(step("279037", 2'000'000'000), 0x3f940aaU);
  EXPECT_EQ(step("353130", 20'000'000'000), 0x27bc86aaU);
}

TEST(Totp, ACodeIsGoodForThreeSteps) {
  for (const std::int64_t time : {0, 29, 30, 59, 60, 89})
    EXPECT_EQ(step("287082", time), 1U) << time;
  EXPECT_EQ(step("287082", 90), std::nullopt);
  EXPECT_EQ(step("287082", 1'111'111'109), std::nullopt);
  EXPECT_EQ(step("005924", 1'234'567'890 - 61), std::nullopt) << "not yet";
}

TEST(Totp, OnlySixDigitsAreACode) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view code :
       {""sv, "28708"sv, "2870822"sv, "94287082"sv, " 287082"sv, "287082 "sv, "+287082"sv,
        "-287082"sv, "28708\0"sv, "287082\0"sv, "28708a"sv, "０28708"sv,
        "\xff\xff\xff\xff\xff\xff"sv})
    EXPECT_EQ(step(code, 59), std::nullopt) << code;
  EXPECT_EQ(step("81804", 1'111'111'109), std::nullopt) << "a leading zero counts";
  EXPECT_EQ(step(" 81804", 1'111'111'109), std::nullopt);
  EXPECT_EQ(step("+81804", 1'111'111'109), std::nullopt);
  EXPECT_EQ(step(std::string(1'000'000, '2'), 59), std::nullopt);
}

TEST(Totp, AClockAtItsEndsBreaksNothing) {
  EXPECT_EQ(totp_step(kRfcSecret, "000000", WallTime{}), std::nullopt);
  EXPECT_EQ(totp_step(kRfcSecret, "000000", WallTime{kWallTimeMsMax}), std::nullopt);
  EXPECT_EQ(totp_step(kRfcSecret, "000000", WallTime{-1}), std::nullopt) << "before 1970";
}

TEST(Totp, AnotherSecretHasOtherCodes) {
  EXPECT_EQ(totp_step(ascii("12345678901234567891"), "287082", at(59)), std::nullopt);
}

TEST(Totp, Base32IsRfc4648WithoutPadding) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "MY"},
                                                         {"fo", "MZXQ"},
                                                         {"foo", "MZXW6"},
                                                         {"foob", "MZXW6YQ"},
                                                         {"fooba", "MZXW6YTB"},
                                                         {"foobar", "MZXW6YTBOI"}};
  for (const auto& [plain, text] : vectors) EXPECT_EQ(base32(ascii(plain)), text);
  EXPECT_EQ(base32(kRfcSecret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  EXPECT_EQ(base32(Bytes(20, 0xff)), std::string(32, '7'));
}

TEST(Totp, TheAddressNamesTheSecretOnce) {
  const std::string plain = totp_uri(kRfcSecret, "admin", "township:610802001");
  EXPECT_THAT(plain, StartsWith("otpauth://totp/"));
  EXPECT_THAT(plain, HasSubstr("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
  EXPECT_THAT(plain, HasSubstr("admin"));
  EXPECT_THAT(plain, HasSubstr("issuer="));
}

TEST(Totp, HostileNamesAddNothingToTheAddress) {
  const std::string hostile =
      totp_uri(kRfcSecret, "a&secret=AAAA#?/ %\"<\n\xff", "榆阳区&issuer=x&digits=8");
  EXPECT_EQ(hostile.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789-._~%:/?&="),
            std::string::npos)
      << hostile;
  const auto times = [&](std::string_view what) {
    int count = 0;
    for (auto found = hostile.find(what); found != std::string::npos;
         found = hostile.find(what, found + 1))
      ++count;
    return count;
  };
  EXPECT_EQ(times("?"), 1) << hostile;
  EXPECT_EQ(times("secret="), 1) << hostile;
  EXPECT_LE(times("issuer="), 1) << hostile;
  EXPECT_LE(times("digits="), 1) << hostile;
  EXPECT_THAT(hostile, HasSubstr("%E6%A6%86%E9%98%B3")) << "UTF-8, then percent";
}

}  // namespace
}  // namespace xianjie::node
