// The daemon's log on standard error: one line an event, each with an event name; ids, offices,
// kinds and codes only, never names, ID numbers or anything made from them.
#pragma once

#include <string_view>

namespace xianjie::node {

void start_log(std::string_view level, bool json_lines);  // once
void log_debug(std::string_view event, std::string_view detail);
void log_info(std::string_view event, std::string_view detail);
void log_warn(std::string_view event, std::string_view detail);
void log_error(std::string_view event, std::string_view detail);

}  // namespace xianjie::node
