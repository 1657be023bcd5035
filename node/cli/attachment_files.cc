#include "node/cli/attachment_files.h"

#include <unistd.h>

#include <iostream>
#include <set>

#include "adapters/clock.h"
#include "adapters/files.h"
#include "crypto/hash.h"
#include "node/office/attachments.h"

namespace xianjie::node::cli {
namespace {

namespace fs = std::filesystem;

Date today() {
  return local_date(adapters::SystemClock(true).now().wall);
}

json refusal(const fs::path& file, const std::string& reason) {
  return {{"file", file.filename().string()}, {"field", "attachments"}, {"reason", reason}};
}

}  // namespace

Result<AttachmentFiles> read_attachment_folder(const std::string& folder) {
  AttachmentFiles out;
  std::set<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator();
       at.increment(error))
    found.insert(at->path());
  if (error) return refused("attachments: cannot read " + folder + ": " + error.message());
  std::map<std::string, std::size_t> of_person;
  for (const fs::path& file : found) {
    const std::string shown = file.filename().string();
    if (shown.starts_with('.')) continue;  // what file managers leave behind
    if (!fs::is_regular_file(fs::symlink_status(file, error))) {
      out.refused.push_back(refusal(file, "not_a_file: only plain files are taken"));
      continue;
    }
    const auto name = parse_attachment_name(shown, today());
    if (!name) {
      out.refused.push_back(refusal(file, name.error()));
      continue;
    }
    const auto bytes = adapters::read_file(file, kAttachmentBytesMax);
    if (!bytes || bytes->empty()) {
      out.refused.push_back(
          refusal(file, !bytes ? bytes.error().text : "empty: the file holds nothing"));
      continue;
    }
    if (++of_person[name->id_number] > kAttachmentsMax) {
      out.refused.push_back(refusal(
          file, "too_many: at most " + std::to_string(kAttachmentsMax) + " files for one person"));
      continue;
    }
    out.announced.push_back({{"id_number", name->id_number},
                             {"type", std::string(to_word(name->type))},
                             {"size", bytes->size()},
                             {"hash", to_hex(crypto::hash(*bytes))}});
    out.files.push_back(file);
  }
  return out;
}

json hand_in_attachments(const Context& context, AttachmentFiles& files, const json& submitted) {
  json taken = json::array();
  const bool on_terminal = ::isatty(STDERR_FILENO) == 1;
  std::size_t at = 0;
  for (const fs::path& file : files.files) {
    if (on_terminal)
      std::cerr << "\r" << ++at << " of " << files.files.size() << " attachments" << std::flush;
    auto bytes = adapters::read_file(file, kAttachmentBytesMax);
    const std::string name = file.filename().string();
    auto answer = !bytes ? Result<json>(std::unexpected(bytes.error()))
                         : context.call("attach",
                                        {{"kind", submitted.value("kind", "")},
                                         {"period", submitted.value("period", "")},
                                         {"name", name}},
                                        std::move(*bytes));
    if (!answer) {
      files.refused.push_back(refusal(file, answer.error().text));
      continue;
    }
    (*answer)["file"] = name;
    taken.push_back(std::move(*answer));
  }
  if (on_terminal && at > 0) std::cerr << "\r\033[K" << std::flush;
  return taken;
}

Result<> save_attachments(const Context& context, json& item, const std::string& folder) {
  constexpr mode_t kPrivate = 0600;
  if (!item.contains("attachments")) return refused("attachments: this item can have none");
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return refused("attachments: cannot make " + folder + ": " + error.message());
  for (json& one : item["attachments"]) {
    if (!one["id"].is_string()) continue;
    XJ_TRY(const DaemonAnswer answer,
           context.call_for_body("inbox.attachment", {{"id", one["id"].get<std::string>()}}));
    const std::string name = answer.value.value("name", "");
    if (!parse_attachment_name(name, today()))
      return corrupt("attachments: " + one["id"].get<std::string>() + " has no name for a file");
    const fs::path file = fs::path(folder) / name;
    if (fs::exists(fs::symlink_status(file, error))) {
      const auto there = adapters::read_file(file, kAttachmentBytesMax);
      if (!there || *there != answer.body)
        return refused("attachments: " + file.string() + " is there and holds something else");
    } else {
      XJ_TRY_VOID(adapters::write_file_atomically(file, answer.body, kPrivate));
    }
    one["file"] = file.string();
  }
  return {};
}

}  // namespace xianjie::node::cli
