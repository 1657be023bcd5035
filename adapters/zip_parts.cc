#include "adapters/zip_parts.h"

#include <zip.h>

#include "adapters/sheet_faults.h"

namespace xianjie::adapters {
namespace {

constexpr std::size_t kUnpackBytes = 64 * 1024;

// Entries are counted before the library makes room for them all.
bool has_too_many_parts(ByteView bytes, std::size_t most) {
  constexpr std::string_view kEntry{"PK\1\2", 4};
  const std::string_view text = as_text(bytes);
  std::size_t count = 0;
  for (std::size_t at = text.find(kEntry); at != std::string_view::npos;
       at = text.find(kEntry, at + kEntry.size()))
    if (++count > most) return true;
  return false;
}

}  // namespace

void ZipParts::Discard::operator()(zip* archive) const {
  ::zip_discard(archive);
}

void ZipParts::Stream::Close::operator()(zip_file* file) const {
  ::zip_fclose(file);
}

Result<ZipParts> ZipParts::open(ByteView bytes, const SheetLimits& limits) {
  if (has_too_many_parts(bytes, limits.parts))
    return refused("malformed: the archive has more parts than a spreadsheet");
  zip_error_t error;
  ::zip_error_init(&error);
  zip_source_t* source = ::zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (source == nullptr) return damaged_sheet();
  ZipParts parts;
  parts.archive_.reset(::zip_open_from_source(source, ZIP_RDONLY, &error));
  ::zip_error_fini(&error);
  if (!parts.archive_) {
    ::zip_source_free(source);
    return damaged_sheet();
  }
  parts.left_ = std::make_unique<std::size_t>(limits.unpacked_bytes);
  return parts;
}

bool ZipParts::has(const std::string& name) const {
  return ::zip_name_locate(archive_.get(), name.c_str(), ZIP_FL_NOCASE) >= 0;
}

Result<ZipParts::Stream> ZipParts::stream(const std::string& name) {
  zip_stat_t stat;
  ::zip_stat_init(&stat);
  const zip_int64_t at = ::zip_name_locate(archive_.get(), name.c_str(), ZIP_FL_NOCASE);
  if (at < 0) return refused("malformed: the spreadsheet lacks a part that it names");
  const auto index = static_cast<zip_uint64_t>(at);
  if (::zip_stat_index(archive_.get(), index, 0, &stat) != 0) return damaged_sheet();
  if (stat.encryption_method != ZIP_EM_NONE)
    return locked_sheet();
  if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE)
    return damaged_sheet();
  Stream stream;
  stream.file_.reset(::zip_fopen_index(archive_.get(), index, 0));
  if (!stream.file_) return damaged_sheet();
  stream.left_ = left_.get();
  return stream;
}

Result<std::size_t> ZipParts::Stream::read(std::span<char> into) {
  const zip_int64_t got = ::zip_fread(file_.get(), into.data(), into.size());
  if (got < 0) return damaged_sheet();
  const auto size = static_cast<std::size_t>(got);
  if (size > *left_)
    return refused("too_long: the spreadsheet unpacks to more than a submission may hold");
  *left_ -= size;
  return size;
}

Result<std::string> ZipParts::read(const std::string& name, std::size_t bytes_max) {
  XJ_TRY(Stream part, stream(name));
  std::string out;
  while (true) {
    const std::size_t size = out.size();
    out.resize(size + kUnpackBytes);
    XJ_TRY(const std::size_t got, part.read(std::span(out).subspan(size)));
    out.resize(size + got);
    if (got == 0) return out;
    if (out.size() > bytes_max)
      return refused("too_long: a part of the spreadsheet is larger than any honest one");
  }
}

}  // namespace xianjie::adapters
