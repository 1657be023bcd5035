// The unit that travels (DESIGN section 3): signed header, readers' slots, sealed payload, batch
// proof. Header, slots and proof are FlatBuffers that are signed, stored and forwarded as the exact
// bytes they arrived in; these structs are what a checked decode yields. Formats: fbs/envelope.fbs.
// Read next: crypto/seal.h.
#pragma once

#include <vector>

#include "schemas/bytes.h"
#include "schemas/ids.h"
#include "schemas/limits.h"
#include "schemas/result.h"
#include "schemas/time.h"
#include "schemas/vocabulary.h"

namespace xianjie {
inline namespace schemas {

struct Reader {
  OfficeId office;
  KeyId key;
  friend bool operator==(const Reader&, const Reader&) = default;
};

struct Header {
  std::uint8_t version = 1;
  std::uint8_t suite = 1;  // 1: X25519, XChaCha20-Poly1305, BLAKE2b-256, Ed25519
  EnvelopeId id;
  OfficeId origin;
  KeyId origin_key;
  OfficeId destination;
  std::vector<Reader> readers;  // 1 to kReadersMax, distinct offices, the origin among them
  Kind kind = Kind::kNone;
  Class klass = Class::kPersonal;
  Lane lane = Lane::kNormal;
  Period period;  // not set for kinds without a period
  WallTime created;
  WallTime not_before;                                   // not set: at once
  WallTime not_after;                                    // always set, after created
  WallTime due;                                          // not set: no obligation
  EnvelopeId in_reply_to, copy_of, continues, replaces;  // each may be not set
  EnvelopeId refers_to;                                  // an attachment's subject; else not set
  std::uint64_t directory_version = 0;
  Hash commitment{};               // H("XJ1/commit" ‖ id ‖ k)
  std::uint32_t sealed_bytes = 0;  // of a payload sealed in chunks, all together; else 0
  // Its entry among `readers`; null: it cannot open the envelope.
  [[nodiscard]] const Reader* reader(OfficeId office) const;
  friend bool operator==(const Header&, const Header&) = default;
};

Bytes encode(const Header& header);
// Refuses whatever a well-behaved origin would not write: unknown numbers, no readers, a reader
// twice, the origin not among them, not_after before created, version or suite unknown.
Result<Header> decode_header(ByteView bytes);

// One wrapped key a reader, in the order of Header::readers. E is the batch's ephemeral public key.
struct Slots {
  PublicKey ephemeral{};
  std::vector<std::array<std::uint8_t, 48>> wraps;  // 32 bytes of k + 16 of tag
};
Bytes encode(const Slots& slots);
Result<Slots> decode_slots(ByteView bytes);

// What the origin signed for a batch, without the place of one envelope in it.
struct BatchStatement {
  OfficeId origin;
  KeyId key;
  std::uint64_t number = 0;  // rising per origin key; one number with two roots is an alarm
  std::uint32_t count = 0;   // leaves in the tree
  WallTime time;
  Hash root{};
  // What is signed: "XJ1/batch" ‖ origin ‖ key ‖ number ‖ count ‖ time ‖ root, fixed width.
  [[nodiscard]] Bytes signed_bytes() const;
  friend bool operator==(const BatchStatement&, const BatchStatement&) = default;
};

struct BatchProof {
  BatchStatement statement;
  Signature signature{};
  std::uint32_t index = 0;
  std::vector<Hash> path;  // leaf to root, RFC 6962 audit path
};
Bytes encode(const BatchProof& proof);
Result<BatchProof> decode_proof(ByteView bytes);

// Chunks of a payload of `sealed_bytes`, each kSealedChunkBytesMax but the last; 0 for one in one
// piece.
constexpr std::size_t chunk_count(std::uint32_t sealed_bytes) {
  return (sealed_bytes + kSealedChunkBytesMax - 1) / kSealedChunkBytesMax;
}

// The bytes of one envelope, as they travel and rest. Of a payload above kPayloadBytesMax `sealed`
// holds the chunks' hashes (Header::sealed_bytes says how many there are), and the chunks travel
// and rest on their own: `chunks` is filled by whoever seals and for whoever opens.
struct Envelope {
  Bytes header, slots, sealed, proof;
  std::uint8_t hops = 0;  // not signed
  std::vector<Bytes> chunks{};
  // Travels beside it where its origin's key was revoked since: an encoded SignedRecord of type
  // kVoucher (schemas/record.h). Not part of what rests as this envelope's row.
  Bytes voucher{};
  // What it takes of a batch's kBatchBytesMax, a frame's share for it included.
  [[nodiscard]] std::size_t size() const {
    return header.size() + slots.size() + sealed.size() + proof.size() + voucher.size() +
           kEnvelopeFramingBytes;
  }
  friend bool operator==(const Envelope&, const Envelope&) = default;
};

// What it takes of a store, its chunks included.
inline std::uint32_t stored_bytes(const Header& header, const Envelope& envelope) {
  return static_cast<std::uint32_t>(envelope.size()) + header.sealed_bytes;
}

}  // namespace schemas
}  // namespace xianjie
