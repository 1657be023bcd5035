// Sealing and signing a batch, verifying and opening one envelope: the composition of DESIGN
// section 3, step by step. All pure; randomness comes in. Read next: broker/prepare.h.
#pragma once

#include <span>
#include <vector>

#include "crypto/keys.h"
#include "crypto/random.h"
#include "schemas/envelope.h"

namespace xianjie::crypto {

// leaf = H(0x00 ‖ H(P) ‖ H(slots) ‖ H(sealed)); of a payload in chunks the last is the root of the
// tree over the chunks' leaves, so that each hop can check each chunk alone. `sealed_bytes`: the
// header's.
Hash leaf_of(const Envelope& envelope, std::uint32_t sealed_bytes);
Hash leaf_of(const Envelope& envelope);  // reads the header for it
Hash chunk_leaf(ByteView chunk);         // what Envelope::sealed holds of each

struct Draft {
  Header header;  // complete but for `commitment`
  Bytes payload;  // at most kLargePayloadBytesMax; in chunks above kPayloadBytesMax
  std::vector<PublicKey> reader_keys;  // X25519, in the order of header.readers
};

// Seals each draft under one ephemeral key and signs them as one batch of 1 to kBatchEnvelopesMax.
// `batch_number` must never be used again by this key. Refuses an oversize payload, a reader key
// whose exchange is all zero, and readers that do not fit the keys.
Result<std::vector<Envelope>> seal_batch(std::vector<Draft> drafts, const OfficeKeys& keys,
                                         std::uint64_t batch_number, WallTime time, Random& random);

// The batch proof leads from this envelope's leaf to the statement's root; origin and key id are
// the header's. Does not check the signature: that is once a statement, below.
Result<void> verify_path(const Header& header, const BatchProof& proof, const Hash& leaf);
bool verify_statement(const BatchStatement& statement, const Signature& signature,
                      const PublicKey& key);

// A reader's way to the payload key k: checks slot and commitment. kNotFound: not a reader. Giving
// k to another office gives it this one envelope's content, with proof of who wrote it.
Result<Hash> payload_key(const Envelope& envelope, const Header& header, OfficeId reader, KeyId key,
                         ByteView sealing_secret);
// Opens with k; kCorrupt where the header does not commit to it. A payload in chunks needs them
// all, in `envelope.chunks`.
Result<Bytes> open_with_key(const Envelope& envelope, const Header& header, const Hash& k);

// Both in one, for one reader.
Result<Bytes> open_envelope(const Envelope& envelope, const Header& header, OfficeId reader,
                            KeyId key, ByteView sealing_secret);

}  // namespace xianjie::crypto
