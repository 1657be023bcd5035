#include "node/daemon/carried_directory.h"

#include "adapters/files.h"

namespace xianjie::node {
namespace {

constexpr const char* kCarriedName = "directory.xjd";

}  // namespace

Result<> put_directory(const Engine& engine, const std::filesystem::path& folder) {
  return adapters::write_file_atomically(folder / kCarriedName, encode(engine.trust().bundle()));
}

Result<std::optional<nlohmann::json>> take_directory(Engine& engine,
                                                     const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / kCarriedName;
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) return std::optional<nlohmann::json>{};
  XJ_TRY(const Bytes bytes, adapters::read_file(file, kBundleBytesMax));
  const auto bundle = decode_directory_bundle(bytes);
  if (!bundle) return fail(bundle.error().code, file.string() + ": " + bundle.error().text);
  return std::optional(engine.import_directory(*bundle));
}

Result<> DirectoryInFolder::put(const Engine& engine, const std::filesystem::path& folder) {
  const crypto::Trust& trust = engine.trust();
  const std::tuple now{trust.root().version, trust.snapshot_version(),
                       trust.timestamp() ? trust.timestamp()->version : 0, trust.denials_hash()};
  if (put_ == now) return {};
  XJ_TRY_VOID(put_directory(engine, folder));
  put_ = now;
  return {};
}

Result<> DirectoryInFolder::take(Engine& engine, const std::filesystem::path& folder) {
  std::error_code error;
  const auto written = std::filesystem::last_write_time(folder / kCarriedName, error);
  if (error || taken_ == written) return {};
  taken_ = written;
  XJ_TRY_VOID(take_directory(engine, folder));
  return {};
}

}  // namespace xianjie::node
