// Receipts, inquiries and epochs: the signed part, and the record around it.
#include "schemas/record.h"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace xianjie;
  const ByteView input(data, size);
  fuzz::round_trip(input, decode_record_body, encode_record_body, std::equal_to<>{});
  if (const auto signed_record = fuzz::round_trip(input, decode_signed_record))
    fuzz::round_trip(signed_record->body, decode_record_body, encode_record_body,
                     std::equal_to<>{});
  return 0;
}
