#include "adapters/consignment_folder.h"

#include <fcntl.h>

#include <algorithm>
#include <set>

#include "adapters/files.h"
#include "crypto/hash.h"
#include "crypto/statement.h"
#include "schemas/limits.h"

namespace xianjie::adapters {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFoldersMax = 10'000;
constexpr std::string_view kUnfinished = ".writing";  // end of a name

// Links and pipes are not followed: a disk comes from outside.
Result<Bytes> read_plain_file(const fs::path& file, std::size_t size_max) {
  std::error_code error;
  const auto status = fs::symlink_status(file, error);
  if (!fs::exists(status)) return fail(ErrorCode::kCorrupt, file.string() + ": is missing");
  if (!fs::is_regular_file(status))
    return fail(ErrorCode::kCorrupt, file.string() + ": is no regular file");
  return read_file(file, size_max);
}

Result<FoundConsignment> open_folder(const fs::path& folder) {
  const fs::path file = folder / kManifestName;
  const auto bytes = read_plain_file(file, kManifestBytesMax + 1024);
  if (!bytes) {
    if (bytes.error().code != ErrorCode::kCorrupt) return std::unexpected(bytes.error());
    return fail(ErrorCode::kCorrupt, bytes.error().text + "; the consignment is half-written");
  }
  const auto named = [&](const Error& error) {
    return fail(error.code, file.string() + ": " + error.text);
  };
  FoundConsignment out;
  out.folder = folder;
  auto signed_one = decode_signed_consignment(*bytes);
  if (!signed_one) return named(signed_one.error());
  auto manifest = decode_consignment_body(signed_one->body);
  if (!manifest) return named(manifest.error());
  out.signed_one = std::move(*signed_one);
  out.manifest = std::move(*manifest);
  return out;
}

// So that what is read next comes from the disk and not from memory.
void forget_cached(const fs::path& file) {
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (fd.is_open()) ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED);
}

Result<> make_folder(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(fs::symlink_status(folder / kManifestName, error)))
    return refused(folder.string() + ": this consignment is on the disk already");
  fs::create_directory(folder, error);
  if (error) return system_failure("cannot make", folder, error.value());
  return {};
}

}  // namespace

Result<fs::path> write_consignment(const fs::path& disk, Consignment manifest,
                                   const std::vector<Bytes>& frames, const crypto::OfficeKeys& keys,
                                   Placing placing) {
  manifest.from = keys.office();
  const std::string name = consignment_name(manifest);
  const fs::path folder =
      placing == Placing::kAtOnce ? disk / name : disk / ("." + name + std::string(kUnfinished));
  XJ_TRY_VOID(make_folder(folder));
  manifest.files.clear();
  for (std::size_t index = 0; index < frames.size(); ++index) {
    const Bytes& frame = frames[index];
    XJ_TRY_VOID(write_file_atomically(folder / consignment_file_name(index), frame));
    manifest.files.push_back({frame.size(), crypto::hash(frame)});
  }
  const SignedConsignment signed_one = crypto::sign_consignment(manifest, keys);
  XJ_TRY(const Consignment as_signed, decode_consignment_body(signed_one.body));
  XJ_TRY_VOID(sync_directory(disk));
  const FoundConsignment written{folder, signed_one, as_signed};
  for (std::size_t index = 0; index < frames.size(); ++index) {
    forget_cached(folder / consignment_file_name(index));
    XJ_TRY_VOID(read_frame(written, index));
  }
  XJ_TRY_VOID(write_file_atomically(folder / kManifestName, encode(signed_one)));
  XJ_TRY(const FoundConsignment again, open_folder(folder));
  XJ_TRY_VOID(check_files(again));
  if (placing == Placing::kAtOnce) return folder;
  std::error_code error;
  fs::rename(folder, disk / name, error);
  if (error) return system_failure("cannot rename", folder, error.value());
  XJ_TRY_VOID(sync_directory(disk));
  return disk / name;
}

Result<void> remove_unfinished(const fs::path& disk) {
  std::error_code error;
  std::vector<fs::path> left;
  for (fs::directory_iterator at(disk, error); !error && at != fs::directory_iterator();
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.starts_with(".") && name.ends_with(kUnfinished)) left.push_back(at->path());
  }
  for (const fs::path& folder : left)
    if (!error) fs::remove_all(folder, error);
  if (error) return system_failure("cannot clear", disk, error.value());
  return {};
}

namespace {

// Neither manifest nor frames: photographs, a wastebasket.
bool is_somebody_elses(const fs::path& folder) {
  std::error_code error;
  if (folder.filename().string().starts_with(".")) return true;
  fs::directory_iterator at(folder, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error))
    if (at->path().extension() == ".frame" || at->path().filename() == kManifestName) return false;
  return !error;
}

}  // namespace

Result<std::vector<DiskEntry>> list_consignments(const fs::path& disk) {
  std::error_code error;
  std::set<fs::path> folders;
  fs::directory_iterator at(disk, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    if (!fs::is_directory(at->symlink_status(error))) continue;
    folders.insert(at->path());
    if (folders.size() > kFoldersMax) return refused(disk.string() + ": too many folders");
  }
  if (error) return system_failure("cannot read", disk, error.value());
  std::vector<DiskEntry> out;
  for (const fs::path& folder : folders)
    if (!is_somebody_elses(folder)) out.push_back({folder, open_folder(folder)});
  return out;
}

Result<void> check_names(const FoundConsignment& consignment) {
  std::set<std::string> expected{kManifestName};
  std::error_code error;
  for (std::size_t index = 0; index < consignment.manifest.files.size(); ++index) {
    const std::string name = consignment_file_name(index);
    if (!fs::exists(fs::symlink_status(consignment.folder / name, error)))
      return corrupt((consignment.folder / name).string() + ": is missing");
    expected.insert(name);
  }
  fs::directory_iterator at(consignment.folder, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error))
    if (!expected.contains(at->path().filename().string()))
      return corrupt(at->path().string() + ": stands in no manifest");
  if (error) return system_failure("cannot read", consignment.folder, error.value());
  return {};
}

Result<void> check_files(const FoundConsignment& consignment) {
  XJ_TRY_VOID(check_names(consignment));
  for (std::size_t index = 0; index < consignment.manifest.files.size(); ++index)
    XJ_TRY_VOID(read_frame(consignment, index));
  return {};
}

Result<Bytes> read_frame(const FoundConsignment& consignment, std::size_t index) {
  XJ_CHECK(index < consignment.manifest.files.size());
  const fs::path file = consignment.folder / consignment_file_name(index);
  const ConsignmentFile& expected = consignment.manifest.files[index];
  XJ_TRY(Bytes bytes, read_plain_file(file, kFrameBytesMax));
  if (bytes.size() != expected.size)
    return corrupt(file.string() + ": has " + std::to_string(bytes.size()) + " bytes, not " +
                   std::to_string(expected.size));
  if (crypto::hash(bytes) != expected.hash) return corrupt(file.string() + ": was altered");
  return bytes;
}

}  // namespace xianjie::adapters
