// For the two that read a .xlsx's parts as trees; not for others.
#pragma once

#include <pugixml.hpp>

#include "adapters/xml_slices.h"

namespace xianjie::adapters {

inline bool is_element(const pugi::xml_node& node, std::string_view name) {
  return local_name(node.name()) == name;
}

}  // namespace xianjie::adapters
