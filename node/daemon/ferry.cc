#include "node/daemon/ferry.h"

#include <algorithm>

#include "adapters/files.h"
#include "adapters/poller.h"
#include "broker/consignments.h"
#include "node/daemon/log.h"

namespace xianjie::node {

using nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr Duration kLookEvery = seconds(5);
constexpr Duration kLookEveryRehearsal = milliseconds(500);
constexpr Duration kPatience = minutes(10);  // with one that is not whole
constexpr Duration kPatienceRehearsal = seconds(3);
constexpr Duration kPauseAfterFailure = minutes(1);
constexpr Duration kFerryLifetime = days(3);  // overdue after it: gates take minutes, not days
constexpr int kSameNameMax = 100;

// Folder names are whatever the gate brings.
std::string name_line(const fs::path& folder) {
  std::string text = folder.filename().string();
  std::ranges::replace_if(
      text, [](char c) { return c >= 0 && c < ' '; }, '?');
  return text;
}

}  // namespace

Ferries::Ferries(const Config& config, Engine& engine, Jobs& jobs)
    : engine_(engine),
      jobs_(jobs),
      every_(config.rehearsal ? kLookEveryRehearsal : kLookEvery),
      patience_(config.rehearsal ? kPatienceRehearsal : kPatience),
      pause_(config.rehearsal ? kRetryMaxRehearsal : kPauseAfterFailure),
      due_(engine.now().instant) {
  for (const FerryFolders& folders : config.ferries) {
    Ferry ferry;
    ferry.folders = folders;
    if (!engine.directory().are_neighbours(config.office, folders.neighbour))
      log(LogEvent::kFerryStranger,
          to_text(folders.neighbour) + " is no neighbour in the directory");
    if (!folders.out.empty())
      if (const auto done = adapters::remove_unfinished(folders.out); !done)
        log(LogEvent::kFerryNotCleared, done.error().text);
    ferries_.push_back(std::move(ferry));
  }
}

Duration Ferries::due_in() const {
  if (ferries_.empty()) return adapters::kNever;
  return std::max(due_ - engine_.now().instant, milliseconds(0));
}

void Ferries::look() {
  const Instant now = engine_.now().instant;
  if (ferries_.empty() || now < due_) return;
  due_ = now + every_;
  for (Ferry& ferry : ferries_) {
    carry_directory(ferry);
    if (!ferry.folders.in.empty() && !ferry.importing) look_in(ferry);
    if (!ferry.folders.out.empty() && !ferry.exporting) look_out(ferry, now);
  }
}

// Said once, until something else is wrong or all is well again.
void Ferries::tell(const Ferry& ferry, std::string& told, const std::string& text) {
  if (std::exchange(told, text) != text && !text.empty())
    engine_.alarm("ferry: " + to_text(ferry.folders.neighbour) + ": " + text);
}

void Ferries::carry_directory(Ferry& ferry) {
  Result<> carried;
  if (!ferry.folders.in.empty()) carried = ferry.directory_in.take(engine_, ferry.folders.in);
  if (carried && !ferry.folders.out.empty())
    carried = ferry.directory_out.put(engine_, ferry.folders.out);
  tell(ferry, ferry.trouble_directory, carried ? "" : carried.error().text);
}

void Ferries::look_out(Ferry& ferry, Instant now) {
  if (now < ferry.export_after) return;
  const auto txn = engine_.read();
  const auto waits =
      txn ? broker::waits_for_consignment(**txn, engine_.broker(), ferry.folders.neighbour,
                                          ChannelClass::kFerry, engine_.now())
          : std::unexpected(txn.error());
  if (!waits || !*waits) return;
  ExportRequest request;
  request.to = ferry.folders.neighbour;
  request.disk = ferry.folders.out;
  request.channel = ChannelClass::kFerry;
  request.expires = engine_.now().wall + kFerryLifetime;
  request.placing = adapters::Placing::kWhenWhole;
  ferry.exporting = true;
  jobs_.add(export_job(std::move(request), [this, &ferry](Result<json> answer, bool final) {
    if (final) exported(ferry, answer);
  }));
}

