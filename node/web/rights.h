// One table: which command of the local API which role may call over HTTP. What does not stand
// here cannot be called. README.md beside this file says the roles in words.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "node/web/accounts.h"
#include "schemas/time.h"

namespace xianjie::node {

class Roles {
 public:
  constexpr Roles(std::initializer_list<Role> roles) {
    for (const Role role : roles) bits_ |= 1U << static_cast<unsigned>(role);
  }
  [[nodiscard]] constexpr bool has(Role role) const {
    return (bits_ >> static_cast<unsigned>(role) & 1U) != 0;
  }

 private:
  unsigned bits_ = 0;
};

struct Right {
  std::string_view command;
  Roles roles;
  bool acts = false;      // POST only
  bool personal = false;  // may hold personal data: recorded by the daemon, never shared or kept
  bool counted = false;   // takes `known` and `recent`: an older count will do
  Duration live{};        // how often a live page's answer is asked again; zero: not live
};

std::span<const Right> rights();
const Right* find_right(std::string_view command);  // nullptr: over HTTP there is none

}  // namespace xianjie::node
