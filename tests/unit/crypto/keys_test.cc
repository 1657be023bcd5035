#include "crypto/keys.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/samples.h"
#include "tests/support/seeded_random.h"

namespace xianjie::crypto {
namespace {

OfficeKeys sample_keys() {
  tests::SeededRandom random(1);
  return OfficeKeys::generate(tests::office("prison:610000-03"), {2}, random);
}

std::string file_text(const OfficeKeys& keys) {
  return std::string(as_text(keys.serialise().view()));
}

TEST(Keys, FileReadsWhatWasWritten) {
  const OfficeKeys keys = sample_keys();
  const auto read = OfficeKeys::parse(file_text(keys));
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(read->office(), keys.office());
  EXPECT_EQ(read->id(), keys.id());
  EXPECT_EQ(read->signing_public(), keys.signing_public());
  EXPECT_EQ(read->sealing_public(), keys.sealing_public());
  EXPECT_EQ(read->link_public(), keys.link_public());
  EXPECT_EQ(to_hex(read->local_key()), to_hex(keys.local_key()));
  EXPECT_EQ(file_text(*read), file_text(keys));
}

TEST(Keys, FileHasTheDocumentedLines) {
  const std::string text = file_text(sample_keys());
  EXPECT_TRUE(text.starts_with("xianjie-keys 1\noffice prison:610000-03\nkey 2\nsigning "));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 8);
  EXPECT_NE(text.find("\nchecksum "), std::string::npos);
}

TEST(Keys, AnyChangedCharacterIsRefusedWithoutShowingSecrets) {
  const std::string text = file_text(sample_keys());
  const std::string secret = text.substr(text.find("sealing ") + 8, 12);
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = changed[at] == '0' ? '1' : '0';
    const auto read = OfficeKeys::parse(changed);
    ASSERT_FALSE(read) << at;
    EXPECT_EQ(read.error().text.find(secret), std::string::npos);
    EXPECT_FALSE(OfficeKeys::parse(std::string_view(text).substr(0, at))) << at;
  }
  EXPECT_FALSE(OfficeKeys::parse(text + "x"));
}

TEST(Keys, PairsAreSeparate) {
  const OfficeKeys keys = sample_keys();
  EXPECT_NE(keys.signing_public(), keys.sealing_public());
  EXPECT_NE(keys.sealing_public(), keys.link_public());
  EXPECT_NE(to_hex(keys.sealing_secret()), to_hex(keys.link_secret()));
  EXPECT_NE(to_hex(keys.local_key()), to_hex(keys.link_secret()));
  const OfficeKeySet set = keys.public_set(WallTime{5}, {});
  EXPECT_EQ(set.id, keys.id());
  EXPECT_EQ(set.link, keys.link_public());
  EXPECT_EQ(set.valid_from, WallTime{5});
  EXPECT_FALSE(set.revoked);
}

TEST(Keys, SignatureBindsDomainMessageAndKey) {
  const OfficeKeys keys = sample_keys();
  const Bytes message{1, 2, 3};
  const Signature signature = keys.sign("XJ1/test", message);
  EXPECT_TRUE(verify(keys.signing_public(), "XJ1/test", message, signature));
  EXPECT_FALSE(verify(keys.signing_public(), "XJ1/ack", message, signature));
  EXPECT_FALSE(verify(keys.signing_public(), "XJ1/test", Bytes{1, 2, 4}, signature));
  EXPECT_FALSE(verify(keys.link_public(), "XJ1/test", message, signature));
  EXPECT_FALSE(verify(PublicKey{}, "XJ1/test", message, Signature{}));  // small order
}

// RFC 8032 section 7.1, test 2.
TEST(Keys, Ed25519KnownAnswer) {
  const auto seed = *from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  const SigningPair pair = SigningPair::from_seed(seed);
  EXPECT_EQ(to_hex(pair.public_key),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  EXPECT_EQ(to_hex(pair.sign("r", {})),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST(Keys, SecretBytesMoveAndStartEmpty) {
  SecretBytes one(16);
  EXPECT_EQ(to_hex(one.view()), std::string(32, '0'));
  one.span()[3] = 9;
  const std::uint8_t* where = one.view().data();
  SecretBytes two = std::move(one);
  EXPECT_EQ(two.view().data(), where);
  EXPECT_EQ(two.view()[3], 9);
  one = SecretBytes(4);
  EXPECT_EQ(one.view().size(), 4U);
}

}  // namespace
}  // namespace xianjie::crypto
