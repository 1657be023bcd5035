// The three FlatBuffers of an envelope; their identifiers tell them apart.
#include "schemas/envelope.h"

#include <tuple>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace xianjie;
  const ByteView input(data, size);
  if (const auto header = fuzz::round_trip(input, decode_header)) {
    XJ_CHECK(OfficeId::parse(to_text(header->origin)) == header->origin);
    XJ_CHECK(EnvelopeId::parse(to_text(header->id)) == header->id);
    XJ_CHECK(parse_wall_time(to_text(header->not_after)) == header->not_after);
  }
  fuzz::round_trip(input, decode_slots, fuzz::same_fields([](const Slots& slots) {
                     return std::tie(slots.ephemeral, slots.wraps);
                   }));
  fuzz::round_trip(input, decode_proof, fuzz::same_fields([](const BatchProof& proof) {
                     return std::tie(proof.statement, proof.signature, proof.index, proof.path);
                   }));
  return 0;
}
