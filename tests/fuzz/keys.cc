// Key files. Few inputs would pass the checksum, so each is also tried with the one that fits.
#include "crypto/keys.h"

#include "crypto/hash.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace xianjie;

void parse_once(std::string_view text) {
  const auto keys = crypto::OfficeKeys::parse(text);
  if (!keys) {
    XJ_CHECK(!keys.error().text.empty());
    return;
  }
  fuzz::note_accepted();
  const crypto::SecretBytes written = keys->serialise();
  const auto again = crypto::OfficeKeys::parse(as_text(written.view()));
  XJ_CHECK(again && again->office() == keys->office() && again->id() == keys->id());
  XJ_CHECK(again->signing_public() == keys->signing_public());
  XJ_CHECK(again->sealing_public() == keys->sealing_public());
  XJ_CHECK(again->link_public() == keys->link_public());
  XJ_CHECK(to_bytes(again->local_key()) == to_bytes(keys->local_key()));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = as_text({data, size});
  parse_once(input);
  std::string text(input.substr(0, input.rfind("checksum ")));
  const Bytes sum = Encoder().u64(crypto::checksum(as_bytes(text))).bytes();
  text += "checksum " + to_hex(sum) + "\n";
  parse_once(text);
  return 0;
}
