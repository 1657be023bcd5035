#include "crypto/seal.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "tests/unit/crypto/seal_fixture.h"

namespace xianjie::crypto {
namespace {

using Seal = SealTest;

TEST_F(Seal, EveryReaderOpensEveryEnvelope) {
  const auto batch = seal(5, Bytes(1024, 'x'));
  for (const Envelope& envelope : batch) {
    EXPECT_TRUE(verifies(envelope));
    const Header header = *decode_header(envelope.header);
    for (const OfficeKeys& reader : readers_)
      EXPECT_EQ(
          open_envelope(envelope, header, reader.office(), reader.id(), reader.sealing_secret()),
          Bytes(1024, 'x'));
  }
}

TEST_F(Seal, AnyPayloadSizeAndAnyBatchSize) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{255}, std::size_t{256},
                                 std::size_t{257}, kPayloadBytesMax}) {
    const auto batch = seal(1, Bytes(size, 0x80));
    EXPECT_EQ(batch[0].sealed.size() % kPadStepBytes, kSealTagBytes);
    EXPECT_LE(batch[0].sealed.size(), kSealedBytesMax);
    EXPECT_EQ(open(batch[0]), Bytes(size, 0x80));
  }
  for (const std::size_t count : {1U, 2U, 3U, 100U, 1024U})
    for (const Envelope& envelope : seal(count, {1, 2, 3})) ASSERT_TRUE(verifies(envelope));
}

// DESIGN section 10: a row of more than 2,014 bytes halves the store's rate.
TEST_F(Seal, OneKibForFiveReadersFitsOneRow) {
  for (const Envelope& envelope : seal(1024, Bytes(1024, 'x'))) {
    EXPECT_LE(envelope.header.size() + envelope.slots.size() + envelope.sealed.size() + 8,
              kEnvelopeRowBytesMax - 16);
    EXPECT_LE(envelope.proof.size(), 600U);
  }
}

TEST_F(Seal, EnvelopesOfABatchShareNoKeyMaterial) {
  const auto batch = seal(2, {1, 2, 3});
  EXPECT_NE(batch[0].sealed, batch[1].sealed);
  EXPECT_NE(decode_header(batch[0].header)->commitment, decode_header(batch[1].header)->commitment);
  const Slots one = *decode_slots(batch[0].slots);
  const Slots two = *decode_slots(batch[1].slots);
  EXPECT_EQ(one.ephemeral, two.ephemeral);  // paid once a batch
  for (std::size_t k = 0; k < one.wraps.size(); ++k) EXPECT_NE(one.wraps[k], two.wraps[k]);
  EXPECT_NE(decode_slots(seal(1, {1})[0].slots)->ephemeral, one.ephemeral);
}

TEST_F(Seal, AnyFlippedByteIsRefused) {
  const Envelope good = seal(5, Bytes(1024, 'x'))[3];
  ASSERT_TRUE(verifies(good));
  for (Bytes Envelope::*part : {&Envelope::header, &Envelope::slots, &Envelope::sealed})
    for (std::size_t at = 0; at < (good.*part).size(); ++at) {
      Envelope bad = good;
      (bad.*part)[at] ^= static_cast<std::uint8_t>(1U << (at % 8));
      ASSERT_FALSE(verifies(bad)) << at;
    }
  // A proof may carry padding that means nothing; whatever it then says must be what was signed.
  const BatchProof proof = *decode_proof(good.proof);
  for (std::size_t at = 0; at < good.proof.size(); ++at) {
    Envelope bad = good;
    bad.proof[at] ^= static_cast<std::uint8_t>(1U << (at % 8));
    if (!verifies(bad)) continue;
    const BatchProof same = *decode_proof(bad.proof);
    EXPECT_EQ(same.statement, proof.statement) << at;
    EXPECT_EQ(same.path, proof.path) << at;
    EXPECT_EQ(same.index, proof.index) << at;
  }
  Envelope hopped = good;
  hopped.hops = 9;
  EXPECT_TRUE(verifies(hopped));
}

TEST_F(Seal, PartsOfAnotherEnvelopeAreRefused) {
  const auto batch = seal(4, {1, 2, 3});
  for (Bytes Envelope::*part :
       {&Envelope::header, &Envelope::slots, &Envelope::sealed, &Envelope::proof}) {
    Envelope mixed = batch[0];
    mixed.*part = batch[1].*part;
    EXPECT_FALSE(verifies(mixed));
  }
}

