#include "broker/kept.h"

#include "crypto/hash.h"
#include "crypto/merkle.h"

namespace xianjie::broker {
namespace {

constexpr std::uint8_t kCustodyRow = 'B', kRecordRow = 'R', kProofsRow = 'E';

Result<ByteView> body_of(ByteView row, std::uint8_t sort) {
  if (row.empty() || row.front() != sort) return corrupt("archive: a record of another sort");
  return row.subspan(1);
}

}  // namespace

Hash KeptProof::leaf() const {
  const Bytes parts = Encoder().raw(crypto::hash(header)).raw(slots).raw(sealed).bytes();
  return crypto::Blake2bTree::leaf(parts);
}

Result<KeptProof> kept_proof(const Envelope& envelope) {
  XJ_TRY(const Header header, decode_header(envelope.header));
  KeptProof out{envelope.header, crypto::hash(envelope.slots), crypto::hash(envelope.sealed),
                envelope.proof};
  if (header.sealed_bytes != 0) {
    std::vector<Hash> leaves;
    for (Decoder in(envelope.sealed); in.rest().size() >= sizeof(Hash);)
      leaves.push_back(in.array<32>());
    out.sealed = crypto::MerkleTree<crypto::Blake2bTree>(std::move(leaves)).root();
  }
  return out;
}

void write_kept(Encoder& out, const KeptProof& proof) {
  out.blob(proof.header).raw(proof.slots).raw(proof.sealed).blob(proof.proof);
}
KeptProof read_kept(Decoder& in) {
  KeptProof out;
  out.header = to_bytes(in.blob());
  out.slots = in.array<32>();
  out.sealed = in.array<32>();
  out.proof = to_bytes(in.blob());
  return out;
}

Bytes record_row(const SignedRecord& record) {
  return Encoder().u8(kRecordRow).raw(encode(record)).bytes();
}
Result<SignedRecord> read_record_row(ByteView row) {
  XJ_TRY(const ByteView body, body_of(row, kRecordRow));
  return decode_signed_record(body);
}

Bytes proofs_row(const std::vector<KeptProof>& proofs) {
  Encoder out;
  out.u8(kProofsRow);
  for (const KeptProof& proof : proofs) write_kept(out, proof);
  return std::move(out).bytes();
}
Result<std::vector<KeptProof>> read_proofs_row(ByteView row) {
  XJ_TRY(const ByteView body, body_of(row, kProofsRow));
  std::vector<KeptProof> out;
  Decoder in(body);
  while (in.ok() && !in.rest().empty()) out.push_back(read_kept(in));
  if (!in.done()) return corrupt("archive: a record of proofs is broken");
  return out;
}

Bytes custody_row(OfficeId neighbour, bool taken, ByteView batch_row) {
  return Encoder().u8(kCustodyRow).u64(neighbour.value()).u8(taken ? 1 : 0).raw(batch_row).bytes();
}
Result<CustodyRow> read_custody_row(ByteView row) {
  XJ_TRY(const ByteView body, body_of(row, kCustodyRow));
  Decoder in(body);
  CustodyRow out;
  out.neighbour = OfficeId::from_value(in.u64()).value_or(OfficeId{});
  out.taken = in.u8() == 1;
  XJ_TRY(out.batch, decode_batch_row(in.rest()));
  return out;
}

}  // namespace xianjie::broker
