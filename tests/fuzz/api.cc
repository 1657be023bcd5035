// Requests and replies of the local API.
#include "schemas/api.h"

#include <tuple>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace xianjie;
  const ByteView input(data, size);
  fuzz::round_trip(input, decode_api_request, fuzz::same_fields([](const ApiRequest& r) {
                     return std::tie(r.id, r.command, r.options, r.body);
                   }));
  fuzz::round_trip(input, decode_api_reply, fuzz::same_fields([](const ApiReply& r) {
                     return std::tie(r.id, r.final, r.ok, r.code, r.text, r.json, r.body);
                   }));
  return 0;
}
