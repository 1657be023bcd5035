// The small texts that stand in files, options and addresses: ids, times, codes, networks.
#include "adapters/channel_proof.h"
#include "node/office/release_date.h"
#include "node/office/typed_text.h"
#include "schemas/ids.h"
#include "schemas/text.h"
#include "schemas/time.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace xianjie;

template <class Parse>
void text_round_trip(std::string_view text, Parse parse) {
  const auto first = parse(text);
  if (!first) return;
  fuzz::note_accepted();
  XJ_CHECK(parse(to_text(*first)) == first);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  text_round_trip(text, OfficeId::parse);
  text_round_trip(text, EnvelopeId::parse);
  text_round_trip(text, Period::parse);
  text_round_trip(text, parse_iso_date);
  text_round_trip(text, parse_wall_time);
  if (const auto date = node::parse_release_date(text))
    XJ_CHECK(parse_iso_date(to_text(*date)) == *date);
  if (const auto bytes = from_hex(text)) XJ_CHECK(from_hex(to_hex(*bytes)) == *bytes);
  if (const auto address = adapters::IpAddress::parse(text)) {
    fuzz::note_accepted();
    XJ_CHECK(address->is_v4() || !address->is_loopback() || address->bytes.back() == 1);
  }
  if (const auto network = adapters::IpNetwork::parse(text)) {
    fuzz::note_accepted();
    XJ_CHECK(network->contains(network->base));
  }
  const std::string_view trimmed = node::trim(text);
  XJ_CHECK(node::trim(trimmed) == trimmed && trimmed.size() <= text.size());
  if (is_utf8(text)) XJ_CHECK(is_utf8(trimmed) && is_utf8(node::narrow(text)));
  return 0;
}
