// What every command of `xianjie` shares: where it writes, how it fails, how it finds its daemon.
// A command is a CLI11 subcommand whose callback does the work and hands its end to
// Context::finish. Exit status: 0 done, 1 refused or failed, 2 misuse. With --json, standard output
// holds one JSON value a line and nothing else. Read next: commands.h (the list), text_table.h.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <string_view>

#include "schemas/bytes.h"
#include "schemas/ids.h"
#include "schemas/result.h"
#include "schemas/time.h"
#include "schemas/vocabulary.h"

namespace xianjie::node::cli {

using nlohmann::json;

// How a person sees a value; not called with --json.
using Human = std::function<void(std::ostream& out, const json& value)>;
using Options = std::map<std::string, std::string>;
using Progress = std::function<void(const json& value)>;

struct DaemonAnswer {
  json value;
  Bytes body;  // an export's bytes
};

struct Context {
  bool json_output = false;  // --json
  std::string config_file;   // --config; "": default_config_path()
  int exit_code = 0;

  // One line of JSON with --json, else what `human` makes of it.
  void print(const json& value, const Human& human) const;
  // "xianjie: text" on standard error, with --json also {"error": {code, text}} on standard output.
  void fail(const Error& error);
  void finish(const Result<>& result) {
    if (!result) fail(result.error());
  }

  // Asks the daemon of the configuration. Its refusal comes back as an Error.
  [[nodiscard]] Result<json> call(const std::string& command, Options options, Bytes body = {},
                                  const Progress& progress = {}) const;
  [[nodiscard]] Result<DaemonAnswer> call_for_body(const std::string& command, Options options,
                                                   Bytes body = {},
                                                   const Progress& progress = {}) const;
};

// One JSON value on one line; what is no UTF-8 is replaced.
std::string one_line(const json& value);

// A file's bytes, "-" for standard input; at most `size_max`.
Result<Bytes> read_input(const std::string& file, std::size_t size_max);

// Parsers of arguments, told as misuse (exit status 2) by CLI11.
CLI::Validator office_argument();
CLI::Validator kind_argument();
CLI::Validator period_argument();
CLI::Validator envelope_argument();

}  // namespace xianjie::node::cli
