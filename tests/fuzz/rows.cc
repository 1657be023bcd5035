// Rows of the store. A row's own checksum is another layer's; here any bytes may come.
#include <algorithm>

#include "broker/month_tables.h"
#include "broker/tables.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace xianjie;

// Where a layout holds what decoding makes plain: an office id that is none becomes 0, of a flags
// byte the known bits stay, a truth value becomes 0 or 1. All else is kept as it stands.
struct Layout {
  std::vector<std::size_t> offices, truths;
  std::size_t flags_at = 0;
  std::uint8_t flags_known = 0xff;
};

Bytes plain(ByteView input, const Layout& layout) {
  Bytes bytes = to_bytes(input);
  for (const std::size_t at : layout.offices) {
    XJ_CHECK(at + 8 <= bytes.size());
    const auto field = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    if (!OfficeId::from_value(Decoder(input.subspan(at)).u64())) std::fill(field, field + 8, 0);
  }
  for (const std::size_t at : layout.truths) {
    XJ_CHECK(at < bytes.size());
    bytes[at] = bytes[at] == 0 ? 0 : 1;
  }
  if (!bytes.empty()) bytes[layout.flags_at] &= layout.flags_known;
  return bytes;
}

// Stronger than a round trip: no field is lost, added or mixed up with another.
template <class Decode, class Encode>
void exact(ByteView input, Decode decode, Encode encode, const Layout& layout) {
  const auto same_bytes = [&](const auto& a, const auto& b) { return encode(a) == encode(b); };
  if (const auto row = fuzz::round_trip(input, decode, encode, same_bytes))
    XJ_CHECK(encode(*row) == plain(input, layout));
}

Layout batch_layout(ByteView input) {
  Layout layout;
  Decoder in(input);
  in.raw(9);
  in.blob();
  in.u32();
  for (std::size_t at = input.size() - in.rest().size(); at < input.size(); at += 56)
    layout.offices.push_back(at);
  return layout;
}

Layout manifest_layout(ByteView input) {
  Layout layout{{}, {57}};
  Decoder in(input);
  in.raw(78);
  in.blob();
  in.u32();
  for (int column = 0; column < 2; ++column)
    for (std::uint32_t count = in.u32(); count > 0 && in.ok(); --count) {
      layout.offices.push_back(input.size() - in.rest().size());
      in.raw(56);
    }
  return layout;
}

Layout ledger_layout(ByteView input) {
  Layout layout{{37, 93, 117, 238, 254}, {182, 189}};
  std::size_t at = 262;
  for (std::size_t left = input[at++]; left > 0; --left, at += 33) layout.offices.push_back(at + 1);
  for (std::size_t left = input[at++]; left > 0; --left, at += 8) layout.offices.push_back(at);
  return layout;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  const fuzz::Encode encode;
  exact(input, broker::decode_state_row, encode, {{38, 46, 111}, {}, 33, 31});
  exact(input, broker::decode_inbox_row, encode, {{0, 78}, {}, 24, 7});
  if (broker::decode_ledger_row(input))
    exact(input, broker::decode_ledger_row, encode, ledger_layout(input));
  exact(input, broker::decode_held_row, encode, {{0}, {}});
  exact(input, broker::decode_consignment_row, encode, {});
  exact(input, broker::decode_import_row, encode, {});
  exact(input, broker::decode_standing_row, encode, {});
  exact(input, broker::decode_arriving_row, encode, {{0, 25}, {}});
  exact(input, broker::decode_passage_row, encode, {{40}, {}});
  if (broker::decode_manifest_row(input))
    exact(input, broker::decode_manifest_row, encode, manifest_layout(input));
  exact(input, broker::parse_queue_key, broker::queue_key, {{0}, {}});
  if (broker::decode_batch_row(input))
    exact(input, broker::decode_batch_row, encode, batch_layout(input));
  exact(input, [](ByteView bytes) { return broker::decode_envelope_row(bytes, {}); },
        broker::encode_envelope_row, {});
  const broker::EnvelopeKey key = broker::parse_seen_key(input);
  XJ_CHECK(broker::parse_seen_key(broker::seen_key(key)) == key);
  const broker::Timer timer = broker::parse_timer_key(input);
  XJ_CHECK(broker::parse_timer_key(broker::timer_key(timer.due, timer.id)).due == timer.due);
  return 0;
}
