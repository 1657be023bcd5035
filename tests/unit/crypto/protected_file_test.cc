#include "crypto/protected_file.h"

#include <gtest/gtest.h>

#include "tests/support/seeded_random.h"

namespace xianjie::crypto {
namespace {

constexpr std::string_view kTitle = "xianjie-keys";
constexpr std::string_view kSecret = "xianjie-keys 1\nmade-up secret\n";
constexpr std::string_view kPassphrase = "correct horse";
constexpr KdfCost kCheap{1, 8};

std::string protected_text() {
  tests::SeededRandom random(3);
  auto text = protect(kTitle, "county:610802 key 2", as_bytes(kSecret), as_bytes(kPassphrase),
                      random, kCheap);
  EXPECT_TRUE(text);
  return text ? *text : "";
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

TEST(ProtectedFile, OpensWithItsPassphraseAlone) {
  const std::string text = protected_text();
  EXPECT_TRUE(is_protected(kTitle, text));
  EXPECT_FALSE(is_protected(kTitle, kSecret));
  EXPECT_TRUE(text.starts_with("xianjie-keys 2\nabout county:610802 key 2\nargon2id 1 8 ")) << text;
  EXPECT_EQ(text.find("made-up"), std::string::npos);
  const auto plain = unprotect(kTitle, text, as_bytes(kPassphrase));
  ASSERT_TRUE(plain) << plain.error().text;
  EXPECT_EQ(as_text(plain->view()), kSecret);
  const auto wrong = unprotect(kTitle, text, as_bytes("correct house"));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kRefused);
  EXPECT_TRUE(wrong.error().text.starts_with("passphrase:")) << wrong.error().text;
  EXPECT_EQ(wrong.error().text.find('\n'), std::string::npos);
}

TEST(ProtectedFile, AnyChangedCharacterIsNoticed) {
  const std::string text = protected_text();
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = changed[at] == '2' ? '3' : '2';
    EXPECT_FALSE(unprotect(kTitle, changed, as_bytes(kPassphrase))) << at;
    EXPECT_FALSE(unprotect(kTitle, text.substr(0, at), as_bytes(kPassphrase))) << at;
  }
  EXPECT_FALSE(unprotect(kTitle, text + "x", as_bytes(kPassphrase)));
  EXPECT_FALSE(unprotect("xianjie-holder-key", text, as_bytes(kPassphrase)));
}

TEST(ProtectedFile, CostsThatAFileClaimsAreBounded) {
  for (const std::string_view cost :
       {"argon2id 0 8 ", "argon2id 17 8 ", "argon2id 1 7 ", "argon2id 1 1048577 ",
        "argon2id 1 99999999999 ", "argon2id -1 8 ", "argon2id 01 8 "}) {
    const auto opened =
        unprotect(kTitle, replaced(protected_text(), "argon2id 1 8 ", cost), as_bytes(kPassphrase));
    ASSERT_FALSE(opened) << cost;
    EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt) << cost;
  }
}

TEST(ProtectedFile, RefusesAPassphraseThatIsNone) {
  tests::SeededRandom random(3);
  EXPECT_FALSE(protect(kTitle, "x", as_bytes(kSecret), as_bytes("short"), random, kCheap));
  EXPECT_FALSE(
      protect(kTitle, "x", as_bytes(kSecret), as_bytes(std::string(1025, 'a')), random, kCheap));
}

}  // namespace
}  // namespace xianjie::crypto
