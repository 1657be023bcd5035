#include "adapters/archive_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "adapters/archive_segment.h"

namespace xianjie::adapters {

namespace fs = std::filesystem;
using broker::ArchiveRecord;

namespace {

constexpr std::size_t kNumberDigits = 20;

// 0: not a segment's name.
std::uint64_t number_in(std::string_view file, const std::string& name) {
  const std::string start = name + "-";
  if (!file.starts_with(start) || !file.ends_with(".seg")) return 0;
  const std::string_view digits = file.substr(start.size(), file.size() - start.size() - 4);
  std::uint64_t number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool whole = read.ec == std::errc() && read.ptr == digits.data() + digits.size();
  return whole && digits.size() == kNumberDigits ? number : 0;
}

fs::path segment_file(const ArchiveOptions& options, std::uint64_t first) {
  const std::string digits = std::to_string(first);
  return options.path /
         (options.name + "-" + std::string(kNumberDigits - digits.size(), '0') + digits + ".seg");
}

}  // namespace

Result<std::unique_ptr<ArchiveFiles>> ArchiveFiles::open(const ArchiveOptions& options) {
  const bool made = ::mkdir(options.path.c_str(), 0700) == 0;
  if (!made && errno != EEXIST)
    return system_failure("cannot create the archive", options.path, errno);
  if (made) XJ_TRY_VOID(sync_directory(fs::absolute(options.path / "..")));
  std::unique_ptr<ArchiveFiles> archive(new ArchiveFiles(options));
  archive->lock_ = Fd(::open(options.path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!archive->lock_.is_open())
    return system_failure("cannot open the archive", options.path, errno);
  if (::flock(archive->lock_.get(), LOCK_EX | LOCK_NB) != 0)
    return refused("the archive " + options.path.string() + " is in use by another process");
  XJ_TRY_VOID(archive->list_segments());
  XJ_TRY_VOID(archive->drop_empty_last());
  if (!archive->segments_.empty()) XJ_TRY_VOID(archive->open_last());
  archive->publish();
  return archive;
}

void ArchiveFiles::publish() {
  const std::scoped_lock lock(published_mutex_);
  published_ = ArchiveView(options_, segments_, last_number_);
}

ArchiveView ArchiveFiles::view() const {
  const std::scoped_lock lock(published_mutex_);
  return published_;
}

fs::path ArchiveFiles::segment_path(std::uint64_t first) const {
  return segment_file(options_, first);
}

Result<void> ArchiveFiles::list_segments() {
  std::error_code error;
  fs::directory_iterator entries(options_.path, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const std::uint64_t first = number_in(entries->path().filename().string(), options_.name);
    if (first != 0) segments_.push_back(first);
  }
  if (error) return system_failure("cannot list", options_.path, error.value());
  std::sort(segments_.begin(), segments_.end());
  return {};
}

// A crash while rolling leaves a last segment without a whole head, which never held a record.
Result<void> ArchiveFiles::drop_empty_last() {
  if (segments_.empty()) return {};
  const fs::path path = segment_path(segments_.back());
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return system_failure("cannot read", path, errno);
  if (static_cast<std::size_t>(info.st_size) >= kSegmentHeadBytes) return {};
  if (::unlink(path.c_str()) != 0) return system_failure("cannot remove the empty", path, errno);
  cut_bytes_ += static_cast<std::uint64_t>(info.st_size);
  segments_.pop_back();
  return sync_directory(options_.path);
}

Result<void> ArchiveFiles::open_last() {
  const fs::path path = segment_path(segments_.back());
  XJ_TRY(SegmentReader reader, SegmentReader::open(path, segments_.back()));
  auto step = reader.next();
  while (step && *step == SegmentReader::Step::kRecord) step = reader.next();
  if (!step) return std::unexpected(step.error());
  file_ = Fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW));
  struct stat info {};
  if (!file_.is_open() || ::fstat(file_.get(), &info) != 0)
    return system_failure("cannot open", path, errno);
  size_ = reader.offset();
  last_number_ = reader.number();
  head_ = reader.head();
  if (*step == SegmentReader::Step::kEnd) return {};
  cut_bytes_ += static_cast<std::uint64_t>(info.st_size) - size_;
  if (::ftruncate(file_.get(), static_cast<off_t>(size_)) != 0 || ::fsync(file_.get()) != 0)
    return system_failure("cannot cut the torn end of", path, errno);
  return {};
}

Result<void> ArchiveFiles::roll(std::uint64_t first) {
  const fs::path path = segment_path(first);
  Fd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.is_open()) return system_failure("cannot create", path, errno);
  XJ_TRY_VOID(write_all(file.get(), segment_head(first, head_), path));
  if (::fsync(file.get()) != 0) return system_failure("cannot make durable", path, errno);
  XJ_TRY_VOID(sync_directory(options_.path));
  file_ = std::move(file);
  size_ = kSegmentHeadBytes;
  segments_.push_back(first);
  return {};
}

