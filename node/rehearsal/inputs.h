// What a rehearsal is given: a nation and a month of notices, read and checked before anything
// starts. What is personal stays in memory; nothing here is written to disk.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "adapters/nation_file.h"
#include "node/office/notice_split.h"
#include "node/rehearsal/play.h"
#include "schemas/time.h"

namespace xianjie::node::rehearsal {

struct RehearsalOptions {
  std::optional<std::filesystem::path> nation, notices;  // absent: those built in
  Play play = Play::kMonth;
  Period month{202612};
  double seconds_per_day = 3;
  std::size_t kills = 0;
  std::uint64_t seed = 1;
  std::optional<std::filesystem::path> keep;
  bool dashboards = false;  // every daemon serves its own; stays until it is interrupted
};

struct Inputs {
  adapters::Nation nation;
  NoticeSplit notices;
  std::vector<std::string>
      id_numbers;  // of row n at n - 1: 18 digits, or "" where it has no valid one

  // A generous guess at what the stores, logs and directories of the whole month take.
  [[nodiscard]] std::uint64_t disk_bytes() const;
  // Room for these rows in any office's store, were all of them to pass one link of it.
  [[nodiscard]] std::uint64_t store_bytes() const;
};

// An error says which file and what is wrong with it. A notices file that cannot be read is no
// error but a refusal of row 0.
Result<Inputs> read_inputs(const RehearsalOptions& options);

}  // namespace xianjie::node::rehearsal