TEST_F(Seal, StatementBindsOriginKeyNumberCountTimeAndRoot) {
  const BatchProof proof = *decode_proof(seal(2, {1})[0].proof);
  const PublicKey& key = readers_[0].signing_public();
  EXPECT_TRUE(verify_statement(proof.statement, proof.signature, key));
  const auto broken = [&](auto change) {
    BatchStatement statement = proof.statement;
    change(statement);
    return !verify_statement(statement, proof.signature, key);
  };
  EXPECT_TRUE(broken([](BatchStatement& s) { s.origin = tests::office("county:610802"); }));
  EXPECT_TRUE(broken([](BatchStatement& s) { s.key.number++; }));
  EXPECT_TRUE(broken([](BatchStatement& s) { s.number++; }));
  EXPECT_TRUE(broken([](BatchStatement& s) { s.count++; }));
  EXPECT_TRUE(broken([](BatchStatement& s) { s.time.ms++; }));
  EXPECT_TRUE(broken([](BatchStatement& s) { s.root[0] ^= 1; }));
  EXPECT_FALSE(verify_statement(proof.statement, proof.signature, readers_[1].signing_public()));
}

TEST_F(Seal, ProofOfAnotherOfficeOrKeyIsRefused) {
  const Envelope envelope = seal(1, {1})[0];
  const BatchProof proof = *decode_proof(envelope.proof);
  const Hash leaf = leaf_of(envelope);
  Header header = *decode_header(envelope.header);
  EXPECT_TRUE(verify_path(header, proof, leaf));
  header.origin_key.number++;
  EXPECT_FALSE(verify_path(header, proof, leaf));
  header = *decode_header(envelope.header);
  header.origin = tests::office("prison:610000-04");
  EXPECT_FALSE(verify_path(header, proof, leaf));
}

TEST_F(Seal, OnlyReadersOpen) {
  const Envelope envelope = seal(1, {1, 2, 3})[0];
  const Header header = *decode_header(envelope.header);
  const auto stranger = open_envelope(envelope, header, tests::office("county:610803"), {1},
                                      readers_[0].sealing_secret());
  ASSERT_FALSE(stranger);
  EXPECT_EQ(stranger.error().code, ErrorCode::kNotFound);
  const auto other_key =
      open_envelope(envelope, header, readers_[1].office(), {77}, readers_[1].sealing_secret());
  ASSERT_FALSE(other_key);
  EXPECT_EQ(other_key.error().code, ErrorCode::kNotFound);
  // A reader with another reader's secret, and one reader in the place of another.
  EXPECT_FALSE(open_envelope(envelope, header, readers_[1].office(), readers_[1].id(),
                             readers_[2].sealing_secret()));
  Envelope swapped = envelope;
  Slots slots = *decode_slots(envelope.slots);
  std::swap(slots.wraps[1], slots.wraps[2]);
  swapped.slots = encode(slots);
  EXPECT_FALSE(open(swapped, 1));
}

TEST_F(Seal, OpeningChecksCommitmentSlotAndSeal) {
  const Envelope good = seal(1, {1, 2, 3})[0];
  Header header = *decode_header(good.header);
  header.commitment[5] ^= 1;
  const auto uncommitted = open_envelope(good, header, readers_[1].office(), readers_[1].id(),
                                         readers_[1].sealing_secret());
  ASSERT_FALSE(uncommitted);
  EXPECT_EQ(uncommitted.error().text, "open: the key is not the one the header commits to");

  Envelope bad = good;
  bad.sealed[0] ^= 1;
  EXPECT_FALSE(open(bad, 1));
  bad = good;
  bad.sealed.resize(kPadStepBytes);
  EXPECT_FALSE(open(bad, 1));
  bad = good;
  bad.sealed.resize(bad.sealed.size() + kPadStepBytes);
  EXPECT_FALSE(open(bad, 1));
  Slots slots = *decode_slots(good.slots);
  slots.ephemeral = {};  // an exchange that is all zero
  bad = good;
  bad.slots = encode(slots);
  const auto zero = open(bad, 1);
  ASSERT_FALSE(zero);
  EXPECT_EQ(zero.error().text, "open: the ephemeral key is not usable");
  slots = *decode_slots(good.slots);
  slots.wraps.pop_back();
  bad.slots = encode(slots);
  EXPECT_FALSE(open(bad, 1));
}

