// The directory goes along with disks and through ferries, as one file beside the consignments: an
// office that no wire reaches hears of new lists and timestamps as often as somebody comes.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "node/daemon/engine.h"

namespace xianjie::node {

// As far as this office knows it; replaces an earlier one.
Result<> put_directory(const Engine& engine, const std::filesystem::path& folder);
// What was taken of it (Engine::import_directory); empty: none lies there.
Result<std::optional<nlohmann::json>> take_directory(Engine& engine,
                                                     const std::filesystem::path& folder);

// The same for a folder that is looked at again and again: only what is new is written or read.
class DirectoryInFolder {
 public:
  Result<> put(const Engine& engine, const std::filesystem::path& folder);
  Result<> take(Engine& engine, const std::filesystem::path& folder);

 private:
  std::tuple<std::uint64_t, std::uint64_t, std::uint64_t, Hash> put_;  // versions, denials
  std::optional<std::filesystem::file_time_type> taken_;
};

}  // namespace xianjie::node
