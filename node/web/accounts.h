// Who may sign in to an office's dashboard. Rules here, bytes in accounts_file.h; time and
// randomness are arguments. Passwords are kept as Argon2id strings, second factors as TOTP secrets
// (RFC 6238, SHA-1, 6 digits, 30 s: what every authenticator program reads).
// Read next: rights.h (what a role may do), sessions.h (who is signed in).
#pragma once

#include <map>
#include <optional>
#include <string>

#include "crypto/random.h"
#include "schemas/result.h"
#include "schemas/time.h"
#include "schemas/vocabulary.h"

namespace xianjie::node {

// One an account. The last three exclude each other (三员分立): nobody gives himself rights, and
// nobody clears away what he did.
enum class Role : std::uint8_t {
  kViewer = 1,
  kClerk = 2,
  kOperator = 3,
  kSystemAdministrator = 4,
  kSecurityAdministrator = 5,
  kAuditor = 6,
};
std::span<const Word> words_of(Role);

inline constexpr std::size_t kAccountsMax = 1000, kAccountNameMax = 64, kPasswordMin = 8,
                             kPasswordMax = 200;

struct Account {
  Role role = Role::kViewer;
  std::string person;         // whom it belongs to, as the administrator typed it
  std::string password_hash;  // crypto/password.h
  bool must_change = false;   // a one-time password: nothing else may be done before
  bool locked = false;
  Bytes second_factor;          // 20 bytes of secret; empty: off
  std::uint64_t code_used = 0;  // the time step of the newest code that was taken: never twice
  WallTime created, seen;       // seen: last signed in
};

// At least kPasswordMin characters with a Latin letter and a digit, without the account's own name,
// in at most kPasswordMax bytes.
Result<> check_password(std::string_view password, std::string_view account);

class Accounts {
 public:
  Accounts() = default;
  explicit Accounts(std::map<std::string, Account> rows) : rows_(std::move(rows)) {}
  [[nodiscard]] const std::map<std::string, Account>& rows() const { return rows_; }
  [[nodiscard]] const Account* find(const std::string& name) const;

  // The one-time password of a new account, or of one whose password was forgotten: shown once. A
  // second factor stays: whoever gives passwords out cannot sign in as somebody else.
  Result<std::string> add(const std::string& name, Role role, const std::string& person,
                          WallTime now, crypto::Random& random);
  Result<std::string> reset(const std::string& name, crypto::Random& random);
  // These refuse what would leave the office without a system administrator who can sign in.
  Result<> remove(const std::string& name);
  Result<> lock(const std::string& name, bool locked);
  Result<> set_role(const std::string& name, Role role);

  // "old: …" where the password that is asked for is wrong, here and below.
  Result<> set_password(const std::string& name, std::string_view old, std::string_view password);
  // Empty: off. `code_used`: the step of the code that proved it.
  Result<> set_second_factor(const std::string& name, Bytes secret, std::uint64_t code_used);
  Result<> clear_second_factor(const std::string& name, std::string_view password);
  // kRefused with one text for every reason, so that nobody learns which names exist; takes as
  // long for a name that does not. kNotFound "second_factor: …": the password fits, a code is
  // wanted, or was wrong.
  Result<> sign_in(const std::string& name, std::string_view password, std::string_view code,
                   WallTime now);

 private:
  Result<Account*> need(const std::string& name);
  [[nodiscard]] bool is_last_administrator(const std::string& name) const;
  std::map<std::string, Account> rows_;
};

// Six digits for one of the three time steps around `now`; its number, empty where none fits.
std::optional<std::uint64_t> totp_step(ByteView secret, std::string_view code, WallTime now);
// What an authenticator program reads, as a QR code or typed: otpauth://totp/…
std::string totp_uri(ByteView secret, std::string_view account, std::string_view office);
std::string base32(ByteView bytes);  // RFC 4648, without padding

}  // namespace xianjie::node
