#include "crypto/hash.h"

#include <gtest/gtest.h>

namespace xianjie::crypto {
namespace {

TEST(Hash, IsBlake2b256) {
  init();
  // Python: hashlib.blake2b(b"abc", digest_size=32)
  EXPECT_EQ(to_hex(hash(as_bytes("abc"))),
            "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  EXPECT_EQ(to_hex(hash(ByteView{})),
            "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
  // hashlib.blake2b(b"abc", digest_size=32, key=bytes(range(32)))
  Bytes key;
  for (std::uint8_t k = 0; k < 32; ++k) key.push_back(k);
  EXPECT_EQ(to_hex(keyed_hash(key, {as_bytes("abc")})),
            "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f");
}

TEST(Hash, PartsAreConcatenated) {
  EXPECT_EQ(hash({as_bytes("a"), {}, as_bytes("bc")}), hash(as_bytes("abc")));
  EXPECT_EQ(Hasher().add(as_bytes("ab")).add(as_bytes("c")).finish(), hash(as_bytes("abc")));
  const Bytes key(32, 1);
  EXPECT_EQ(keyed_hash(key, {as_bytes("ab"), as_bytes("c")}), keyed_hash(key, {as_bytes("abc")}));
  EXPECT_NE(keyed_hash(key, {as_bytes("abc")}), hash(as_bytes("abc")));
}

TEST(Hash, ChecksumIsFixedAndNoticesEveryByte) {
  // SipHash-2-4 under "XJ1/row-checksum", its bytes read big-endian.
  EXPECT_EQ(checksum(as_bytes("abc")), 0x229903d3633e0cd5U);
  Bytes row(300, 7);
  const std::uint64_t before = checksum(row);
  for (std::uint8_t& byte : row) {
    byte ^= 0x10;
    EXPECT_NE(checksum(row), before);
    byte ^= 0x10;
  }
  row.push_back(0);
  EXPECT_NE(checksum(row), before);
}

}  // namespace
}  // namespace xianjie::crypto
