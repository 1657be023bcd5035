#include "node/cli/command.h"

#include <iostream>
#include <iterator>
#include <sstream>

#include "adapters/api_socket.h"
#include "adapters/files.h"
#include "node/daemon/config.h"

namespace xianjie::node::cli {
namespace {

constexpr Duration kSilenceMax = minutes(2);  // a busy daemon answers between its turns

Result<std::string> api_path(const std::string& config_file) {
  std::filesystem::path file = config_file;
  if (config_file.empty()) {
    XJ_TRY(file, default_config_path());
  }
  XJ_TRY(const Config config, load_config(file));
  return config.api.string();
}

Result<json> parse_answer(const std::string& text) {
  json value = json::parse(text, nullptr, false);
  if (value.is_discarded()) return corrupt("the daemon's answer is no JSON");
  return value;
}

CLI::Validator argument(const char* name, bool (*accepts)(const std::string&), const char* wanted) {
  return CLI::Validator(
      [=](std::string& text) {
        return accepts(text) ? std::string() : "\"" + text + "\" is no " + wanted;
      },
      name);
}

}  // namespace

void Context::print(const json& value, const Human& human) const {
  if (json_output)
    std::cout << one_line(value) << "\n";
  else
    human(std::cout, value);
}

void Context::fail(const Error& error) {
  exit_code = 1;
  std::cerr << "xianjie: " << error.text << "\n";
  if (json_output)
    std::cout << one_line({{"error", {{"code", to_word(error.code)}, {"text", error.text}}}})
              << "\n";
}

Result<DaemonAnswer> Context::call_for_body(const std::string& command, Options options, Bytes body,
                                            const Progress& progress) const {
  XJ_TRY(const std::string path, api_path(config_file));
  XJ_TRY(const auto client, adapters::ApiClient::connect(path));
  std::erase_if(options, [](const auto& option) { return option.second.empty(); });
  const ApiRequest request{1, command, std::move(options), std::move(body)};
  const auto on_progress = [&](const ApiReply& reply) {
    const json value = json::parse(reply.json, nullptr, false);
    if (progress && !value.is_discarded()) progress(value);
  };
  XJ_TRY(ApiReply reply, client->call(request, on_progress, kSilenceMax));
  if (!reply.ok) return xianjie::fail(reply.code, reply.text);
  XJ_TRY(json value, parse_answer(reply.json));
  return DaemonAnswer{std::move(value), std::move(reply.body)};
}

Result<json> Context::call(const std::string& command, Options options, Bytes body,
                           const Progress& progress) const {
  XJ_TRY(DaemonAnswer answer,
         call_for_body(command, std::move(options), std::move(body), progress));
  return std::move(answer.value);
}

std::string one_line(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Bytes> read_input(const std::string& file, std::size_t size_max) {
  if (file != "-") return adapters::read_file(file, size_max);
  Bytes bytes;
  std::array<char, 64 * 1024> piece{};
  while (std::cin.read(piece.data(), piece.size()) || std::cin.gcount() > 0) {
    bytes.insert(bytes.end(), piece.data(), piece.data() + std::cin.gcount());
    if (bytes.size() > size_max)
      return xianjie::fail(ErrorCode::kFull,
                           "standard input: more than " + std::to_string(size_max >> 20) + " MiB");
  }
  return bytes;
}

CLI::Validator office_argument() {
  return argument(
      "OFFICE", [](const std::string& text) { return OfficeId::parse(text).has_value(); },
      "office id, such as township:610802001");
}
CLI::Validator kind_argument() {
  return argument(
      "KIND", [](const std::string& text) { return from_word<Kind>(text).has_value(); },
      "kind; `xianjie kinds` lists them");
}
CLI::Validator period_argument() {
  return argument(
      "PERIOD", [](const std::string& text) { return Period::parse(text).has_value(); },
      "month, such as 2026-12");
}
CLI::Validator envelope_argument() {
  return argument(
      "ID", [](const std::string& text) { return EnvelopeId::parse(text).has_value(); },
      "envelope id of 32 hex digits");
}

}  // namespace xianjie::node::cli
