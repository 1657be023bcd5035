#include "crypto/seal.h"

#include <sodium.h>

#include <algorithm>
#include <map>

#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "schemas/limits.h"

namespace xianjie::crypto {
namespace {

using Tree = MerkleTree<Blake2bTree>;

static_assert(crypto_aead_xchacha20poly1305_ietf_ABYTES == kSealTagBytes);
static_assert(crypto_scalarmult_BYTES == 32 && crypto_scalarmult_SCALARBYTES == 32);

// Every key here seals one payload or wraps one key, so the nonce is zero; the chunks of one
// payload count in it.
using Nonce = std::array<std::uint8_t, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES>;
constexpr Nonce kNonce{};

// Chunk number, little-endian, and in the last byte whether it is the last one: none can be left
// out, exchanged or cut off.
Nonce chunk_nonce(std::size_t index, bool last) {
  Nonce nonce{};
  for (std::size_t byte = 0; byte < 8; ++byte)
    nonce[byte] = static_cast<std::uint8_t>(index >> (8 * byte));
  nonce.back() = last ? 1 : 0;
  return nonce;
}

// 32 secret bytes on the stack or in a map, wiped at the end.
struct Secret {
  Hash bytes{};
  Secret() = default;
  explicit Secret(Hash&& from) : bytes(from) { sodium_memzero(from.data(), from.size()); }
  ~Secret() { sodium_memzero(bytes.data(), bytes.size()); }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
};

struct Wiped {  // wipes a buffer that held a payload in the clear
  Bytes& bytes;
  ~Wiped() { sodium_memzero(bytes.data(), bytes.size()); }
};

Hash commitment_of(const EnvelopeId& id, ByteView k) {
  return hash({as_bytes("XJ1/commit"), id.bytes, k});
}
Hash content_key(const EnvelopeId& id, ByteView k) {
  return keyed_hash(k, {as_bytes("XJ1/enc"), id.bytes});
}
Hash associated_data(ByteView header) {
  return hash({as_bytes("XJ1/hdr"), header});
}

// The key that wraps k for one reader. E and R: X25519 public keys, as in DESIGN section 3.
Hash wrapping_key(const Secret& shared, const PublicKey& e, const PublicKey& r,
                  const Reader& reader, const Hash& header_hash) {
  const Bytes who = Encoder().u64(reader.office.value()).u32(reader.key.number).bytes();
  return keyed_hash(shared.bytes, {as_bytes("XJ1/kek"), e, r, who, header_hash});
}

// False where the exchange yields zero: a reader key of small order.
bool exchange(Secret& out, ByteView scalar, const PublicKey& point) {
  return crypto_scalarmult(out.bytes.data(), scalar.data(), point.data()) == 0 &&
         sodium_is_zero(out.bytes.data(), out.bytes.size()) == 0;
}

void encrypt(std::span<std::uint8_t> out, ByteView plain, ByteView associated, const Secret& key,
             const Nonce& nonce = kNonce) {
  crypto_aead_xchacha20poly1305_ietf_encrypt(out.data(), nullptr, plain.data(), plain.size(),
                                             associated.data(), associated.size(), nullptr,
                                             nonce.data(), key.bytes.data());
}
bool decrypt(std::span<std::uint8_t> out, ByteView sealed, ByteView associated, const Secret& key,
             const Nonce& nonce = kNonce) {
  return crypto_aead_xchacha20poly1305_ietf_decrypt(
             out.data(), nullptr, nullptr, sealed.data(), sealed.size(), associated.data(),
             associated.size(), nonce.data(), key.bytes.data()) == 0;
}

// The ephemeral pair of one batch and what it shares with each reader: X25519 is paid once each.
struct BatchSecrets {
  Secret ephemeral;
  PublicKey ephemeral_public{};
  std::map<PublicKey, Secret> shared;