void Ferries::exported(Ferry& ferry, const Result<json>& answer) {
  ferry.exporting = false;
  if (answer || answer.error().code == ErrorCode::kNotFound)
    return tell(ferry, ferry.trouble_out, "");
  ferry.export_after = engine_.now().instant + pause_;
  tell(ferry, ferry.trouble_out, answer.error().text);
}

void Ferries::look_in(Ferry& ferry) {
  const auto entries = adapters::list_consignments(ferry.folders.in);
  tell(ferry, ferry.trouble_in, entries ? "" : entries.error().text);
  if (!entries) return;
  std::set<std::string> ready, there;
  for (const adapters::DiskEntry& entry : *entries) {
    const std::string name = entry.folder.filename().string();
    there.insert(name);
    if (ferry.stuck.contains(name)) continue;
    const auto names = entry.found ? adapters::check_names(*entry.found)
                                   : Result<>(std::unexpected(entry.found.error()));
    if (names)
      ready.insert(name);
    else
      not_whole(ferry, entry.folder, names.error().text);
  }
  std::erase_if(ferry.faults, [&](const auto& fault) { return !there.contains(fault.first); });
  std::erase_if(ferry.stuck, [&](const auto& name) { return !there.contains(name); });
  if (ready.empty()) return;
  ImportRequest request;
  request.disk = ferry.folders.in;
  request.channel = ChannelClass::kFerry;
  request.from = ferry.folders.neighbour;
  request.folders = std::move(ready);
  request.answer = false;
  ferry.importing = true;
  jobs_.add(import_job(std::move(request), [this, &ferry](Result<json> answer, bool final) {
    if (final) imported(ferry, answer);
  }));
}

void Ferries::imported(Ferry& ferry, const Result<json>& answer) {
  ferry.importing = false;
  if (!answer) return tell(ferry, ferry.trouble_in, answer.error().text);
  for (const json& one : (*answer)["consignments"]) {
    const fs::path folder(one["folder"].get<std::string>());
    const std::string state = one["state"];
    if (state == "taken" || state == "already")
      put_away(ferry, folder, "");
    else if (state == "elsewhere")
      put_away(ferry, folder, "not_here: it is for " + one["to"].get<std::string>());
    else if (one.value("code", "") == to_word(ErrorCode::kCorrupt))
      not_whole(ferry, folder, one["reason"]);
    else
      put_away(ferry, folder, one["reason"]);
  }
}

void Ferries::not_whole(Ferry& ferry, const fs::path& folder, const std::string& why) {
  const Instant now = engine_.now().instant;
  const auto [found, first] = ferry.faults.try_emplace(folder.filename().string(), Fault{now, why});
  if (found->second.text != why) found->second = {now, why};  // something still moves
  if (first || now - found->second.since < patience_) return;
  put_away(ferry, folder, why);
}

void Ferries::put_away(Ferry& ferry, const fs::path& folder, const std::string& refused) {
  ferry.faults.erase(folder.filename().string());
  const fs::path shelf = ferry.folders.in / (refused.empty() ? "done" : "refused");
  std::error_code error;
  fs::create_directory(shelf, error);
  fs::path place = shelf / folder.filename();
  for (int n = 2; fs::exists(place, error) && n < kSameNameMax; ++n)
    place = shelf / (folder.filename().string() + "-" + std::to_string(n));
  fs::rename(folder, place, error);
  if (error) {
    ferry.stuck.insert(folder.filename().string());
    engine_.alarm("ferry: " + name_line(folder) + " cannot be moved away: " + error.message());
  }
  if (refused.empty()) return;
  engine_.alarm("ferry: " + name_line(folder) + " was refused");
  const std::string text = to_text(engine_.now().wall) + " " + refused + "\n";
  const auto written = adapters::write_file_atomically(place.string() + ".txt", as_bytes(text));
  if (!written) tell(ferry, ferry.trouble_in, written.error().text);
}

}  // namespace xianjie::node
