// What is wrong at this office now, in words for people who must act: derived at any moment from
// what its views say, never stored. One table; the dashboard, `xianjie alarms`, the monitoring
// rules and the runbook (ops/RUNBOOK.md) are fed from it. Pure.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/vocabulary.h"

namespace xianjie::node {

enum class AlarmLevel : std::uint8_t {
  kCritical = 1,  // mail stands, or trust is broken
  kWarning = 2,   // something will be late or end, unless somebody acts
  kNotice = 3,    // worth knowing
};
std::span<const Word> words_of(AlarmLevel);

struct AlarmRow {
  std::string_view id;  // a token; stays the same for ever
  AlarmLevel level;
  std::string_view en, zh;        // what it is
  std::string_view do_en, do_zh;  // what to do
  std::string_view page;          // of the dashboard, where it is seen
};
std::span<const AlarmRow> alarm_rows();
nlohmann::json alarm_row_view(const AlarmRow& row);

// Of a row of `links`: mail can leave by it. Disks and ferries go when people or folders do.
bool link_works(const nlohmann::json& link);
// Of the answer of `links`, by neighbour: whether mail can leave for it. A wire counts before disks
// and ferries, which go when people or folders do: they speak only for who has nothing else.
std::map<std::string, bool> neighbours_reached(const nlohmann::json& links);

// What keeps this office from serving, by the answer of `status` alone: ids of critical alarms.
std::vector<std::string> not_ready_for(const nlohmann::json& status);

// From the answers of `status`, `links`, `queue.census`, `month.status` and `due`: [{id, level,
// subject, count, text_en, text_zh, do_en, do_zh, page}], the worst first.
nlohmann::json alarms_view(const nlohmann::json& status, const nlohmann::json& links,
                           const nlohmann::json& census, const nlohmann::json& month,
                           const nlohmann::json& due);
// How many rows of that are of a level.
std::uint64_t count_alarms(const nlohmann::json& alarms, AlarmLevel level);

}  // namespace xianjie::node
