// Passwords as strings: what fits, and what a file that somebody has touched may hold.
#include "crypto/password.h"

#include <gmock/gmock.h>

namespace xianjie::crypto {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// One for the whole suite: it costs 64 MiB and some tenths of a second.
const std::string& made_up() {
  static const std::string hash = hash_password("made-up-1800").value();
  return hash;
}

TEST(Passwords, FitOnlyThemselves) {
  EXPECT_TRUE(password_fits(made_up(), "made-up-1800"));
  for (const char* wrong : {"", "made-up-180", "made-up-18000", "Made-up-1800", " made-up-1800"})
    EXPECT_FALSE(password_fits(made_up(), wrong)) << wrong;
}

TEST(Passwords, AreArgon2idOfTheInteractiveCostWithASaltEach) {
  EXPECT_THAT(made_up(), StartsWith("$argon2id$"));
  EXPECT_THAT(made_up(), HasSubstr("m=65536,")) << "KiB";
  const std::string again = hash_password("made-up-1800").value();
  EXPECT_NE(again, made_up());
  EXPECT_TRUE(password_fits(again, "made-up-1800"));
  EXPECT_EQ(made_up().find("made-up"), std::string::npos);
  EXPECT_EQ(made_up().find('\0'), std::string::npos) << "nothing of the library's buffer";
}

TEST(Passwords, AreBytesToTheirEnd) {
  using std::string_literals::operator""s;
  const std::string cut = hash_password("made\0up-1800"s).value();
  EXPECT_TRUE(password_fits(cut, "made\0up-1800"s));
  EXPECT_FALSE(password_fits(cut, "made"));
  EXPECT_FALSE(password_fits(cut, "made\0up-1801"s));
  const std::string broken = hash_password("\xff\xfe\x80").value();
  EXPECT_TRUE(password_fits(broken, "\xff\xfe\x80"));
  EXPECT_FALSE(password_fits(broken, "\xff\xfe"));
  const std::string empty = hash_password("").value();
  EXPECT_TRUE(password_fits(empty, ""));
  EXPECT_FALSE(password_fits(empty, "a"));
}

TEST(Passwords, AStringThatIsNoHashFitsNothing) {
  using std::string_literals::operator""s;
  for (const std::string& hash :
       {""s, "x"s, "\0"s, "made-up-1800"s, "$argon2id$"s, "$argon2id$v=19$m=65536,t=2,p=1$$"s,
        std::string(1'000'000, '$'), "\xff\xff"s})
    EXPECT_FALSE(password_fits(hash, "made-up-1800")) << hash.substr(0, 40);
  for (const std::size_t cut : {made_up().size() - 1, made_up().size() / 2, std::size_t{30}})
    EXPECT_FALSE(password_fits(made_up().substr(0, cut), "made-up-1800")) << cut;
  EXPECT_FALSE(password_fits(made_up() + "A", "made-up-1800"));
  EXPECT_FALSE(password_fits(made_up() + "\0A"s, "made-up-1800"));
}

}  // namespace
}  // namespace xianjie::crypto
