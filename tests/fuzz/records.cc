// Receipts, inquiries, epochs and the manifests of disks: the signed part, and what is around it.
#include "schemas/record.h"

#include "schemas/consignment.h"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace xianjie;
  const ByteView input(data, size);
  fuzz::round_trip(input, decode_record_body, encode_record_body, std::equal_to<>{});
  if (const auto signed_record = fuzz::round_trip(input, decode_signed_record))
    fuzz::round_trip(signed_record->body, decode_record_body, encode_record_body,
                     std::equal_to<>{});
  fuzz::round_trip(input, decode_consignment_body, encode_consignment_body, std::equal_to<>{});
  const auto same = [](const SignedConsignment& a, const SignedConsignment& b) {
    return a.body == b.body && a.signature == b.signature;
  };
  if (const auto consignment = fuzz::round_trip(input, decode_signed_consignment, same))
    fuzz::round_trip(consignment->body, decode_consignment_body, encode_consignment_body,
                     std::equal_to<>{});
  return 0;
}
