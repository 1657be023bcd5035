// Every decoder against cut and mutated input: it may refuse or accept, never crash. The address
// sanitizer preset runs the same loops.
#include <gtest/gtest.h>

#include <functional>

#include "schemas/api.h"
#include "tests/support/samples.h"
#include "tests/support/seeded_random.h"

namespace xianjie {
namespace {

struct Format {
  const char* name;
  std::vector<Bytes> valid;
  std::function<bool(ByteView)> accepts;
};

std::vector<Format> formats() {
  const Envelope envelope = tests::sample_envelope();
  std::vector<Bytes> frames;
  for (const Frame& frame : tests::sample_frames()) frames.push_back(encode(frame));
  SignedDirectory directory{encode_directory_body(tests::sample_directory()), {{}, {}}};
  return {
      {"header", {envelope.header}, [](ByteView b) { return decode_header(b).has_value(); }},
      {"slots", {envelope.slots}, [](ByteView b) { return decode_slots(b).has_value(); }},
      {"proof", {envelope.proof}, [](ByteView b) { return decode_proof(b).has_value(); }},
      {"record",
       {encode_record_body(tests::sample_receipts())},
       [](ByteView b) { return decode_record_body(b).has_value(); }},
      {"signed record",
       {encode(tests::sample_signed_record())},
       [](ByteView b) { return decode_signed_record(b).has_value(); }},
      {"frame", frames, [](ByteView b) { return decode_frame(b).has_value(); }},
      {"payload",
       {encode(Payload{tests::sample_notice()}),
        encode(Payload{CheckResultPayload{tests::envelope_id(1), CheckOutcome::kOwnArea, "x"}})},
       [](ByteView b) { return decode_payload(b).has_value(); }},
      {"directory",
       {directory.body},
       [](ByteView b) {
         const auto file = DirectoryFile::open(to_bytes(b));
         for (std::size_t k = 0; file && k < file->size(); ++k)
           if (file->record(k).name != file->name(k)) return false;
         return file.has_value();
       }},
      {"signed directory",
       {encode(directory)},
       [](ByteView b) { return decode_signed_directory(b).has_value(); }},
      {"request",
       {encode(ApiRequest{7, "submit", {{"kind", "ad_hoc_report"}}, {1, 2, 3}})},
       [](ByteView b) { return decode_api_request(b).has_value(); }},
      {"reply",
       {encode(ApiReply{.id = 7, .text = "text", .json = "{}", .body = {1}})},
       [](ByteView b) { return decode_api_reply(b).has_value(); }},
  };
}

TEST(Hostile, CutInputIsRefused) {
  for (const Format& format : formats())
    for (const Bytes& whole : format.valid) {
      EXPECT_TRUE(format.accepts(whole)) << format.name;
      for (std::size_t size = 0; size < std::min<std::size_t>(whole.size(), 64); ++size)
        EXPECT_FALSE(format.accepts(ByteView(whole).first(size))) << format.name << size;
      EXPECT_FALSE(format.accepts(ByteView(whole).first(whole.size() / 2))) << format.name;
    }
}

TEST(Hostile, AnotherIdentifierIsRefused) {
  for (const Format& format : formats())
    for (Bytes bytes : format.valid) {
      bytes[6] ^= 1;
      EXPECT_FALSE(format.accepts(bytes)) << format.name;
    }
}

void mutate(Bytes& bytes, tests::SeededRandom& random) {
  const std::uint64_t times = 1 + random.below(4);
  for (std::uint64_t n = 0; n < times && !bytes.empty(); ++n) {
    const std::size_t at = random.below(bytes.size());
    switch (random.below(4)) {
      case 0:
        bytes[at] ^= static_cast<std::uint8_t>(1U << random.below(8));
        break;
      case 1:
        bytes[at] = static_cast<std::uint8_t>(random.below(256));
        break;
      case 2:
        bytes[at] = random.below(2) == 0 ? 0xff : 0;
        break;
      default:
        if (at + 4 <= bytes.size()) {  // a length or an offset
          const std::uint64_t value = random.below(2 * bytes.size());
          for (std::size_t k = 0; k < 4; ++k)
            bytes[at + k] = static_cast<std::uint8_t>(value >> (8 * k));
        }
    }
  }
  if (random.below(16) == 0) bytes.resize(random.below(bytes.size() + 8));
}

TEST(Hostile, MutatedInputNeverCrashes) {
  tests::SeededRandom random(20261210);
  const std::vector<Format> all = formats();
  int accepted = 0;
  constexpr int kRounds = 20'000;
  for (int round = 0; round < kRounds; ++round) {
    const Format& format = all[random.below(all.size())];
    Bytes bytes = format.valid[random.below(format.valid.size())];
    mutate(bytes, random);
    // On an odd address, as a view into a larger buffer may be.
    bytes.insert(bytes.begin(), 0);
    if (format.accepts(ByteView(bytes).subspan(1))) ++accepted;
  }
  EXPECT_GT(accepted, kRounds / 20);  // the mutations reach behind the structure check
  EXPECT_LT(accepted, kRounds * 19 / 20);
}

}  // namespace
}  // namespace xianjie
