// What the fuzz targets of this folder share. A target is one file with one LLVMFuzzerTestOneInput;
// the `fuzz` preset links each with libFuzzer, every other build renames the function by its file
// (fuzz_frames …) and links them all into fuzz_replay. A broken property aborts through XJ_CHECK.
// Read next: README.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>

#include "schemas/bytes.h"
#include "schemas/result.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace xianjie::fuzz {

// A target says so where an input got past its decoder. fuzz_replay wants that of each file of the
// corpus that is not named refused-…: seeds that a changed format made worthless are noticed.
void note_accepted();
std::uint64_t accepted_count();

// The input as a file, for readers that take a path. One file a process and name, overwritten.
std::filesystem::path as_file(const char* name, ByteView bytes);

// Equality for structs without one, by a function that ties their fields.
template <class Fields>
auto same_fields(Fields fields) {
  return [fields](const auto& a, const auto& b) { return fields(a) == fields(b); };
}

// decode(encode(decode(x))) == decode(x), and what decode says does not hang on where the bytes
// lie. Returns what was decoded.
template <class Decode, class Encode, class Same>
auto round_trip(ByteView input, Decode decode, Encode encode, Same same) {
  auto first = decode(input);
  Bytes shifted(1);  // a view into a larger buffer may begin at an odd address
  shifted.insert(shifted.end(), input.begin(), input.end());
  XJ_CHECK(decode(ByteView(shifted).subspan(1)).has_value() == first.has_value());
  if (!first) {
    XJ_CHECK(!first.error().text.empty());
    return first;
  }
  note_accepted();
  const Bytes again = encode(*first);
  const auto second = decode(ByteView(again));
  XJ_CHECK(second.has_value());
  XJ_CHECK(same(*first, *second));
  XJ_CHECK(encode(*second) == again);
  return first;
}

struct Encode {
  Bytes operator()(const auto& value) const { return encode(value); }
};
template <class Decode, class Same = std::equal_to<>>
auto round_trip(ByteView input, Decode decode, Same same = {}) {
  return round_trip(input, decode, Encode{}, same);
}

}  // namespace xianjie::fuzz
