#include "schemas/bytes.h"

#include <gtest/gtest.h>

#include "schemas/text.h"

namespace xianjie {
namespace {

TEST(Bytes, CompareAsTheStoreOrdersKeys) {
  EXPECT_EQ(compare({}, {}), 0);
  EXPECT_EQ(compare({}, as_bytes("a")), -1);
  EXPECT_EQ(compare(as_bytes("ab"), as_bytes("a")), 1);
  EXPECT_EQ(compare(as_bytes("a\x80"), as_bytes("a\x7f")), 1);
  EXPECT_TRUE(starts_with(as_bytes("abc"), as_bytes("ab")));
  EXPECT_TRUE(starts_with(as_bytes("abc"), {}));
  EXPECT_FALSE(starts_with(as_bytes("ab"), as_bytes("abc")));
}

TEST(Bytes, HexBothWays) {
  EXPECT_EQ(to_hex(Bytes{0x00, 0xab, 0xff}), "00abff");
  EXPECT_EQ(from_hex("00ABff"), (Bytes{0x00, 0xab, 0xff}));
  EXPECT_FALSE(from_hex("abc"));
  EXPECT_FALSE(from_hex("zz"));
}

TEST(Bytes, EncoderWritesBigEndianAndDecoderReadsIt) {
  const Bytes written = Encoder()
                            .u8(1)
                            .u16(0x0203)
                            .u32(0x04050607)
                            .u64(0x08090a0b0c0d0e0f)
                            .i64(-2)
                            .blob(as_bytes("xy"))
                            .bytes();
  EXPECT_EQ(to_hex(written), "0102030405060708090a0b0c0d0e0f7ffffffffffffffe000000027879");
  Decoder in(written);
  EXPECT_EQ(in.u8(), 1);
  EXPECT_EQ(in.u16(), 0x0203);
  EXPECT_EQ(in.u32(), 0x04050607U);
  EXPECT_EQ(in.u64(), 0x08090a0b0c0d0e0fU);
  EXPECT_EQ(in.i64(), -2);
  EXPECT_EQ(as_text(in.blob()), "xy");
  EXPECT_TRUE(in.done());
}

TEST(Bytes, SignedNumbersSortAsBytes) {
  const Bytes low = Encoder().i64(-1).bytes();
  const Bytes high = Encoder().i64(1).bytes();
  EXPECT_LT(compare(low, high), 0);
}

TEST(Bytes, DecoderPastTheEndYieldsZerosForGood) {
  const Bytes bytes{1, 2, 3};
  Decoder in(bytes);
  EXPECT_EQ(in.u32(), 0U);
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.u8(), 0);
  EXPECT_FALSE(in.done());
  const Bytes long_blob{0xff, 0xff, 0xff, 0xff, 1};
  Decoder huge(long_blob);
  EXPECT_TRUE(huge.blob().empty());
  EXPECT_FALSE(huge.ok());
}

TEST(Text, Utf8IsStrict) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("abc 衔接 \xf0\xa0\x80\x80"));
  EXPECT_FALSE(is_utf8("\xc0\xaf"));          // overlong
  EXPECT_FALSE(is_utf8("\xe0\x80\xaf"));      // overlong
  EXPECT_FALSE(is_utf8("\xed\xa0\x80"));      // surrogate
  EXPECT_FALSE(is_utf8("\xf4\x90\x80\x80"));  // above U+10FFFF
  EXPECT_FALSE(is_utf8("\xe8\xa1"));          // cut
  EXPECT_FALSE(is_utf8("\x80"));
  EXPECT_FALSE(is_utf8(std::string_view("a\0b", 3)));
  EXPECT_FALSE(is_utf8("\xb3\xc2\xca\xd4"));  // GB18030
}

TEST(Text, Tokens) {
  EXPECT_TRUE(is_token("custody_room"));
  EXPECT_TRUE(is_token("inbox.list"));
  EXPECT_FALSE(is_token(""));
  EXPECT_FALSE(is_token("Room"));
  EXPECT_FALSE(is_token(std::string(65, 'a')));
  EXPECT_TRUE(is_ascii_digits("0123"));
  EXPECT_FALSE(is_ascii_digits(""));
  EXPECT_FALSE(is_ascii_digits("12x"));
}

}  // namespace
}  // namespace xianjie