  explicit BatchSecrets(Random& random) {
    random.fill(ephemeral.bytes);
    XJ_CHECK(crypto_scalarmult_base(ephemeral_public.data(), ephemeral.bytes.data()) == 0);
  }
  const Secret* with(const PublicKey& reader) {
    const auto [entry, added] = shared.try_emplace(reader);
    if (added && !exchange(entry->second, ephemeral.bytes, reader)) {
      shared.erase(entry);
      return nullptr;
    }
    return &entry->second;
  }
};

std::size_t padded_size(std::size_t plain) {
  return (plain / kPadStepBytes + 1) * kPadStepBytes;
}

// What the header says of the chunks; 0: in one piece.
std::uint32_t sealed_bytes_of(std::size_t payload) {
  if (payload <= kPayloadBytesMax) return 0;
  const std::size_t padded = padded_size(payload);
  const std::size_t chunks = (padded + kChunkBytes - 1) / kChunkBytes;
  return static_cast<std::uint32_t>(padded + chunks * kSealTagBytes);
}

Bytes pad(Bytes payload) {
  const std::size_t plain_size = payload.size();
  const std::size_t padded = padded_size(plain_size);
  Bytes plain(padded);
  const Wiped wipe_given{payload};
  std::ranges::copy(payload, plain.begin());
  std::size_t length = 0;
  XJ_CHECK(sodium_pad(&length, plain.data(), plain_size, kPadStepBytes, plain.size()) == 0);
  XJ_CHECK(length == padded);
  return plain;
}

Bytes seal_payload(Bytes payload, const EnvelopeId& id, ByteView k, ByteView header) {
  Bytes plain = pad(std::move(payload));
  const Wiped wipe{plain};
  const Secret key(content_key(id, k));
  Bytes sealed(plain.size() + kSealTagBytes);
  encrypt(sealed, plain, associated_data(header), key);
  return sealed;
}

// Fills `chunks`, and `sealed` with their leaves.
void seal_chunks(Envelope& out, Bytes payload, const EnvelopeId& id, ByteView k) {
  Bytes plain = pad(std::move(payload));
  const Wiped wipe{plain};
  const Secret key(content_key(id, k));
  const Hash associated = associated_data(out.header);
  for (std::size_t from = 0; from < plain.size(); from += kChunkBytes) {
    const ByteView piece =
        ByteView(plain).subspan(from, std::min(kChunkBytes, plain.size() - from));
    const bool last = from + piece.size() == plain.size();
    Bytes chunk(piece.size() + kSealTagBytes);
    encrypt(chunk, piece, associated, key, chunk_nonce(out.chunks.size(), last));
    const Hash leaf = chunk_leaf(chunk);
    out.sealed.insert(out.sealed.end(), leaf.begin(), leaf.end());
    out.chunks.push_back(std::move(chunk));
  }
}

Result<Envelope> seal_one(Draft draft, BatchSecrets& batch, Random& random) {
  Header& header = draft.header;
  if (draft.payload.size() > kLargePayloadBytesMax)
    return fail(ErrorCode::kFull, "seal: the payload is larger than 16 MiB");
  if (header.readers.empty() || header.readers.size() > kReadersMax ||
      header.readers.size() != draft.reader_keys.size())
    return refused("seal: readers and their keys do not fit");
  Secret k;
  random.fill(k.bytes);
  header.commitment = commitment_of(header.id, k.bytes);
  header.sealed_bytes = sealed_bytes_of(draft.payload.size());
  Envelope out;
  out.header = encode(header);
  XJ_TRY_VOID(decode_header(out.header));  // what no hop would take is refused here already
  const Hash header_hash = hash(out.header);
  Slots slots{batch.ephemeral_public, {}};
  slots.wraps.reserve(header.readers.size());
  for (std::size_t n = 0; n < header.readers.size(); ++n) {
    const PublicKey& reader_key = draft.reader_keys[n];
    const Secret* shared = batch.with(reader_key);
    if (shared == nullptr)
      return refused("seal: the sealing key of " + to_text(header.readers[n].office) +
                     " is not usable");
    const Secret kek(
        wrapping_key(*shared, batch.ephemeral_public, reader_key, header.readers[n], header_hash));
    encrypt(slots.wraps.emplace_back(), k.bytes, {}, kek);
  }
  out.slots = encode(slots);
  if (header.sealed_bytes == 0)
    out.sealed = seal_payload(std::move(draft.payload), header.id, k.bytes, out.header);
  else
    seal_chunks(out, std::move(draft.payload), header.id, k.bytes);
  return out;
}

}  // namespace

Hash chunk_leaf(ByteView chunk) {
  return Blake2bTree::leaf(chunk);
}

Hash leaf_of(const Envelope& envelope, std::uint32_t sealed_bytes) {
  std::array<Hash, 3> parts{hash(envelope.header), hash(envelope.slots), {}};
  if (sealed_bytes == 0) {
    parts[2] = hash(envelope.sealed);
  } else {
    std::vector<Hash> leaves;
    for (Decoder in(envelope.sealed); in.rest().size() >= sizeof(Hash);)
      leaves.push_back(in.array<32>());
    parts[2] = Tree(std::move(leaves)).root();
  }
  return Blake2bTree::leaf({parts.front().data(), sizeof parts});
}

Hash leaf_of(const Envelope& envelope) {
  const auto header = decode_header(envelope.header);
  return leaf_of(envelope, header ? header->sealed_bytes : 0);
}

Result<std::vector<Envelope>> seal_batch(std::vector<Draft> drafts, const OfficeKeys& keys,
                                         std::uint64_t batch_number, WallTime time,
                                         Random& random) {
  if (drafts.empty() || drafts.size() > kBatchEnvelopesMax)
    return fail(ErrorCode::kFull, "seal: a batch holds 1 to 1024 envelopes");
  BatchSecrets batch(random);
  std::vector<Envelope> out;
  std::vector<Hash> leaves;
  out.reserve(drafts.size());
  leaves.reserve(drafts.size());
  for (Draft& draft : drafts) {
    if (draft.header.origin != keys.office() || draft.header.origin_key != keys.id())
      return refused("seal: the header names another origin or key than the signer's");
    XJ_TRY(Envelope sealed, seal_one(std::move(draft), batch, random));
    leaves.push_back(leaf_of(sealed));
    out.push_back(std::move(sealed));
  }
  const Tree tree(std::move(leaves));
  BatchProof proof;
  proof.statement = {keys.office(), keys.id(),
                     batch_number,  static_cast<std::uint32_t>(out.size()),
                     time,          tree.root()};
  proof.signature = keys.sign("", proof.statement.signed_bytes());
  for (std::size_t n = 0; n < out.size(); ++n) {
    proof.index = static_cast<std::uint32_t>(n);
    proof.path = tree.path(n);
    out[n].proof = encode(proof);
  }
  return out;
}

Result<void> verify_path(const Header& header, const BatchProof& proof, const Hash& leaf) {
  const BatchStatement& statement = proof.statement;
  if (statement.origin != header.origin || statement.key != header.origin_key)
    return corrupt("proof: signed by another office or key than the header's");
  const auto root = Tree::root_from_path(leaf, proof.index, statement.count, proof.path);
  if (!root || *root != statement.root)
    return corrupt("proof: does not lead from the envelope to the signed root");
  return {};
}

bool verify_statement(const BatchStatement& statement, const Signature& signature,
                      const PublicKey& key) {
  return verify(key, "", statement.signed_bytes(), signature);
}

Result<Hash> payload_key(const Envelope& envelope, const Header& header, OfficeId reader, KeyId key,
                         ByteView sealing_secret) {
  XJ_CHECK(sealing_secret.size() == crypto_scalarmult_SCALARBYTES);
  const auto place = std::ranges::find(header.readers, Reader{reader, key});
  if (place == header.readers.end())
    return fail(ErrorCode::kNotFound, "open: not a reader of this envelope with this key");
  XJ_TRY(const Slots slots, decode_slots(envelope.slots));
  const auto slot = static_cast<std::size_t>(place - header.readers.begin());
  if (slots.wraps.size() != header.readers.size())
    return corrupt("open: slots do not fit the readers");
  PublicKey own;
  Secret shared;
  if (crypto_scalarmult_base(own.data(), sealing_secret.data()) != 0 ||
      !exchange(shared, sealing_secret, slots.ephemeral))
    return corrupt("open: the ephemeral key is not usable");
  const Secret kek(wrapping_key(shared, slots.ephemeral, own, *place, hash(envelope.header)));
  Hash k{};
  if (!decrypt(k, slots.wraps[slot], {}, kek))
    return corrupt("open: the slot does not open with this key");
  if (commitment_of(header.id, k) != header.commitment)
    return corrupt("open: the key is not the one the header commits to");
  return k;
}

namespace {

Result<Bytes> unpad(Bytes plain) {
  std::size_t length = 0;
  if (sodium_unpad(&length, plain.data(), plain.size(), kPadStepBytes) != 0)
    return corrupt("open: broken padding");
  plain.resize(length);
  return plain;
}

Result<Bytes> open_chunks(const Envelope& envelope, const Header& header, const Hash& k) {
  const std::size_t count = chunk_count(header.sealed_bytes);
  if (envelope.chunks.size() != count) return corrupt("open: not all chunks are here");
  const Secret content(content_key(header.id, k));
  const Hash associated = associated_data(envelope.header);
  Bytes plain(header.sealed_bytes - count * kSealTagBytes);
  std::span<std::uint8_t> rest(plain);
  for (std::size_t index = 0; index < count; ++index) {
    const Bytes& chunk = envelope.chunks[index];
    const std::size_t size = std::min(rest.size(), kChunkBytes);
    if (chunk.size() != size + kSealTagBytes ||
        !decrypt(rest.first(size), chunk, associated, content,
                 chunk_nonce(index, index + 1 == count))) {
      sodium_memzero(plain.data(), plain.size());
      return corrupt("open: a chunk of the payload was changed");
    }
    rest = rest.subspan(size);
  }
  return unpad(std::move(plain));
}

}  // namespace

Result<Bytes> open_with_key(const Envelope& envelope, const Header& header, const Hash& k) {
  if (commitment_of(header.id, k) != header.commitment)
    return corrupt("open: the key is not the one the header commits to");
  if (header.sealed_bytes != 0) return open_chunks(envelope, header, k);
  if (envelope.sealed.size() < kPadStepBytes + kSealTagBytes ||
      envelope.sealed.size() > kSealedBytesMax)
    return corrupt("open: sealed payload of a wrong size");
  const Secret content(content_key(header.id, k));
  Bytes plain(envelope.sealed.size() - kSealTagBytes);
  if (!decrypt(plain, envelope.sealed, associated_data(envelope.header), content))
    return corrupt("open: the sealed payload was changed");
  return unpad(std::move(plain));
}

Result<Bytes> open_envelope(const Envelope& envelope, const Header& header, OfficeId reader,
                            KeyId key, ByteView sealing_secret) {
  XJ_TRY(Hash k, payload_key(envelope, header, reader, key, sealing_secret));
  auto plain = open_with_key(envelope, header, k);
  sodium_memzero(k.data(), k.size());
  return plain;
}

}  // namespace xianjie::crypto
