#include "node/daemon/log.h"

#include <nlohmann/json.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace xianjie::node {
namespace {

// Set once by start_log before any thread exists; the pattern decides the form.
bool& as_json() {
  static bool json_lines = false;
  return json_lines;
}

void write(spdlog::level::level_enum level, std::string_view event, std::string_view detail) {
  if (!spdlog::should_log(level)) return;
  if (as_json())
    spdlog::log(
        level, "\"event\":{},\"detail\":{}", nlohmann::json(event).dump(),
        nlohmann::json(detail).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  else
    spdlog::log(level, "{} {}", event, detail);
}

}  // namespace

void start_log(std::string_view level, bool json_lines) {
  as_json() = json_lines;
  auto logger = std::make_shared<spdlog::logger>("xianjied",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern(json_lines ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})"
                                 : "%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
  logger->set_level(spdlog::level::from_str(std::string(level)));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

void log_debug(std::string_view event, std::string_view detail) {
  write(spdlog::level::debug, event, detail);
}
void log_info(std::string_view event, std::string_view detail) {
  write(spdlog::level::info, event, detail);
}
void log_warn(std::string_view event, std::string_view detail) {
  write(spdlog::level::warn, event, detail);
}
void log_error(std::string_view event, std::string_view detail) {
  write(spdlog::level::err, event, detail);
}

}  // namespace xianjie::node
