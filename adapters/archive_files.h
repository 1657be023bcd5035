// broker::Archive in segment files: append-only, each record's hash covering the one before it.
//
// A directory (0700) holds NAME-N.seg (0600), N the first record's number in 20 digits. Integers
// are big-endian. A segment is
//   magic "XJARCH2\n" · u64 first record's number · 32 bytes hash before it (zeros for record 1)
// and then its records, each
//   u32 length of bytes · u64 number · 32 bytes hash · bytes
// where hash = H(hash before ‖ number ‖ H(bytes)) (broker/archive.h).
// Example: the archive whose only record, number 1, is "ab" is audit-00000000000000000001.seg:
//   58 4a 41 52 43 48 32 0a  00 00 00 00 00 00 00 01  00 × 32
//   00 00 00 02  00 00 00 00 00 00 00 01  H(00 × 32 ‖ 00 00 00 00 00 00 00 01 ‖ H(61 62))  61 62
//
// append() returns after fdatasync; a new segment's name is durable before its first record is.
// open() verifies the last segment: a record cut off by a crash at its end is cut away (append
// never returned for it); anything else that does not verify is kCorrupt, with what to do, and
// stays as it is. scan() verifies what it gives,
// across segments, and passes over what lies before by the records' heads. After a failed write the
// archive returns kIo until it is opened again. One thread, but for view(); one opener at a time
// (flock on the directory).
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/files.h"
#include "broker/archive.h"

namespace xianjie::adapters {

inline constexpr std::size_t kArchiveRecordBytesMax = 1024 * 1024;

struct ArchiveOptions {
  std::filesystem::path path;  // its parent must be there
  std::string name = "audit";
  std::uint64_t segment_bytes = 64ULL << 20;  // a segment is closed before it would pass this
};

// The archive as it was when ArchiveFiles::view() made this: later records are not seen. For any
// thread, while the archive itself is written to.
class ArchiveView {
 public:
  ArchiveView() = default;
  ArchiveView(ArchiveOptions options, std::vector<std::uint64_t> segments, std::uint64_t last)
      : options_(std::move(options)), segments_(std::move(segments)), last_number_(last) {}
  [[nodiscard]] std::uint64_t last_number() const { return last_number_; }
  // As Archive::scan.
  Result<void> scan(std::uint64_t from,
                    const std::function<bool(const broker::ArchiveRecord&)>& visit) const;

 private:
  ArchiveOptions options_;
  std::vector<std::uint64_t> segments_;  // first numbers, rising
  std::uint64_t last_number_ = 0;
};

class ArchiveFiles final : public broker::Archive {
 public:
  static Result<std::unique_ptr<ArchiveFiles>> open(const ArchiveOptions& options);

  // kRefused: a gap, or a record above kArchiveRecordBytesMax; kCorrupt: the number is there with
  // other bytes.
  Result<void> append(const std::vector<broker::ArchiveRecord>& records) override;
  [[nodiscard]] std::uint64_t last_number() const override { return last_number_; }
  [[nodiscard]] Hash head() const override { return head_; }
  Result<void> scan(std::uint64_t from,
                    const std::function<bool(const broker::ArchiveRecord&)>& visit) override;
  [[nodiscard]] ArchiveView view() const;  // any thread; up to the last append that returned
  // Bytes that open() cut from a torn end.
  [[nodiscard]] std::uint64_t cut_bytes() const { return cut_bytes_; }

 private:
  explicit ArchiveFiles(ArchiveOptions options) : options_(std::move(options)) {}
  [[nodiscard]] std::filesystem::path segment_path(std::uint64_t first) const;
  Result<void> list_segments();
  void publish();
  Result<void> drop_empty_last();
  Result<void> open_last();
  Result<void> roll(std::uint64_t first);
  Result<void> flush(Bytes& buffer);
  Result<void> check_repeats(std::span<const broker::ArchiveRecord> repeats);
  Result<void> append_new(std::span<const broker::ArchiveRecord> records);

  ArchiveOptions options_;
  Fd lock_;
  Fd file_;                              // the last segment
  std::uint64_t size_ = 0;               // of it
  std::vector<std::uint64_t> segments_;  // first numbers, rising
  std::uint64_t last_number_ = 0;
  Hash head_{};
  std::uint64_t cut_bytes_ = 0;
  bool failed_ = false;
  mutable std::mutex published_mutex_;
  ArchiveView published_;
};

}  // namespace xianjie::adapters
