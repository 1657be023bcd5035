// Five offices on a path, the first of them the origin, with keys from a seed.
#pragma once

#include <gtest/gtest.h>

#include "crypto/seal.h"
#include "tests/support/samples.h"
#include "tests/support/seeded_random.h"

namespace xianjie::crypto {

class SealTest : public testing::Test {
 protected:
  SealTest() {
    for (const Reader& reader : tests::sample_header().readers)
      readers_.push_back(OfficeKeys::generate(reader.office, reader.key, random_));
  }

  Draft draft(Bytes payload, std::size_t n) {
    Draft out{tests::sample_header(), std::move(payload), {}};
    out.header.id.bytes[14] = static_cast<std::uint8_t>(n >> 8);
    out.header.id.bytes[15] = static_cast<std::uint8_t>(n);
    for (const OfficeKeys& keys : readers_) out.reader_keys.push_back(keys.sealing_public());
    return out;
  }

  std::vector<Envelope> seal(std::size_t count, const Bytes& payload) {
    std::vector<Draft> drafts;
    for (std::size_t n = 0; n < count; ++n) drafts.push_back(draft(payload, n));
    auto sealed = seal_batch(std::move(drafts), readers_[0], 7, time_, random_);
    EXPECT_TRUE(sealed) << (sealed ? "" : sealed.error().text);
    return sealed.value_or(std::vector<Envelope>{});
  }

  // What every hop checks.
  bool verifies(const Envelope& envelope) {
    const auto header = decode_header(envelope.header);
    const auto slots = decode_slots(envelope.slots);
    const auto proof = decode_proof(envelope.proof);
    return header && slots && proof && verify_path(*header, *proof, leaf_of(envelope)) &&
           verify_statement(proof->statement, proof->signature, readers_[0].signing_public());
  }

  Result<Bytes> open(const Envelope& envelope, std::size_t reader = 4) {
    const OfficeKeys& keys = readers_[reader];
    return open_envelope(envelope, *decode_header(envelope.header), keys.office(), keys.id(),
                         keys.sealing_secret());
  }

  tests::SeededRandom random_{610802};
  std::vector<OfficeKeys> readers_;
  WallTime time_ = tests::wall("2026-12-08T10:00:02+08:00");
};

}  // namespace xianjie::crypto
