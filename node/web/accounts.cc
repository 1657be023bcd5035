#include "node/web/accounts.h"

#include <algorithm>
#include <array>
#include <utility>

#include "crypto/password.h"
#include "schemas/text.h"

namespace xianjie::node {
namespace {

constexpr std::array kRoleWords{
    Word{static_cast<std::uint8_t>(Role::kViewer), "viewer", "查看员"},
    Word{static_cast<std::uint8_t>(Role::kClerk), "clerk", "经办人"},
    Word{static_cast<std::uint8_t>(Role::kOperator), "operator", "运维员"},
    Word{static_cast<std::uint8_t>(Role::kSystemAdministrator), "system-administrator",
         "系统管理员"},
    Word{static_cast<std::uint8_t>(Role::kSecurityAdministrator), "security-administrator",
         "安全管理员"},
    Word{static_cast<std::uint8_t>(Role::kAuditor), "auditor", "审计员"},
};

constexpr const char* kNotThePassword = "old: that is not the present password";
constexpr const char* kNotSignedIn = "sign_in: account or password is wrong, or it is locked";
// Without 0, 1, i, l, o: it is read out and typed.
constexpr std::string_view kOneTimeLetters = "abcdefghjkmnpqrstuvwxyz", kOneTimeDigits = "23456789";

// Twelve characters in groups of four, 2^49 of them.
std::string one_time_password(crypto::Random& random) {
  std::string out;
  for (int i = 0; i < 12; ++i) {
    if (i > 0 && i % 4 == 0) out += '-';
    const std::string_view from = i % 4 == 3 ? kOneTimeDigits : kOneTimeLetters;
    out += from[static_cast<std::size_t>(random.below(from.size()))];
  }
  return out;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

std::span<const Word> words_of(Role) {
  return kRoleWords;
}

Result<> check_password(std::string_view password, std::string_view account) {
  if (password.size() > kPasswordMax || !is_utf8(password))
    return refused("password: at most 200 bytes of text");
  const auto characters = std::ranges::count_if(
      password, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; });
  if (std::cmp_less(characters, kPasswordMin) || std::ranges::none_of(password, is_letter) ||
      std::ranges::none_of(password, [](char c) { return c >= '0' && c <= '9'; }))
    return refused("password: at least 8 characters, with a letter and a digit");
  std::string lower(password);  // as account names are
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (lower.find(account) != std::string::npos)
    return refused("password: it must not contain the account's name");
  return {};
}

const Account* Accounts::find(const std::string& name) const {
  const auto found = rows_.find(name);
  return found == rows_.end() ? nullptr : &found->second;
}

Result<Account*> Accounts::need(const std::string& name) {
  const auto found = rows_.find(name);
  if (found == rows_.end()) return fail(ErrorCode::kNotFound, "account: there is no such account");
  return &found->second;
}

bool Accounts::is_last_administrator(const std::string& name) const {
  const auto can = [](const Account& one) {
    return one.role == Role::kSystemAdministrator && !one.locked;
  };
  const Account* account = find(name);
  return account != nullptr && can(*account) &&
         std::ranges::count_if(rows_, [&](const auto& row) { return can(row.second); }) == 1;
}

Result<std::string> Accounts::add(const std::string& name, Role role, const std::string& person,
                                  WallTime now, crypto::Random& random) {
  if (!is_token(name) || name.size() > kAccountNameMax)
    return refused("account: 1 to 64 of a-z, 0-9, '_', '-', '.'");
  if (person.size() > 4 * kAccountNameMax || !is_utf8(person))
    return refused("name: at most 256 bytes of text");
  if (rows_.contains(name)) return refused("account: there is one of this name");
  if (rows_.size() >= kAccountsMax)
    return fail(ErrorCode::kFull, "account: at most " + std::to_string(kAccountsMax));
  Account account;
  account.role = role;
  account.person = person;
  account.created = now;
  rows_[name] = std::move(account);
  return reset(name, random);
}

Result<std::string> Accounts::reset(const std::string& name, crypto::Random& random) {
  XJ_TRY(Account * account, need(name));
  std::string password = one_time_password(random);
  XJ_TRY(account->password_hash, crypto::hash_password(password));
  account->must_change = true;
  return password;
}

Result<> Accounts::remove(const std::string& name) {
  XJ_TRY_VOID(need(name));
  if (is_last_administrator(name))
    return refused("account: the last system administrator stays; add another one first");
  rows_.erase(name);
  return {};
}

Result<> Accounts::lock(const std::string& name, bool locked) {
  XJ_TRY(Account * account, need(name));
  if (locked && is_last_administrator(name))
    return refused("account: the last system administrator stays; add another one first");
  account->locked = locked;
  return {};
}

Result<> Accounts::set_role(const std::string& name, Role role) {
  XJ_TRY(Account * account, need(name));
  if (role != Role::kSystemAdministrator && is_last_administrator(name))
    return refused("account: the last system administrator stays; add another one first");
  account->role = role;
  return {};
}

Result<> Accounts::set_password(const std::string& name, std::string_view old,
                                std::string_view password) {
  XJ_TRY(Account * account, need(name));
  if (!crypto::password_fits(account->password_hash, old)) return refused(kNotThePassword);
  XJ_TRY_VOID(check_password(password, name));
  if (old == password) return refused("password: choose another one than before");
  XJ_TRY(account->password_hash, crypto::hash_password(password));
  account->must_change = false;
  return {};
}

Result<> Accounts::set_second_factor(const std::string& name, Bytes secret,
                                     std::uint64_t code_used) {
  XJ_TRY(Account * account, need(name));
  account->second_factor = std::move(secret);
  account->code_used = code_used;
  return {};
}

Result<> Accounts::clear_second_factor(const std::string& name, std::string_view password) {
  XJ_TRY(Account * account, need(name));
  if (!crypto::password_fits(account->password_hash, password)) return refused(kNotThePassword);
  return set_second_factor(name, {}, 0);
}

Result<> Accounts::sign_in(const std::string& name, std::string_view password,
                           std::string_view code, WallTime now) {
  const auto found = rows_.find(name);
  if (found == rows_.end()) {
    (void)crypto::hash_password(password);  // takes as long
    return refused(kNotSignedIn);
  }
  Account& account = found->second;
  if (!crypto::password_fits(account.password_hash, password) || account.locked)
    return refused(kNotSignedIn);
  if (!account.second_factor.empty()) {
    const auto step = totp_step(account.second_factor, code, now);
    if (!step || *step <= account.code_used)
      return fail(ErrorCode::kNotFound,
                  code.empty() ? "second_factor: the six digits of the authenticator are wanted"
                               : "second_factor: these six digits do not fit, or were used");
    account.code_used = *step;
  }
  account.seen = now;
  return {};
}

}  // namespace xianjie::node
