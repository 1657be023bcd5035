// An archive segment, as the audit log and the settled receipts are read back.
#include "adapters/archive_segment.h"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace xianjie;
  using Step = adapters::SegmentReader::Step;
  const ByteView input(data, size);
  auto reader = adapters::SegmentReader::open(fuzz::as_file("audit.seg", input), 1);
  if (!reader) return 0;
  Bytes passed = to_bytes(input.first(adapters::kSegmentHeadBytes));
  for (std::uint64_t number = 1;; ++number) {
    const auto step = reader->next();
    if (!step || *step != Step::kRecord) break;
    fuzz::note_accepted();
    XJ_CHECK(reader->number() == number);
    passed = Encoder()
                 .raw(passed)
                 .u32(static_cast<std::uint32_t>(reader->bytes().size()))
                 .u64(number)
                 .raw(reader->head())
                 .raw(reader->bytes())
                 .bytes();
    XJ_CHECK(passed.size() == reader->offset());
    XJ_CHECK(starts_with(input, passed));  // it read what stands there, in order
  }
  return 0;
}
