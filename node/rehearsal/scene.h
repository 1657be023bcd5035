// What all flows of a rehearsal share: the offices that play, dice that depend on the seed and a
// name alone, and persons who were never born.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "node/rehearsal/play.h"
#include "routing/directory.h"

namespace xianjie::node::rehearsal {

class Scene {
 public:
  Scene(const routing::Directory& directory, Period month, std::uint64_t seed)
      : directory_(directory), month_(month), seed_(seed) {}

  [[nodiscard]] const routing::Directory& directory() const { return directory_; }
  [[nodiscard]] Period month() const { return month_; }
  // The same for the same seed and name, whatever happens: 0 to sides - 1.
  [[nodiscard]] std::uint64_t dice(const std::string& name, std::uint64_t sides) const;
  [[nodiscard]] bool is_unlinked(std::size_t row) const;  // of the notices file: 1 in 20

  [[nodiscard]] std::vector<OfficeId> all_of(OfficeType type) const;  // sorted
  [[nodiscard]] std::vector<OfficeId> townships_below(OfficeId office) const;
  // A township by dice, none of `others`; not set: there is none.
  [[nodiscard]] OfficeId another_township(const std::string& name,
                                          const std::vector<OfficeId>& others) const;

  // In the rehearsed month; day 1 to 28.
  [[nodiscard]] WallTime at(int day, int hour, int minute = 0) const;
  [[nodiscard]] std::string day_text(int day) const;  // 2026-07-05

 private:
  const routing::Directory& directory_;
  Period month_;
  std::uint64_t seed_;
};

// "演练甲…", with a valid number of a birth year from 1800 to 1809; another for each n.
struct MadeUp {
  std::string name, id_number;
};
MadeUp made_up(std::size_t n);

}  // namespace xianjie::node::rehearsal