Result<void> ArchiveFiles::flush(Bytes& buffer) {
  if (buffer.empty()) return {};
  const fs::path path = segment_path(segments_.back());
  XJ_TRY_VOID(write_all(file_.get(), buffer, path));
  if (::fdatasync(file_.get()) != 0) return system_failure("cannot make durable", path, errno);
  size_ += buffer.size();
  buffer.clear();
  return {};
}

Result<void> ArchiveFiles::append(const std::vector<ArchiveRecord>& records) {
  if (failed_)
    return fail(ErrorCode::kIo,
                "the archive " + options_.path.string() + " failed earlier: restart");
  if (records.empty()) return {};
  const std::uint64_t first = records.front().number;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (first == 0 || first > last_number_ + 1 || records[i].number != first + i)
      return refused("the archive " + options_.path.string() + " ends at " +
                     std::to_string(last_number_) + ": record " +
                     std::to_string(records[i].number) + " leaves a gap");
    if (records[i].bytes.size() > kArchiveRecordBytesMax)
      return refused("record " + std::to_string(records[i].number) +
                     " is too large for the archive");
  }
  const std::span<const ArchiveRecord> all(records);
  const auto known =
      static_cast<std::size_t>(std::min<std::uint64_t>(last_number_ + 1 - first, all.size()));
  XJ_TRY_VOID(check_repeats(all.first(known)));
  auto done = append_new(all.subspan(known));
  failed_ = !done.has_value();
  return done;
}

Result<void> ArchiveFiles::check_repeats(std::span<const ArchiveRecord> repeats) {
  if (repeats.empty()) return {};
  std::size_t same = 0;
  XJ_TRY_VOID(scan(repeats.front().number, [&](const ArchiveRecord& there) {
    if (there.bytes != repeats[same].bytes) return false;
    return ++same < repeats.size();
  }));
  if (same == repeats.size()) return {};
  return corrupt("the archive " + options_.path.string() + " holds record " +
                 std::to_string(repeats[same].number) + " with other bytes");
}

Result<void> ArchiveFiles::append_new(std::span<const ArchiveRecord> records) {
  Bytes buffer;
  Hash head = head_;
  for (const ArchiveRecord& record : records) {
    const std::uint64_t frame = kRecordHeadBytes + record.bytes.size();
    const bool has_room =
        !segments_.empty() && (size_ + buffer.size() == kSegmentHeadBytes ||
                               size_ + buffer.size() + frame <= options_.segment_bytes);
    if (!has_room) {
      XJ_TRY_VOID(flush(buffer));
      head_ = head;
      last_number_ = record.number - 1;
      XJ_TRY_VOID(roll(record.number));
    }
    head = chain(head, record.number, record.bytes);
    const Bytes encoded = Encoder()
                              .u32(static_cast<std::uint32_t>(record.bytes.size()))
                              .u64(record.number)
                              .raw(head)
                              .raw(record.bytes)
                              .bytes();
    buffer.insert(buffer.end(), encoded.begin(), encoded.end());
  }
  XJ_TRY_VOID(flush(buffer));
  head_ = head;
  if (!records.empty()) last_number_ = records.back().number;
  publish();
  return {};
}

Result<void> ArchiveFiles::scan(std::uint64_t from,
                                const std::function<bool(const ArchiveRecord&)>& visit) {
  return view().scan(from, visit);
}

Result<void> ArchiveView::scan(std::uint64_t from,
                               const std::function<bool(const ArchiveRecord&)>& visit) const {
  if (segments_.empty()) return {};
  from = std::max<std::uint64_t>(from, segments_.front());
  auto segment = std::upper_bound(segments_.begin(), segments_.end(), from) - 1;
  std::optional<Hash> expected;  // what the next segment must begin with
  std::uint64_t number = 0;
  for (; segment != segments_.end(); ++segment) {
    XJ_TRY(SegmentReader reader, SegmentReader::open(segment_file(options_, *segment), *segment));
    if (expected && (reader.head() != *expected || reader.number() != number))
      return corrupt("the archive " + options_.path.string() + " is broken between records " +
                     std::to_string(number) + " and " + std::to_string(*segment) +
                     ": a segment is missing or was replaced; restore it from a backup");
    XJ_TRY_VOID(reader.skip_to(from));
    while (reader.number() < last_number_) {
      XJ_TRY(const auto step, reader.next());
      if (step == SegmentReader::Step::kEnd) break;
      if (step == SegmentReader::Step::kTorn)
        return corrupt("the archive segment " + segment_file(options_, *segment).string() +
                       " is cut short: restore it from a backup");
      if (!visit({reader.number(), to_bytes(reader.bytes()), reader.head()})) return {};
    }
    expected = reader.head();
    number = reader.number();
  }
  return {};
}

}  // namespace xianjie::adapters
