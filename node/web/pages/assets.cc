#include "node/web/assets.h"

#include <algorithm>
#include <array>

// Bytes of assets.S, written by assets.cmake.
#define ASSET(number, ...)                       \
  extern "C" const char xianjie_asset_##number[]; \
  extern "C" const char xianjie_asset_##number##_end[];
#include "assets.inc"
#undef ASSET

namespace xianjie::node {
namespace {

ByteView between(const char* begin, const char* end) {
  return as_bytes(std::string_view(begin, static_cast<std::size_t>(end - begin)));
}

}  // namespace

const Asset* find_asset(std::string_view path) {
  static const std::array kAssets{
#define ASSET(number, path, type, tag) \
  Asset{path, type, between(xianjie_asset_##number, xianjie_asset_##number##_end), tag},
#include "assets.inc"
#undef ASSET
  };
  const auto found = std::ranges::find(kAssets, path, &Asset::path);
  return found == kAssets.end() ? nullptr : &*found;
}

}  // namespace xianjie::node
