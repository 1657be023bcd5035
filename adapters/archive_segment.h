// Reads one archive segment from its beginning and verifies it (format: archive_files.h).
#pragma once

#include <filesystem>

#include "adapters/files.h"
#include "broker/archive.h"

namespace xianjie::adapters {

inline constexpr std::size_t kSegmentHeadBytes = 8 + 8 + 32;
inline constexpr std::size_t kRecordHeadBytes = 4 + 8 + 32;

Bytes segment_head(std::uint64_t first, const Hash& before);
Hash chain(const Hash& before, std::uint64_t number, ByteView bytes);

class SegmentReader {
 public:
  enum class Step { kRecord, kEnd, kTorn };

  // kCorrupt where the head does not fit the name.
  static Result<SegmentReader> open(const std::filesystem::path& path, std::uint64_t first);

  // Passes over the records below `number` by their heads, without a look at their bytes. What
  // comes then is verified against the hash that stands before it. Only where `number` is there.
  Result<void> skip_to(std::uint64_t number);
  // kTorn: the file ends inside a record, and nothing in the rest is a whole one.
  Result<Step> next();
  [[nodiscard]] ByteView bytes() const { return bytes_; }  // of the record; until next()
  [[nodiscard]] std::uint64_t number() const {
    return number_;
  }                                                         // of the last record read, or first - 1
  [[nodiscard]] const Hash& head() const { return head_; }  // after it
  [[nodiscard]] std::uint64_t offset() const { return offset_; }  // where it ends

 private:
  SegmentReader(std::filesystem::path path, Fd file)
      : path_(std::move(path)), file_(std::move(file)) {}
  // At least `size` bytes from offset_, or all there are.
  Result<ByteView> peek(std::size_t size);
  [[nodiscard]] std::unexpected<Error> damaged(const std::string& what) const;
  [[nodiscard]] bool holds_a_whole_record(ByteView rest) const;

  std::filesystem::path path_;
  Fd file_;
  Bytes window_;
  std::uint64_t window_at_ = 0;  // file offset of window_[0]
  std::uint64_t offset_ = 0;
  std::uint64_t number_ = 0;
  Hash head_{};
  ByteView bytes_;
};

}  // namespace xianjie::adapters
