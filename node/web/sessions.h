// Who is signed in, in memory: a restart signs everybody out. Thread-safe where its owner locks.
// Read next: accounts.h.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "crypto/random.h"
#include "node/web/accounts.h"
#include "schemas/time.h"

namespace xianjie::node {

inline constexpr std::size_t kSessionsMax = 1024, kSessionsOfAccountMax = 16;
inline constexpr Duration kSessionIdle = minutes(30), kSessionLongest = hours(12);
// So many wrong passwords of one account or from one address, and it waits.
inline constexpr int kFailuresMax = 5, kFailuresOfAddressMax = 20;
inline constexpr Duration kLockOut = minutes(15);

struct Session {
  std::string account;
  std::string token;  // goes with every change, in a header that no other site can set
  Instant began, used;
};

class Sessions {
 public:
  // 32 random bytes as hex: the cookie's value. An account's own oldest session makes room for
  // its seventeenth, the oldest of all only behind kSessionsMax.
  std::string begin(const std::string& account, Instant now, crypto::Random& random);
  // nullptr: none, or it is over. What only looks on, as a live page does, is no sign of life.
  Session* find(const std::string& id, Instant now, bool looks_on);
  void end(const std::string& id) { rows_.erase(id); }
  void end_all_of(const std::string& account, const std::string& except = {});

  // How long an account or address has to wait before the next try; zero: not at all.
  [[nodiscard]] Duration wait_for(const std::string& account, const std::string& address,
                                  Instant now) const;
  void failed(const std::string& account, const std::string& address, Instant now);
  void succeeded(const std::string& account) { failures_.erase("account " + account); }

 private:
  struct Failures {
    int count = 0;
    Instant last;
  };
  void note_failure(const std::string& who, Instant now);
  std::map<std::string, Session> rows_;
  std::map<std::string, Failures> failures_;  // by "account NAME" and "address IP"; bounded
};

}  // namespace xianjie::node
