// The composition of DESIGN section 3 spelled out once more with the library's own calls, and its
// bytes frozen: neither may drift without this file saying so.
#include <sodium.h>

#include "crypto/hash.h"
#include "tests/unit/crypto/seal_fixture.h"

namespace xianjie::crypto {
namespace {

using SealVector = SealTest;

Bytes join(std::initializer_list<ByteView> parts) {
  Encoder out;
  for (const ByteView part : parts) out.raw(part);
  return out.bytes();
}

Hash blake(ByteView key, const Bytes& message) {
  Hash out;
  crypto_generichash(out.data(), 32, message.data(), message.size(), key.data(), key.size());
  return out;
}

Bytes open_with(const Hash& key, ByteView sealed, ByteView associated) {
  const std::array<std::uint8_t, 24> nonce{};
  Bytes plain(sealed.size() - 16);
  EXPECT_EQ(crypto_aead_xchacha20poly1305_ietf_decrypt(
                plain.data(), nullptr, nullptr, sealed.data(), sealed.size(), associated.data(),
                associated.size(), nonce.data(), key.data()),
            0);
  return plain;
}

TEST_F(SealVector, OpensByHandAsDesignSays) {
  const Bytes payload = to_bytes(as_bytes("made-up payload"));
  const Envelope envelope = seal(3, payload)[1];
  const Header header = *decode_header(envelope.header);
  const Slots slots = *decode_slots(envelope.slots);
  for (std::size_t n = 0; n < readers_.size(); ++n) {
    const OfficeKeys& reader = readers_[n];
    Hash shared;
    ASSERT_EQ(
        crypto_scalarmult(shared.data(), reader.sealing_secret().data(), slots.ephemeral.data()),
        0);
    const Bytes who = Encoder().u64(reader.office().value()).u32(reader.id().number).bytes();
    const Hash of_header = blake({}, envelope.header);
    const Hash kek = blake(shared, join({as_bytes("XJ1/kek"), slots.ephemeral,
                                         reader.sealing_public(), who, of_header}));
    const Bytes k = open_with(kek, slots.wraps[n], {});
    EXPECT_EQ(header.commitment, blake({}, join({as_bytes("XJ1/commit"), header.id.bytes, k})));
    const Hash content = blake(k, join({as_bytes("XJ1/enc"), header.id.bytes}));
    const Hash associated = blake({}, join({as_bytes("XJ1/hdr"), envelope.header}));
    const Bytes padded = open_with(content, envelope.sealed, associated);
    ASSERT_EQ(padded.size(), 256U);
    EXPECT_EQ(Bytes(padded.begin(), padded.begin() + 15), payload);
    EXPECT_EQ(padded[15], 0x80);
    for (std::size_t at = 16; at < padded.size(); ++at) EXPECT_EQ(padded[at], 0);
  }
}

TEST_F(SealVector, LeafAndSignatureByHandAsDesignSays) {
  const auto batch = seal(3, {1, 2, 3});
  std::vector<Hash> leaves;
  for (const Envelope& envelope : batch) {
    const std::array<std::uint8_t, 1> zero{0};
    leaves.push_back(blake({}, join({zero, blake({}, envelope.header), blake({}, envelope.slots),
                                     blake({}, envelope.sealed)})));
    EXPECT_EQ(leaf_of(envelope), leaves.back());
  }
  const std::array<std::uint8_t, 1> one{1};
  const Hash left = blake({}, join({one, leaves[0], leaves[1]}));
  const Hash root = blake({}, join({one, left, leaves[2]}));
  const BatchProof proof = *decode_proof(batch[2].proof);
  EXPECT_EQ(proof.path, std::vector<Hash>{left});
  EXPECT_EQ(proof.statement.root, root);
  const Bytes message = Encoder()
                            .text("XJ1/batch")
                            .u64(readers_[0].office().value())
                            .u32(2)
                            .u64(7)
                            .u32(3)
                            .i64(time_.ms)
                            .raw(root)
                            .bytes();
  EXPECT_EQ(crypto_sign_verify_detached(proof.signature.data(), message.data(), message.size(),
                                        readers_[0].signing_public().data()),
            0);
}

// Same seed, same bytes: header, slots, sealed and proof of the second of three envelopes.
TEST_F(SealVector, BytesAreFrozen) {
  const Envelope envelope = seal(3, to_bytes(as_bytes("made-up payload")))[1];
  EXPECT_EQ(to_hex(hash(envelope.header)),
            "9833ca636cc3fbf906fd3b9d713ccd24fa210a9cf1fcd230eb8baea12a575df6");
  EXPECT_EQ(to_hex(hash(envelope.slots)),
            "292fbc07dccce379c67b004f0cc54e523f0a4fe786792196323419355a3e2a9d");
  EXPECT_EQ(to_hex(hash(envelope.sealed)),
            "ce0cfc536df76217e7d62d2ae1ecec49ae422f8fcc0790eb972bd6683ab7b574");
  EXPECT_EQ(to_hex(hash(envelope.proof)),
            "230f82eb2d40a02c578741afb5469f651bcc615b0ee8d03ff93b1a429f90c021");
  EXPECT_EQ(to_hex(leaf_of(envelope)),
            "df4d3679cdf99d30fe162d4c6a7abb71ac5e6d0935c9ea5a4bd7f76b63a13a45");
  EXPECT_EQ(to_hex(ByteView(envelope.sealed).first(16)), "0704e620e1bd2d29fe9527480bc2005b");
}

}  // namespace
}  // namespace xianjie::crypto
