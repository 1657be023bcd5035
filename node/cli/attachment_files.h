// A folder of attachments: read for `submit --attachments`, written by `inbox show --attachments`.
#pragma once

#include <filesystem>

#include "node/cli/command.h"

namespace xianjie::node::cli {

struct AttachmentFiles {
  std::vector<std::filesystem::path> files;
  json announced = json::array();  // what the hand-in says of them
  json refused = json::array();    // [{file, field: "attachments", reason}]
};
// Looks at every file of the folder; only what can be an attachment is taken.
Result<AttachmentFiles> read_attachment_folder(const std::string& folder);
// After the notices: one file at a time. [{file, notice, type, size, …}] of those that are taken,
// further refusals into `files`.
json hand_in_attachments(const Context& context, AttachmentFiles& files, const json& submitted);

// Takes what is here of an opened item into the folder, mode 0600; never over another file. Each
// entry of item["attachments"] that was written gets its "file".
Result<> save_attachments(const Context& context, json& item, const std::string& folder);

}  // namespace xianjie::node::cli
