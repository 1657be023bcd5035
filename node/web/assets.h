// The pages, built from ops/dashboard and carried in the program (assets.cmake).
#pragma once

#include <string_view>

#include "schemas/bytes.h"

namespace xianjie::node {

struct Asset {
  std::string_view path;  // "/app.js"
  std::string_view type;  // of its content
  ByteView gzip;          // as it is sent
  std::string_view tag;   // changes with its content
};
const Asset* find_asset(std::string_view path);  // nullptr: there is none

}  // namespace xianjie::node
