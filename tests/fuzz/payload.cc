// What a reader finds inside an envelope.
#include "schemas/payload.h"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace xianjie;
  fuzz::round_trip(ByteView(data, size), decode_payload);
  return 0;
}
