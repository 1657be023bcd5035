// The media commands of the local API: disks written, taken, looked at.
#include <nlohmann/json.hpp>

#include "node/daemon/api.h"
#include "node/daemon/media.h"
#include "node/office/consignments_view.h"

namespace xianjie::node {

using nlohmann::json;

namespace {

Result<std::filesystem::path> disk_of(const std::string& text) {
  const std::filesystem::path disk(text);
  if (!disk.is_absolute()) return refused("dir: the folder's whole path expected");
  std::error_code error;
  if (!std::filesystem::is_directory(disk, error))
    return refused("dir: " + text + " is no folder that the daemon can read");
  return disk;
}

// A day means the whole of it.
Result<WallTime> expiry_of(const std::string& text, WallTime now) {
  if (text.empty()) return now + kConsignmentLifetime;
  if (const auto date = parse_iso_date(text))
    return local_time(Date::from_days(date->days_since_epoch() + 1));
  if (const auto time = parse_wall_time(text)) return *time;
  return refused("expires: a date such as 2026-12-24, or a time with offset");
}

Result<std::string> line_of(const std::string& name, const std::string& text) {
  if (text.size() > kConsignmentTextMax)
    return refused(name + ": at most " + std::to_string(kConsignmentTextMax) + " bytes");
  for (const char c : text)
    if (c >= 0 && c < ' ') return refused(name + ": one line of text");
  return text;
}

}  // namespace

Api::Outcome Api::media_export(const Call& call) {
  ExportRequest request;
  const auto to = OfficeId::parse(call.option("to"));
  if (!to) return refused("to: an office id such as county:610802 expected");
  request.to = *to;
  XJ_TRY(request.disk, disk_of(call.option("dir")));
  XJ_TRY(request.expires, expiry_of(call.option("expires"), engine_.now().wall));
  XJ_TRY(request.seal, line_of("seal", call.option("seal")));
  XJ_TRY(request.courier, line_of("courier", call.option("courier")));
  jobs_.add(export_job(std::move(request), answerer(call)));
  return later();
}

Api::Outcome Api::media_import(const Call& call) {
  ImportRequest request;
  XJ_TRY(request.disk, disk_of(call.option("dir")));
  request.answer = !call.flag("no_answer");
  jobs_.add(import_job(std::move(request), answerer(call)));
  return later();
}

Api::Outcome Api::media_list(const Call& call) {
  if (!call.option("dir").empty()) {
    XJ_TRY(auto disk, disk_of(call.option("dir")));
    jobs_.add(inspection_job(std::move(disk), answerer(call)));
    return later();
  }
  XJ_TRY(const auto txn, engine_.read());
  XJ_TRY(json view, consignments_view(*txn, engine_.now()));
  return std::optional<json>(std::move(view));
}

}  // namespace xianjie::node