TEST_F(Seal, LargePayloadsAreSealedInChunks) {
  for (const std::size_t size :
       {kPayloadBytesMax + 1, 5 * kChunkBytes - 1, 5 * kChunkBytes, kLargePayloadBytesMax}) {
    Bytes payload(size);
    for (std::size_t at = 0; at < size; at += 97) payload[at] = static_cast<std::uint8_t>(at / 97);
    const Envelope envelope = seal(2, payload)[1];
    const std::uint32_t sealed_bytes = decode_header(envelope.header)->sealed_bytes;
    ASSERT_EQ(envelope.chunks.size(), chunk_count(sealed_bytes)) << size;
    std::size_t total = 0;
    for (const Bytes& chunk : envelope.chunks) total += chunk.size();
    EXPECT_EQ(total, sealed_bytes);
    EXPECT_LE(total, kLargeSealedBytesMax);
    EXPECT_EQ(envelope.sealed.size(), envelope.chunks.size() * sizeof(Hash));
    EXPECT_LT(envelope.size(), 16U * 1024);
    EXPECT_TRUE(verifies(envelope));
    const auto opened = open(envelope);
    ASSERT_TRUE(opened) << opened.error().text;
    EXPECT_TRUE(*opened == payload);
  }
}

TEST_F(Seal, ChunksHaveOnePlaceEach) {
  const Envelope good = seal(1, Bytes(6 * kChunkBytes - 500, 3))[0];
  const auto opens = [&](auto change) {
    Envelope bad = good;
    change(bad);
    return open(bad).has_value();
  };
  EXPECT_TRUE(opens([](Envelope&) {}));
  EXPECT_FALSE(opens([](Envelope& e) { std::swap(e.chunks[1], e.chunks[2]); }));
  EXPECT_FALSE(opens([](Envelope& e) { e.chunks.pop_back(); }));
  EXPECT_FALSE(opens([](Envelope& e) { e.chunks.push_back(e.chunks[0]); }));
  EXPECT_FALSE(opens([](Envelope& e) { e.chunks[3].back() ^= 1; }));
  EXPECT_FALSE(opens([](Envelope& e) { e.chunks[5].pop_back(); }));
  EXPECT_FALSE(opens([](Envelope& e) { e.chunks.clear(); }));
  // The signed header says that there are chunks: their hashes pass for no payload, and their
  // order is signed.
  Envelope other = good;
  std::swap_ranges(other.sealed.begin(), other.sealed.begin() + 32, other.sealed.begin() + 32);
  EXPECT_FALSE(verifies(other));
  for (std::size_t n = 0; n < good.chunks.size(); ++n) {
    const Hash leaf = chunk_leaf(good.chunks[n]);
    EXPECT_TRUE(std::equal(leaf.begin(), leaf.end(),
                           good.sealed.begin() + static_cast<std::ptrdiff_t>(n * sizeof(Hash))));
  }
}

TEST_F(Seal, RefusesWhatItCannotSeal) {
  const auto refuses = [&](auto change) {
    std::vector<Draft> drafts{draft({1, 2, 3}, 0)};
    change(drafts);
    return !seal_batch(std::move(drafts), readers_[0], 7, time_, random_).has_value();
  };
  EXPECT_FALSE(refuses([](auto&) {}));
  EXPECT_TRUE(refuses([](auto& d) { d.clear(); }));
  EXPECT_TRUE(refuses([](auto& d) { d.resize(1025, d[0]); }));
  EXPECT_TRUE(refuses([](auto& d) { d[0].payload.resize(kLargePayloadBytesMax + 1); }));
  EXPECT_TRUE(refuses([](auto& d) { d[0].reader_keys.pop_back(); }));
  EXPECT_TRUE(refuses([](auto& d) { d[0].reader_keys[2] = {}; }));   // exchange is all zero
  EXPECT_TRUE(refuses([](auto& d) { d[0].reader_keys[2] = {1}; }));  // small order
  EXPECT_TRUE(refuses([](auto& d) { d[0].header.origin = tests::office("prison:610000-04"); }));
  EXPECT_TRUE(refuses([](auto& d) { d[0].header.origin_key = {9}; }));
  EXPECT_TRUE(refuses([](auto& d) { d[0].header.not_after = {}; }));
}

}  // namespace
}  // namespace xianjie::crypto
