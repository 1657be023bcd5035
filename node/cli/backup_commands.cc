// `backup` and `restore`: an office's disk, copied while its daemon works, and put back into a new
// place. Both read the disk themselves; the daemon is only told, for its audit log.
#include <unistd.h>

#include <iostream>

#include "node/backup/backup.h"
#include "node/cli/commands.h"
#include "node/cli/text_table.h"

namespace xianjie::node::cli {
namespace {

struct BackupOptions {
  std::string folder;
  bool with_keys = false, dry_run = false;
};

Tell on_terminal() {
  if (::isatty(STDERR_FILENO) != 1) return [](const std::string&) {};
  return [](const std::string& what) { std::cerr << printable(what) << " …\n" << std::flush; };
}

Result<std::filesystem::path> configuration(const Context& context) {
  if (!context.config_file.empty()) return std::filesystem::path(context.config_file);
  return default_config_path();
}

json view(const Backup& backup) {
  return {{"office", to_text(backup.office)},    {"made", to_text(backup.made)},
          {"with_keys", backup.with_keys},       {"rows", backup.rows},
          {"damaged_rows", backup.damaged_rows}, {"audit_records", backup.audit_records},
          {"files", backup.files.size()},        {"bytes", backup.bytes()}};
}

void print_backup(std::ostream& out, const json& value) {
  out << "office " << cell(value["office"]) << ", made " << cell(value["made"]) << "\n"
      << cell(value["files"]) << " files, " << cell(value["bytes"]) << " bytes; "
      << cell(value["rows"]) << " rows and " << cell(value["audit_records"])
      << " audit records, all read again\n";
  if (value["damaged_rows"] != 0)
    out << "DAMAGED: " << cell(value["damaged_rows"])
        << " rows of the store cannot be read; they are in the backup as they are. See `xianjie "
           "doctor`\n";
  out << (value["with_keys"] == true
              ? "with its keys: whoever has this folder can read the office's mail\n"
              : "without its keys: keep those apart, nothing of this can be read without them\n");
}

Result<> back_up(const Context& context, const BackupOptions& options) {
  XJ_TRY(const auto file, configuration(context));
  XJ_TRY(const Config config, load_config(file));
  const std::filesystem::path folder = std::filesystem::absolute(options.folder);
  XJ_TRY(const Backup backup, make_backup(config, folder, options.with_keys,
                                          make_clock(config)->now().wall, on_terminal()));
  json answer = view(backup);
  answer["folder"] = folder.string();
  // An office that stands still is backed up all the same.
  const auto told = context.call(
      "audit.note",
      {{"text", "backup.made " + std::string(options.with_keys ? "with" : "without") + " keys, " +
                    std::to_string(backup.bytes()) + " bytes, by " + account_name()}});
  answer["recorded"] = told.has_value();
  context.print(answer, [](std::ostream& out, const json& value) {
    out << cell(value["folder"]) << "\n";
    print_backup(out, value);
    if (value["recorded"] != true)
      out << "the daemon does not run: its audit log does not tell of this backup\n";
  });
  return {};
}

void print_restored(std::ostream& out, const json& value) {
  print_backup(out, value["backup"]);
  const bool dry = value["dry_run"] == true;
  for (const json& path : value["restored"])
    out << (dry ? "would be written  " : "written  ") << printable(cell(path)) << "\n";
  for (const json& path : value["kept"])
    out << "kept as it is, it is newer  " << printable(cell(path)) << "\n";
  for (const json& path : value["missing"])
    out << "MISSING  " << printable(cell(path))
        << "  put it there, 0600; if it is lost: ops/TRUST.md, \"A key is lost\"\n";
  if (dry)
    out << "nothing was written (--dry-run)\n";
  else
    out << "start the daemon: it knows that it is a restored one, and asks its neighbours before "
           "it "
           "hands anything out. Make sure that the old machine stays off.\n";
}

Result<> put_back(const Context& context, const BackupOptions& options) {
  XJ_TRY(const auto file, configuration(context));
  XJ_TRY(const Restored restored,
         restore_backup(std::filesystem::absolute(options.folder), std::filesystem::absolute(file),
                        options.dry_run, on_terminal()));
  context.print({{"backup", view(restored.backup)},
                 {"dry_run", options.dry_run},
                 {"config", restored.config.file.string()},
                 {"restored", restored.restored},
                 {"kept", restored.kept},
                 {"missing", restored.missing}},
                print_restored);
  return {};
}

}  // namespace

void add_backup_commands(CLI::App& app, Context& context) {
  const auto options = std::make_shared<BackupOptions>();
  CLI::App* backup =
      app.add_subcommand("backup", "Copy this office's disk while it works, and prove it (备份)");
  backup->add_option("folder", options->folder, "where to; not there yet, or empty")
      ->type_name("DIR")
      ->required();
  backup->add_flag("--with-keys", options->with_keys,
                   "its private keys too: then the backup is as secret as the office");
  backup->callback([&context, options] { context.finish(back_up(context, *options)); });

  CLI::App* restore = app.add_subcommand(
      "restore",
      "Put a backup where --config says; without one there, where the backup's own says");
  restore->add_option("folder", options->folder, "the backup")->type_name("DIR")->required();
  restore->add_flag("--dry-run", options->dry_run, "check all of it, say what would be written");
  restore->callback([&context, options] { context.finish(put_back(context, *options)); });
}

}  // namespace xianjie::node::cli
