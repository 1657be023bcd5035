// Signing in and the administration of accounts: accounts, sessions and their file.
// Every change of an account, every sign-in and every refusal is a line for the audit log.
// Read next: accounts.h, sessions.h.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>
#include <nlohmann/json_fwd.hpp>

#include "node/web/accounts.h"
#include "node/web/sessions.h"

namespace xianjie::node {

// Whoever stands behind a request.
struct Visitor {
  std::string account, person, session, token;
  Role role = Role::kViewer;
  bool must_change = false, second_factor = false;
};

class Door {
 public:
  // Told lines of ids and words for the audit log, outside the lock.
  using Note = std::function<void(const std::string& line)>;
  struct Clocks {
    std::function<Instant()> instant;
    std::function<WallTime()> wall;
  };

  // Where there is no file yet it is begun with the account `admin`, whose one-time password stands
  // in `….first-password` beside it. `random` must outlive the door.
  static Result<std::unique_ptr<Door>> open(const std::filesystem::path& file,
                                            crypto::Random& random, Clocks clocks, Note note);

  // Empty: nobody. `looks_on`: a page that only shows, no sign of life.
  std::optional<Visitor> visitor(const std::string& session, bool looks_on = false);
  // The new session's id. `address`: "" where it tells nobody apart. Errors: "locked: …", "sign_in:
  // …", "second_factor: …".
  Result<std::string> sign_in(const std::string& account, const std::string& password,
                              const std::string& code, const std::string& address);
  void sign_out(const Visitor& visitor);
  // Wrong old passwords count as wrong ones at the door, here and below. The account's other
  // sessions end.
  Result<> change_password(const Visitor& visitor, const std::string& old,
                           const std::string& password);
  // {}: a secret to try; {code}: it is taken; {off, password}: no second factor any more. None is
  // taken in another's place.
  Result<nlohmann::json> second_factor(const Visitor& visitor, const nlohmann::json& body,
                                       const std::string& office);
  [[nodiscard]] nlohmann::json accounts() const;
  // {act, account, role, name} as README.md lists them; "forbidden: …" where the role may not.
  Result<nlohmann::json> change_account(const Visitor& visitor, const nlohmann::json& body);

 private:
  Door(std::filesystem::path file, Accounts accounts, crypto::Random& random, Clocks clocks,
       Note note);
  Result<> begin();
  // Keeps what `change` did to a copy. Where the disk refuses, nothing has changed, unless that is
  // only `welcome`: on a full disk people sign in to see that it is full.
  enum class Disk : std::uint8_t { kMust, kWelcome };
  template <class Change>
  auto keep(const Change& change, Disk disk = Disk::kMust)
      -> decltype(change(std::declval<Accounts&>()));
  // The same for what asks for the password again.
  template <class Change>
  Result<> keep_by_password(const std::string& account, const Change& change);
  [[nodiscard]] Result<> may_try(const std::string& account, const std::string& address) const;
  void failed(const std::string& account, const std::string& address);

  std::filesystem::path file_;
  crypto::Random& random_;
  Clocks clocks_;
  Note note_;
  std::atomic<int> at_the_door_ = 0;  // who tries to sign in and waits
  std::mutex changing_;               // one change at a time: a password takes 64 MiB and its time
  mutable std::mutex mutex_;          // of what stands below, never held while a password is hashed
  Accounts accounts_;
  Sessions sessions_;
  std::map<std::string, Bytes> tried_;  // second factors that wait for their first code
};

[[nodiscard]] bool sees_accounts(Role role);
// "accounts", "accounts.add" …: what this role may do with them.
std::vector<std::string> account_acts(Role role);

}  // namespace xianjie::node
