// What an office keeps of its mail for ever, as records of the Archive: the evidence by which a
// third party can say later who wrote what, who had it and what became of it. No content is among
// it. The first byte of an archive record says what it is:
//   '2' or any other printable   lines of text (broker.h, audit)
//   'B'  a custody acknowledgement: u64 neighbour · u8 direction (0 given, 1 taken) · batch row
//   (tables.h) 'R'  a signed record, as schemas/record.h encodes it: receipts that counted here or
//   were issued here,
//        manifests and their answers
//   'E'  what proves who wrote envelopes whose bytes went: each blob header · 32 H(slots) · 32
//   H(sealed),
//        of a payload in chunks the root over them · blob proof
// Example, the proof of an envelope with a header of 2 bytes and a proof of 1:
//   45  00000002 0102  H(slots)  H(sealed)  00000001 07
// Read next: node/evidence/sections.h (what becomes of it in a file).
#pragma once

#include <vector>

#include "broker/tables.h"
#include "schemas/bytes.h"
#include "schemas/envelope.h"
#include "schemas/record.h"
#include "schemas/result.h"

namespace xianjie::broker {

// An envelope without its slots and payload: enough to verify who wrote it.
struct KeptProof {
  Bytes header;
  Hash slots{}, sealed{};
  Bytes proof;
  [[nodiscard]] Hash leaf() const;
  friend bool operator==(const KeptProof&, const KeptProof&) = default;
};
Result<KeptProof> kept_proof(const Envelope& envelope);
void write_kept(Encoder& out, const KeptProof& proof);
KeptProof read_kept(Decoder& in);  // `in` is not ok() where it is too short

// Archive records. kCorrupt where the bytes are not of that sort, or broken.
Bytes record_row(const SignedRecord& record);
Result<SignedRecord> read_record_row(ByteView row);
Bytes proofs_row(const std::vector<KeptProof>& proofs);
Result<std::vector<KeptProof>> read_proofs_row(ByteView row);

struct CustodyRow {
  OfficeId neighbour;
  bool taken = false;  // else given
  BatchRow batch;
};
Bytes custody_row(OfficeId neighbour, bool taken, ByteView batch_row);
Result<CustodyRow> read_custody_row(ByteView row);

}  // namespace xianjie::broker
