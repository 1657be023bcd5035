#include "adapters/archive_segment.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "adapters/archive_files.h"
#include "crypto/hash.h"

namespace xianjie::adapters {

namespace {

constexpr std::string_view kMagic = "XJARCH2\n";
constexpr std::size_t kWindowBytes = 256 * 1024;

}  // namespace

Bytes segment_head(std::uint64_t first, const Hash& before) {
  return Encoder().text(kMagic).u64(first).raw(before).bytes();
}

Hash chain(const Hash& before, std::uint64_t number, ByteView bytes) {
  return broker::chain_hash(before, number, crypto::hash(bytes));
}

Result<SegmentReader> SegmentReader::open(const std::filesystem::path& path, std::uint64_t first) {
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.is_open()) return system_failure("cannot open", path, errno);
  SegmentReader reader(path, std::move(file));
  XJ_TRY(const ByteView head, reader.peek(kSegmentHeadBytes));
  Decoder in(head.first(std::min(head.size(), kSegmentHeadBytes)));
  if (as_text(in.raw(kMagic.size())) != kMagic || in.u64() != first)
    return reader.damaged("its head");
  reader.head_ = in.array<32>();
  if (!in.done()) return reader.damaged("its head");
  reader.offset_ = kSegmentHeadBytes;
  reader.number_ = first - 1;
  return reader;
}

Result<void> SegmentReader::skip_to(std::uint64_t number) {
  while (number_ + 1 < number) {
    XJ_TRY(const ByteView rest, peek(kRecordHeadBytes));
    if (rest.size() < kRecordHeadBytes) return {};  // next() says what that is
    Decoder in(rest.first(kRecordHeadBytes));
    const std::uint32_t length = in.u32();
    if (length > kArchiveRecordBytesMax || in.u64() != number_ + 1)
      return damaged("record " + std::to_string(number_ + 1));
    head_ = in.array<32>();
    ++number_;
    offset_ += kRecordHeadBytes + length;
  }
  return {};
}

Result<SegmentReader::Step> SegmentReader::next() {
  XJ_TRY(ByteView rest, peek(kRecordHeadBytes));
  if (rest.empty()) return Step::kEnd;
  Decoder in(rest.first(std::min(rest.size(), kRecordHeadBytes)));
  const std::uint32_t length = in.u32();
  const std::uint64_t number = in.u64();
  const Hash hash = in.array<32>();
  const std::string which = "record " + std::to_string(number_ + 1);
  if (rest.size() >= 4 && length > kArchiveRecordBytesMax) return damaged(which);
  if (rest.size() >= 12 && number != number_ + 1) return damaged(which);
  if (!in.ok()) return Step::kTorn;
  XJ_TRY(rest, peek(kRecordHeadBytes + length));
  if (rest.size() < kRecordHeadBytes + length) {
    if (holds_a_whole_record(rest)) return damaged(which);
    return Step::kTorn;
  }
  const ByteView bytes = rest.subspan(kRecordHeadBytes, length);
  if (chain(head_, number, bytes) != hash) return damaged(which);
  bytes_ = bytes;
  number_ = number;
  head_ = hash;
  offset_ += kRecordHeadBytes + length;
  return Step::kRecord;
}

// A length that points behind the end is either a write cut off by a crash or a damaged length with
// whole records behind it. The second shows: the record ends at the end after all, or its
// successor, chained to it, can be found.
bool SegmentReader::holds_a_whole_record(ByteView rest) const {
  Decoder in(rest);
  in.u32();
  const std::uint64_t number = in.u64();
  const Hash hash = in.array<32>();
  const ByteView tail = in.rest();
  if (chain(head_, number, tail) == hash) return true;
  const Bytes next_number = Encoder().u64(number + 1).bytes();
  for (auto at = tail.begin();; ++at) {
    at = std::search(at, tail.end(), next_number.begin(), next_number.end());
    if (at == tail.end()) return false;
    const auto offset = static_cast<std::size_t>(at - tail.begin());
    if (offset < 4) continue;
    Decoder next(tail.subspan(offset - 4));
    const std::uint32_t length = next.u32();
    next.u64();
    const Hash next_hash = next.array<32>();
    const ByteView bytes = next.raw(length);
    if (chain(head_, number, tail.first(offset - 4)) == hash) return true;
    if (next.ok() && chain(hash, number + 1, bytes) == next_hash) return true;
  }
}

Result<ByteView> SegmentReader::peek(std::size_t size) {
  if (offset_ + size > window_at_ + window_.size()) {
    const auto drop = std::min(static_cast<std::size_t>(offset_ - window_at_), window_.size());
    window_.erase(window_.begin(), window_.begin() + static_cast<std::ptrdiff_t>(drop));
    window_at_ = offset_;
    std::size_t have = window_.size();
    window_.resize(std::max(size, kWindowBytes));
    while (have < window_.size()) {
      const ssize_t got = ::pread(file_.get(), window_.data() + have, window_.size() - have,
                                  static_cast<off_t>(window_at_ + have));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return system_failure("cannot read", path_, errno);
      if (got == 0) break;
      have += static_cast<std::size_t>(got);
    }
    window_.resize(have);
  }
  return ByteView(window_).subspan(static_cast<std::size_t>(offset_ - window_at_));
}

std::unexpected<Error> SegmentReader::damaged(const std::string& what) const {
  return corrupt(
      "the archive segment " + path_.string() + " does not verify at " + what +
      ". Nothing was changed: keep the file, restore it from a backup, or move the whole "
      "archive aside to begin a new one");
}

}  // namespace xianjie::adapters
