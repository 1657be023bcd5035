// `keys rotate|list|retire|protect|unprotect`: an office's keys change, and nothing is lost by it.
#include <iostream>
#include <map>

#include "adapters/clock.h"
#include "adapters/files.h"
#include "adapters/holder_key_file.h"
#include "adapters/system_random.h"
#include "crypto/protected_file.h"
#include "node/cli/commands.h"
#include "node/cli/passphrase.h"
#include "node/cli/text_table.h"
#include "node/daemon/directory_keeper.h"

namespace xianjie::node::cli {
namespace {

struct KeysOptions {
  std::string file, output, valid_from, passphrase_file;
  std::uint32_t key_id = 0;  // 0: the highest known, and one
};
using SharedKeysOptions = std::shared_ptr<KeysOptions>;

Result<Config> configuration(const Context& context) {
  std::filesystem::path file = context.config_file;
  if (context.config_file.empty()) {
    XJ_TRY(file, default_config_path());
  }
  return load_config(file);
}

AskPassphrase passphrase_for(const KeysOptions& options, const Config* config,
                             const std::string& whose) {
  if (options.passphrase_file.empty() && config != nullptr && !config->keys_passphrase_file.empty())
    return passphrase_of(*config);
  return ask_for(options.passphrase_file, whose);
}

// The office's sets, from --keys or the configuration, and the highest number anybody knows.
struct Known {
  std::vector<crypto::OfficeKeys> sets;
  std::uint32_t highest = 0;
};

Result<Known> known_sets(const Context& context, const KeysOptions& options) {
  Known out;
  if (!options.file.empty()) {
    XJ_TRY(auto keys, load_keys(options.file, passphrase_for(options, nullptr, options.file)));
    out.sets.push_back(std::move(keys));
  } else {
    XJ_TRY(const Config config, configuration(context));
    const AskPassphrase ask = passphrase_for(options, &config, to_text(config.office));
    XJ_TRY(out.sets, load_sets(config, ask));
    XJ_TRY(const auto keeper, DirectoryKeeper::open(config));
    const auto record = keeper.sync().snapshot()->directory.find(config.office);
    for (const OfficeKeySet& set : record ? record->keys : std::vector<OfficeKeySet>{})
      out.highest = std::max(out.highest, set.id.number);
  }
  for (const crypto::OfficeKeys& keys : out.sets)
    out.highest = std::max(out.highest, keys.id().number);
  return out;
}

Result<> rotate(const Context& context, const KeysOptions& options) {
  XJ_TRY(const Known known, known_sets(context, options));
  if (options.key_id != 0 && options.key_id <= known.highest)
    return refused("key-id: set " + std::to_string(known.highest) +
                   " exists; a number is never used again");
  const std::uint32_t number = options.key_id != 0 ? options.key_id : known.highest + 1;
  adapters::SystemRandom random;
  const auto next = known.sets.front().generate_next({number}, random);
  const crypto::SecretBytes text = next.serialise();
  XJ_TRY_VOID(adapters::write_secret_file(options.output, text.view()));
  WallTime from = adapters::real_wall_time();
  if (!options.valid_from.empty()) from = *parse_wall_time(options.valid_from);
  std::cout << one_line({{"office", to_text(next.office())},
                         {"key_id", number},
                         {"signing", to_hex(next.signing_public())},
                         {"sealing", to_hex(next.sealing_public())},
                         {"link", to_hex(next.link_public())},
                         {"valid_from", to_text(from)}})
            << "\n";
  if (!context.json_output)
    std::cerr << "key set " << number << " in " << options.output
              << "; next: `xianjie directory request --keys " << options.output
              << " …`, and add it to `keys` of the configuration, beside the old one\n";
  return {};
}

// Of each set: what it is for, and where its file lies.
Result<json> listed(const Config& config, const AskPassphrase& ask) {
  XJ_TRY(const auto keeper, DirectoryKeeper::open(config));
  XJ_TRY(auto sets, load_sets(config, ask));
  std::map<KeyId, std::string> files;
  for (std::size_t i = 0; i < sets.size(); ++i) files[sets[i].id()] = config.keys[i].string();
  XJ_TRY(const auto ring, crypto::KeyRing::make(std::move(sets)));
  const broker::OwnKeys own =
      broker::own_keys(ring, keeper.sync().snapshot()->directory, make_clock(config)->now().wall);
  json keys = json::array();
  for (const broker::OwnKey& one : own.sets) {
    const auto file = files.find(one.id);
    keys.push_back({{"key_id", one.id.number},
                    {"state", std::string(broker::to_word(one.state))},
                    {"file", file == files.end() ? json() : json(file->second)},
                    {"from", one.from.is_set() ? json(to_text(one.from)) : json()},
                    {"until", one.until.is_set() ? json(to_text(one.until)) : json()}});
  }
  return json{{"office", to_text(config.office)},
              {"current", own.current ? json(own.current->number) : json()},
              {"keys", std::move(keys)}};
}

std::string meaning(const json& row) {
  const std::string state = row["state"], until = cell(row["until"]), from = cell(row["from"]);
  if (state == "current") return "signs, links, opens";
  if (state == "next") return "from " + from;
  if (state == "old") return "opens mail sealed to it; was valid until " + until;
  if (state == "revoked") return "since " + until + "; opens what came before";
  if (state == "missing") return "in the directory, but its key file is not here";
  return "the directory does not hold it: never used";
}

Result<> list(const Context& context, const KeysOptions& options) {
  XJ_TRY(const Config config, configuration(context));
  XJ_TRY(const json value,
         listed(config, passphrase_for(options, &config, to_text(config.office))));
  context.print(value, [](std::ostream& out, const json& said) {
    TextTable table({"set", "state", "", "file"});
    for (const json& row : said["keys"])
      table.add({cell(row["key_id"]), cell(row["state"]), meaning(row), cell(row["file"])});
    table.print(out);
  });
  return {};
}

// The daemon knows what is still sealed to each set; the rule is its too.
Result<> retire(const Context& context) {
  XJ_TRY(const json value, context.call("keys.retire", {}));
  context.print(value, [](std::ostream& out, const json& said) {
    TextTable table({"set", "may be deleted", "why"});
    for (const json& row : said["keys"])
      table.add({cell(row["key_id"]), row["may_delete"] ? "yes" : "no", cell(row["reason"])});
    table.print(out);
    out << "nothing was deleted: take the file out of `keys` first, restart, then delete it\n";
  });
  return {};
}

std::string_view title_of(std::string_view text) {
  for (const std::string_view title : {kKeyFileTitle, adapters::kHolderKeyTitle})
    if (text.starts_with(title)) return title;
  return {};
}

std::string second_line(std::string_view text) {
  const std::size_t begin = text.find('\n') + 1;
  return std::string(text.substr(begin, text.find('\n', begin) - begin));
}

Result<> protect(const Context& context, const KeysOptions& options) {
  XJ_TRY(const crypto::SecretBytes text, adapters::read_secret_file(options.file));
  const std::string_view title = title_of(as_text(text.view()));
  if (title.empty()) return refused(options.file + ": is no key file");
  if (crypto::is_protected(title, as_text(text.view())))
    return refused(options.file + ": is protected already; `keys unprotect` first");
  std::string about = "a holder's key";
  if (title == kKeyFileTitle) {
    XJ_TRY(const auto keys, crypto::OfficeKeys::parse(as_text(text.view())));
    about = to_text(keys.office()) + " key " + std::to_string(keys.id().number);
  }
  XJ_TRY(const auto passphrase, ask_for(options.passphrase_file, options.file, true)());
  adapters::SystemRandom random;
  XJ_TRY(const std::string sealed,
         crypto::protect(title, about, text.view(), passphrase.view(), random));
  XJ_TRY_VOID(adapters::write_file_atomically(options.file, as_bytes(sealed), 0600));
  context.print({{"file", options.file}, {"protected", true}, {"about", about}},
                [](std::ostream& out, const json& value) {
                  out << cell(value["file"])
                      << " is protected; without its passphrase it is lost\n";
                });
  return {};
}

Result<> unprotect(const Context& context, const KeysOptions& options) {
  XJ_TRY(const crypto::SecretBytes text, adapters::read_secret_file(options.file));
  const std::string_view title = title_of(as_text(text.view()));
  if (title.empty() || !crypto::is_protected(title, as_text(text.view())))
    return refused(options.file + ": is not protected");
  XJ_TRY(const auto passphrase, ask_for(options.passphrase_file, options.file)());
  auto plain = crypto::unprotect(title, as_text(text.view()), passphrase.view());
  if (!plain) return fail(plain.error().code, options.file + ": " + plain.error().text);
  XJ_TRY_VOID(adapters::write_file_atomically(options.file, plain->view(), 0600));
  context.print(
      {{"file", options.file}, {"protected", false}, {"about", second_line(as_text(text.view()))}},
      [](std::ostream& out, const json& value) {
        out << cell(value["file"]) << " is not protected any more\n";
      });
  return {};
}

CLI::App* add(CLI::App& keys, const char* name, const char* help,
              const SharedKeysOptions& options) {
  CLI::App* command = keys.add_subcommand(name, help);
  command
      ->add_option("--passphrase-file", options->passphrase_file,
                   "of a protected file; else asked on the terminal")
      ->type_name("FILE");
  return command;
}

}  // namespace

void add_key_change_commands(CLI::App& keys, Context& context) {
  const auto options = std::make_shared<KeysOptions>();
  CLI::App* next = add(keys, "rotate", "Make this office's next key set", options);
  next->add_option("--keys", options->file, "the key file in use; else the configuration's")
      ->type_name("FILE");
  next->add_option("--output", options->output, "the new key file")->required()->type_name("FILE");
  next->add_option("--key-id", options->key_id, "its number; default the highest known and one")
      ->check(CLI::Range(1U, 0xffffffffU));
  next->add_option("--valid-from", options->valid_from, "when it begins to count; default now")
      ->type_name("TIME")
      ->check([](const std::string& text) {
        return parse_wall_time(text)
                   ? std::string()
                   : "\"" + text + "\" is no time such as 2026-12-09T12:00:00+08:00";
      });
  next->callback([&context, options] { context.finish(rotate(context, *options)); });
  add(keys, "list", "This office's key sets and what each is for", options)
      ->callback([&context, options] { context.finish(list(context, *options)); });
  keys.add_subcommand("retire", "Which key files may be deleted; deletes none")
      ->callback([&context] { context.finish(retire(context)); });
  const auto add_file = [&](CLI::App* command, auto act) {
    command->add_option("file", options->file, "key file, or a holder's key")
        ->required()
        ->type_name("FILE");
    command->callback([&context, options, act] { context.finish(act(context, *options)); });
  };
  add_file(add(keys, "protect", "Put a key file under a passphrase", options), protect);
  add_file(add(keys, "unprotect", "Take the passphrase off again", options), unprotect);
}

}  // namespace xianjie::node::cli
