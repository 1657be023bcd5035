#include "node/web/accounts_file.h"

#include <nlohmann/json.hpp>

#include "adapters/files.h"
#include "schemas/text.h"

namespace xianjie::node {
namespace {

using nlohmann::json;

constexpr std::size_t kFileBytesMax = 4 << 20;

constexpr std::size_t kSecretBytes = 20;

// Throws json::exception where a value is missing or of another type.
Result<Account> read_account(const json& row) {
  const auto text = [&](const char* key) { return row.at(key).get<std::string>(); };
  Account account;
  const auto role = from_word<Role>(text("role"));
  const auto factor = from_hex(text("second_factor"));
  const auto created = parse_wall_time(text("created")), seen = parse_wall_time(text("seen"));
  if (!role || !factor || !created || (!seen && !text("seen").empty()))
    return refused("role, second_factor, created or seen is not readable");
  if (!factor->empty() && factor->size() != kSecretBytes)
    return refused("second_factor is not of 20 bytes");
  const json& code_used = row.at("code_used");
  if (!code_used.is_number_unsigned()) return refused("code_used is no number of a time step");
  account.role = *role;
  account.second_factor = *factor;
  account.created = *created;
  account.seen = seen.value_or(WallTime{});
  account.person = text("person");
  account.password_hash = text("password");
  account.must_change = row.at("must_change").get<bool>();
  account.locked = row.at("locked").get<bool>();
  account.code_used = code_used.get<std::uint64_t>();
  return account;
}

json account_json(const Account& account) {
  return {{"role", to_word(account.role)},
          {"person", account.person},
          {"password", account.password_hash},
          {"must_change", account.must_change},
          {"locked", account.locked},
          {"second_factor", to_hex(account.second_factor)},
          {"code_used", account.code_used},
          {"created", to_text(account.created)},
          {"seen", account.seen.is_set() ? to_text(account.seen) : ""}};
}

}  // namespace

Result<Accounts> load_accounts(const std::filesystem::path& file) {
  XJ_TRY(const Bytes bytes, adapters::read_file(file, kFileBytesMax));
  const std::string name = file.string() + ": ";
  const json root = json::parse(as_text(bytes), nullptr, false);
  if (!root.is_object() || !root.contains("accounts") || !root["accounts"].is_object())
    return corrupt(name +
                   "is no file of accounts; put a copy back, or move it away: a new one "
                   "begins with the account admin");
  std::map<std::string, Account> rows;
  for (const auto& [account, row] : root["accounts"].items()) {
    if (!is_token(account)) return corrupt(name + "a name that no account can have");
    try {
      auto read = read_account(row);
      if (!read) return corrupt(name + account + ": " + read.error().text);
      rows[account] = std::move(*read);
    } catch (const json::exception&) {
      return corrupt(name + account + ": a value is missing or of the wrong type");
    }
  }
  return Accounts(std::move(rows));
}

Result<> save_accounts(const std::filesystem::path& file, const Accounts& accounts) {
  json rows = json::object();
  for (const auto& [name, account] : accounts.rows()) rows[name] = account_json(account);
  const std::string text = json{{"accounts", rows}}.dump(1) + "\n";
  return adapters::write_file_atomically(file, as_bytes(text), 0600);
}

}  // namespace xianjie::node
