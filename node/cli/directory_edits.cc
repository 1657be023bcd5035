// `directory …` as holders use it before they sign: each command changes the draft of the next list
// of offices. Where the draft is not there yet, it is begun from what was published before.
#include <filesystem>
#include <iostream>

#include "adapters/clock.h"
#include "adapters/files.h"
#include "node/cli/commands.h"
#include "node/cli/directory_draft.h"
#include "node/cli/directory_families.h"
#include "node/cli/directory_files.h"
#include "node/cli/directory_source.h"
#include "node/cli/text_table.h"
#include "node/holders/draft.h"
#include "schemas/limits.h"

namespace xianjie::node::cli {
namespace {

struct EditOptions {
  std::string draft, base, at;  // `at`: when a planned change counts
};

std::string check_edit_time(const std::string& text) {
  return parse_wall_time(text) ? ""
                               : "\"" + text + "\" is no time such as 2027-01-01T00:00:00+08:00";
}

Result<DirectoryContents> open_draft(const EditOptions& options, Bytes& base_body) {
  if (!options.base.empty()) {
    XJ_TRY(const DirectorySource base, load_directory_source(options.base));
    base_body = base.body;
  }
  if (std::filesystem::exists(options.draft)) {
    XJ_TRY(const SignedDirectory file, read_role_file(options.draft));
    if (!file.signatures.empty())
      return refused(options.draft +
                     ": is signed already; begin another draft, its version will be the next");
    return holders::contents_of(file.body);
  }
  if (base_body.empty())
    return refused(options.draft +
                   ": is not there; --base FILE begins it from the directory "
                   "published before");
  return holders::next_draft(base_body, adapters::real_wall_time());
}

// Changes the draft and says what it differs in from the base, where that is given.
template <class Edit>
Result<> edit_draft(const Context& context, const EditOptions& options, const Edit& edit) {
  Bytes base;
  XJ_TRY(DirectoryContents draft, open_draft(options, base));
  XJ_TRY_VOID(edit(draft));
  XJ_TRY(Bytes body, holders::finish(draft));
  json changes = json::array();
  if (!base.empty()) {
    XJ_TRY(const auto lines, holders::differences(base, body));
    changes = lines;
  }
  XJ_TRY_VOID(write_role_file(options.draft, {std::move(body), {}}));
  context.print({{"version", draft.header.version},
                 {"offices", draft.offices.size()},
                 {"valid_until", to_text(draft.header.valid_until)},
                 {"changes", changes},
                 {"output", options.draft}},
                [](std::ostream& out, const json& value) {
                  out << cell(value["output"]) << ": version " << cell(value["version"]) << ", "
                      << cell(value["offices"]) << " offices\n";
                  for (const json& line : value["changes"]) out << "  " << cell(line) << "\n";
                });
  return {};
}

std::shared_ptr<EditOptions> add_draft_options(CLI::App& command, bool planned) {
  const auto options = std::make_shared<EditOptions>();
  command.add_option("--draft", options->draft, "the draft; begun where it is not there")
      ->required()
      ->type_name("FILE");
  command.add_option("--base", options->base, "the directory published before")->type_name("FILE");
  if (planned)
    command.add_option("--at", options->at, "from when on, ahead of time so that all offices hear")
        ->required()
        ->type_name("TIME")
        ->check(check_edit_time);
  return options;
}

WallTime when(const EditOptions& options) {
  return *parse_wall_time(options.at);
}

Result<> add_requests_to(DirectoryContents& draft, const std::vector<std::string>& files) {
  XJ_TRY(Bytes body, holders::finish(draft));
  XJ_TRY(auto file, DirectoryFile::open(std::move(body)));
  XJ_TRY(const auto directory, routing::Directory::open(std::move(file)));
  std::vector<std::string> texts;
  std::vector<holders::Request> all;
  for (const std::string& name : files) {
    XJ_TRY(const Bytes bytes, adapters::read_file(name, kDirectoryBytesMax));
    XJ_TRY(auto split, holders::split_requests(as_text(bytes)));
    for (std::string& text : split) {
      auto request = holders::read_request(text);
      if (!request) return refused(name + ": " + request.error().text);
      all.push_back(std::move(*request));
      texts.push_back(std::move(text));
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    XJ_TRY_VOID(holders::check_approval(texts[i], &directory, all, adapters::real_wall_time()));
    XJ_TRY_VOID(holders::add(draft, all[i]));
  }
  return {};
}

void add_bulk_draft(CLI::App& group, Context& context) {
  const auto options = std::make_shared<DraftOptions>();
  CLI::App* command =
      group.add_subcommand("draft", "The first list of offices, from a nation file");
  command->add_option("--offices", options->offices, "nation file: offices and parents")
      ->required()
      ->type_name("FILE");
  command->add_option("--request", options->requests, "approved requests, any number in a file")
      ->type_name("FILE");
  command
      ->add_option("--keys-json", options->keys_json, "what `keys show` printed, one office a line")
      ->type_name("FILE");
  command
      ->add_option("--channels", options->channels,
                   "JSON {office: {class, endpoint, networks, interface}}")
      ->type_name("FILE");
  command
      ->add_option("--holidays", options->holidays,
                   "the year's list, a line a day: 2027-02-17,holiday or 2027-02-20,working")
      ->type_name("FILE");
  command->add_option("--version", options->version, "higher than every version before")
      ->required()
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 62));
  command->add_option("--valid-days", options->valid_days, "how long it counts; 0: open")
      ->capture_default_str()
      ->check(CLI::Range(0U, 36500U));
  command->add_flag("--rehearsal", options->rehearsal, "for a rehearsal: loopback counts as vpn");
  command->add_option("--output", options->output, "the draft, to be signed")
      ->required()
      ->type_name("FILE");
  command->callback([&context, options] {
    const auto made = [&]() -> Result<> {
      XJ_TRY(BulkDraft draft, draft_directory(*options, adapters::real_wall_time()));
      for (const std::string& warning : draft.warnings)
        std::cerr << "xianjie: warning: " << warning << "\n";
      XJ_TRY_VOID(write_role_file(options->output, {encode_directory_body(draft.contents), {}}));
      context.print({{"version", options->version},
                     {"offices", draft.contents.offices.size()},
                     {"output", options->output}},
                    [](std::ostream& out, const json& value) {
                      out << cell(value["output"]) << ": version " << cell(value["version"]) << ", "
                          << cell(value["offices"]) << " offices\n";
                    });
      return {};
    };
    context.finish(made());
  });
}

void add_joining(CLI::App& group, Context& context) {
  CLI::App* added = group.add_subcommand("add", "Approved requests: new offices, new keys");
  const auto files = std::make_shared<std::vector<std::string>>();
  added->add_option("request", *files, "approved requests")->required()->type_name("FILE");
  const auto adding = add_draft_options(*added, false);
  added->callback([&context, files, adding] {
    context.finish(edit_draft(context, *adding, [&](DirectoryContents& draft) {
      return add_requests_to(draft, *files);
    }));
  });

  CLI::App* refreshed =
      group.add_subcommand("refresh", "The same list of offices once more, for another 30 days");
  const auto refreshing = add_draft_options(*refreshed, false);
  refreshed->callback([&context, refreshing] {
    context.finish(edit_draft(context, *refreshing, [](DirectoryContents&) { return Result<>{}; }));
  });
}

// OFFICE --to OTHER --at TIME, and the like.
void add_change(CLI::App& group, Context& context, const char* name, const char* help,
                const char* target,
                Result<> (*change)(DirectoryContents&, OfficeId, OfficeId, WallTime)) {
  CLI::App* command = group.add_subcommand(name, help);
  const auto office = std::make_shared<std::string>(), other = std::make_shared<std::string>();
  command->add_option("office", *office, "which office")->required()->check(office_argument());
  if (target != nullptr)
    command->add_option(target, *other, "the other office")->required()->check(office_argument());
  const auto options = add_draft_options(*command, true);
  command->callback([&context, office, other, options, change] {
    context.finish(edit_draft(context, *options, [&](DirectoryContents& draft) {
      return change(draft, *OfficeId::parse(*office), OfficeId::parse(*other).value_or(OfficeId{}),
                    when(*options));
    }));
  });
}

void add_changes(CLI::App& group, Context& context) {
  add_change(group, context, "move", "Under another office from a moment on", "--to",
             &holders::move);
  add_change(group, context, "merge", "An office ends, another one has what it had", "--into",
             &holders::merge);
  add_change(group, context, "close", "An office ends, the one above has what it had", nullptr,
             [](DirectoryContents& draft, OfficeId office, OfficeId, WallTime at) {
               return holders::close(draft, office, at);
             });

  CLI::App* given = group.add_subcommand("split", "A code goes to another office from a moment on");
  const auto code = std::make_shared<std::uint32_t>(0);
  const auto to = std::make_shared<std::string>();
  given->add_option("code", *code, "6 or 9 digits")->required();
  given->add_option("--to", *to, "the office that owns it then")
      ->required()
      ->check(office_argument());
  const auto giving = add_draft_options(*given, true);
  given->callback([&context, code, to, giving] {
    context.finish(edit_draft(context, *giving, [&](DirectoryContents& draft) {
      return holders::give_code(draft, *code, *OfficeId::parse(*to), when(*giving));
    }));
  });

  CLI::App* revoked = group.add_subcommand("revoke", "A key counts no more from a moment on");
  const auto office = std::make_shared<std::string>(), since = std::make_shared<std::string>();
  const auto key = std::make_shared<std::uint32_t>(0);
  revoked->add_option("office", *office, "whose key")->required()->check(office_argument());
  revoked->add_option("--key", *key, "its number")->required()->check(CLI::Range(1U, 0xffffffffU));
  revoked->add_option("--at", *since, "since when; default now")
      ->type_name("TIME")
      ->check(check_edit_time);
  const auto revoking = add_draft_options(*revoked, false);
  revoked->callback([&context, office, key, since, revoking] {
    const WallTime at = since->empty() ? adapters::real_wall_time() : *parse_wall_time(*since);
    context.finish(edit_draft(context, *revoking, [&](DirectoryContents& draft) {
      return holders::revoke(draft, *OfficeId::parse(*office), {*key}, at);
    }));
  });

  CLI::App* codes = group.add_subcommand("codes", "The official list of code changes");
  codes->require_subcommand(1);
  CLI::App* imported = codes->add_subcommand("import", "Add its rows to the draft");
  const auto file = std::make_shared<std::string>();
  imported->add_option("file", *file, "CSV: code, name, from, to, successors, source")
      ->required()
      ->type_name("FILE");
  const auto importing = add_draft_options(*imported, false);
  imported->callback([&context, file, importing] {
    context.finish(edit_draft(context, *importing, [&](DirectoryContents& draft) -> Result<> {
      XJ_TRY(const Bytes bytes, adapters::read_file(*file, kDirectoryBytesMax));
      auto read = holders::import_codes(draft, as_text(bytes));
      if (!read) return refused(*file + ": " + read.error().text);
      return {};
    }));
  });
}

}  // namespace

void add_directory_edits(CLI::App& group, Context& context) {
  add_bulk_draft(group, context);
  add_joining(group, context);
  add_changes(group, context);
}

}  // namespace xianjie::node::cli
