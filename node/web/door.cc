#include "node/web/door.h"

#include <array>
#include <nlohmann/json.hpp>

#include "adapters/files.h"
#include "node/web/accounts_file.h"

namespace xianjie::node {
namespace {

using nlohmann::json;

constexpr const char* kFirstAccount = "admin";
constexpr int kSignInsAtOnce = 8;

std::filesystem::path first_password_file(const std::filesystem::path& accounts) {
  std::filesystem::path file = accounts;
  return file += ".first-password";
}

// Which administrator does what (三员分立).
struct Act {
  std::string_view word;
  Role by;
};
constexpr std::array kActs{Act{"add", Role::kSystemAdministrator},
                           Act{"remove", Role::kSystemAdministrator},
                           Act{"reset", Role::kSystemAdministrator},
                           Act{"role", Role::kSecurityAdministrator},
                           Act{"lock", Role::kSecurityAdministrator},
                           Act{"unlock", Role::kSecurityAdministrator},
                           Act{"second-factor-off", Role::kSecurityAdministrator}};

std::string text_of(const json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

bool sees_accounts(Role role) {
  return role == Role::kSystemAdministrator || role == Role::kSecurityAdministrator ||
         role == Role::kAuditor;
}

std::vector<std::string> account_acts(Role role) {
  std::vector<std::string> out;
  if (sees_accounts(role)) out.emplace_back("accounts");
  for (const Act& act : kActs)
    if (act.by == role) out.push_back("accounts." + std::string(act.word));
  if (role == Role::kSecurityAdministrator || role == Role::kAuditor)
    out.emplace_back("accounts.log");
  return out;
}

Door::Door(std::filesystem::path file, Accounts accounts, crypto::Random& random, Clocks clocks,
           Note note)
    : file_(std::move(file)),
      random_(random),
      clocks_(std::move(clocks)),
      note_(std::move(note)),
      accounts_(std::move(accounts)) {}

Result<std::unique_ptr<Door>> Door::open(const std::filesystem::path& file, crypto::Random& random,
                                         Clocks clocks, Note note) {
  auto accounts = load_accounts(file);
  const bool begins = !accounts && accounts.error().code == ErrorCode::kNotFound;
  if (!accounts && !begins) return std::unexpected(std::move(accounts).error());
  std::unique_ptr<Door> door(new Door(file, begins ? Accounts() : std::move(*accounts), random,
                                      std::move(clocks), std::move(note)));
  if (begins) XJ_TRY_VOID(door->begin());
  return door;
}

// The password first: without its file nobody could ever sign in.
Result<> Door::begin() {
  XJ_TRY(const std::string password,
         accounts_.add(kFirstAccount, Role::kSystemAdministrator, "", clocks_.wall(), random_));
  const std::string line = password + "\n";
  XJ_TRY_VOID(adapters::write_file_atomically(first_password_file(file_), as_bytes(line), 0600));
  return save_accounts(file_, accounts_);
}

template <class Change>
auto Door::keep(const Change& change, Disk disk) -> decltype(change(std::declval<Accounts&>())) {
  const std::scoped_lock turn(changing_);
  Accounts changed = [&] {
    const std::scoped_lock lock(mutex_);
    return accounts_;
  }();
  auto result = change(changed);
  if (!result) return result;
  const auto saved = save_accounts(file_, changed);
  if (!saved && disk == Disk::kMust) return std::unexpected(saved.error());
  const std::scoped_lock lock(mutex_);
  accounts_ = std::move(changed);
  return result;
}

template <class Change>
Result<> Door::keep_by_password(const std::string& account, const Change& change) {
  return keep([&](Accounts& accounts) -> Result<> {
    XJ_TRY_VOID(may_try(account, ""));
    auto done = change(accounts);
    if (!done && done.error().text.starts_with("old:")) failed(account, "");
    return done;
  });
}

Result<> Door::may_try(const std::string& account, const std::string& address) const {
  const std::scoped_lock lock(mutex_);
  const Duration wait = sessions_.wait_for(account, address, clocks_.instant());
  if (wait.ms <= 0) return {};
  return refused("locked: too many wrong passwords; again in " +
                 std::to_string(wait.ms / 60'000 + 1) + " minutes");
}

void Door::failed(const std::string& account, const std::string& address) {
  const std::scoped_lock lock(mutex_);
  sessions_.failed(account, address, clocks_.instant());
}

std::optional<Visitor> Door::visitor(const std::string& session, bool looks_on) {
  const std::scoped_lock lock(mutex_);
  const Session* found = sessions_.find(session, clocks_.instant(), looks_on);
  const Account* account = found == nullptr ? nullptr : accounts_.find(found->account);
  if (account == nullptr || account->locked) return std::nullopt;
  return Visitor{found->account,
                 account->person,
                 session,
                 found->token,
                 account->role,
                 account->must_change,
                 !account->second_factor.empty()};
}

Result<std::string> Door::sign_in(const std::string& account, const std::string& password,
                                  const std::string& code, const std::string& address) {
  bool is_one = false;
  const auto try_it = [&](Accounts& accounts) -> Result<std::string> {
    is_one = accounts.find(account) != nullptr;
    XJ_TRY_VOID(may_try(account, address));
    if (auto in = accounts.sign_in(account, password, code, clocks_.wall()); !in) {
      const bool code_wanted = in.error().code == ErrorCode::kNotFound && code.empty();
      if (!code_wanted) failed(account, address);
      return std::unexpected(std::move(in).error());
    }
    const std::scoped_lock lock(mutex_);
    sessions_.succeeded(account);
    return sessions_.begin(account, clocks_.instant(), random_);
  };
  // Each may keep a thread of the server and 64 MiB; behind a proxy nothing tells them apart.
  struct Waiting {
    std::atomic<int>& count;
    const int before = count.fetch_add(1);
    ~Waiting() { --count; }
  } const waiting{at_the_door_};
  if (waiting.before >= kSignInsAtOnce)
    return fail(ErrorCode::kRetry, "too many sign in at once: try again");
  XJ_TRY_VOID(may_try(account, address));
  auto session = keep(try_it, Disk::kWelcome);
  if (session)
    note_("sign_in account=" + account + " from=" + address);
  else  // a name that is none may be a password in the wrong field
    note_("sign_in_refused account=" + (is_one ? account : "-") + " from=" + address);
  return session;
}

void Door::sign_out(const Visitor& visitor) {
  {
    const std::scoped_lock lock(mutex_);
    sessions_.end(visitor.session);
  }
  note_("sign_out account=" + visitor.account);
}

Result<> Door::change_password(const Visitor& visitor, const std::string& old,
                               const std::string& password) {
  XJ_TRY_VOID(keep_by_password(visitor.account, [&](Accounts& accounts) {
    return accounts.set_password(visitor.account, old, password);
  }));
  {
    const std::scoped_lock lock(mutex_);
    sessions_.end_all_of(visitor.account, visitor.session);
  }
  if (visitor.account == kFirstAccount) {
    std::error_code gone;
    std::filesystem::remove(first_password_file(file_), gone);
  }
  note_("password_changed account=" + visitor.account);
  return {};
}

Result<json> Door::second_factor(const Visitor& visitor, const json& body,
                                 const std::string& office) {
  const std::string& account = visitor.account;
  if (!body.is_object()) return refused("misuse: an object is expected");
  if (body.contains("off") && body["off"] != false) {
    XJ_TRY_VOID(keep_by_password(account, [&](Accounts& accounts) {
      return accounts.clear_second_factor(account, text_of(body, "password"));
    }));
    note_("second_factor_off account=" + account);
    return json{{"second_factor", false}};
  }
  const auto is_on = [&](const Accounts& accounts) {
    const Account* row = accounts.find(account);
    return row != nullptr && !row->second_factor.empty();
  };
  const auto on = [] { return refused("code: there is a second factor; turn it off first"); };
  if (!body.contains("code")) {
    Bytes secret(20);
    random_.fill(secret);
    const json out{{"secret", base32(secret)}, {"uri", totp_uri(secret, account, office)}};
    const std::scoped_lock lock(mutex_);
    if (is_on(accounts_)) return on();
    tried_[account] = std::move(secret);
    return out;
  }
  Bytes secret;
  {
    const std::scoped_lock lock(mutex_);
    secret = tried_[account];
  }
  const auto step = totp_step(secret, text_of(body, "code"), clocks_.wall());
  if (secret.empty() || !step)
    return refused("code: these six digits do not fit; is the telephone's clock right?");
  XJ_TRY_VOID(keep([&](Accounts& accounts) -> Result<> {
    if (is_on(accounts)) return on();
    return accounts.set_second_factor(account, secret, *step);
  }));
  {
    const std::scoped_lock lock(mutex_);
    tried_.erase(account);
  }
  note_("second_factor_on account=" + account);
  return json{{"second_factor", true}};
}

json Door::accounts() const {
  const std::scoped_lock lock(mutex_);
  json list = json::array();
  for (const auto& [name, account] : accounts_.rows())
    list.push_back(
        {{"account", name},
         {"role", to_word(account.role)},
         {"name", account.person},
         {"locked", account.locked},
         {"second_factor", !account.second_factor.empty()},
         {"must_change_password", account.must_change},
         {"created", to_text(account.created)},
         {"last_seen", account.seen.is_set() ? json(to_text(account.seen)) : json(nullptr)}});
  return {{"accounts", std::move(list)}};
}

Result<json> Door::change_account(const Visitor& visitor, const json& body) {
  const std::string act = text_of(body, "act"), name = text_of(body, "account");
  const auto found = std::ranges::find(kActs, act, &Act::word);
  if (found == kActs.end()) return refused("misuse: act: unknown");
  if (found->by != visitor.role)
    return refused("forbidden: only a " + std::string(to_word(found->by)) + " may do that");
  if (name == visitor.account)
    return refused("forbidden: nobody changes his own account here; ask another administrator");
  const auto role = from_word<Role>(text_of(body, "role"));
  if ((act == "add" || act == "role") && !role) return refused("misuse: role: unknown");
  json out{{"account", name}};
  const bool hashes = act == "add" || act == "reset";
  XJ_TRY_VOID(keep([&](Accounts& accounts) -> Result<> {
    if (hashes) {
      XJ_TRY(out["one_time_password"],
             act == "add"
                 ? accounts.add(name, *role, text_of(body, "name"), clocks_.wall(), random_)
                 : accounts.reset(name, random_));
      return {};
    }
    if (act == "remove") return accounts.remove(name);
    if (act == "role") return accounts.set_role(name, *role);
    if (act == "second-factor-off") return accounts.set_second_factor(name, {}, 0);
    return accounts.lock(name, act == "lock");
  }));
  if (act != "add" && act != "unlock") {
    const std::scoped_lock lock(mutex_);
    sessions_.end_all_of(name);
  }
  note_("account act=" + act + " account=" + name + " by=" + visitor.account +
        (role ? " role=" + std::string(to_word(*role)) : ""));
  return out;
}

}  // namespace xianjie::node
