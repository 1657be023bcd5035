#include "node/web/sessions.h"

#include <algorithm>

namespace xianjie::node {
namespace {

constexpr std::size_t kFailuresKept = 10'000;

std::string random_hex(crypto::Random& random) {
  std::array<std::uint8_t, 32> bytes{};
  random.fill(bytes);
  return to_hex(bytes);
}

}  // namespace

std::string Sessions::begin(const std::string& account, Instant now, crypto::Random& random) {
  const auto of_others = [&](const auto& row) { return row.second.account != account; };
  const auto own = static_cast<std::size_t>(rows_.size()) -
                   static_cast<std::size_t>(std::ranges::count_if(rows_, of_others));
  if (own >= kSessionsOfAccountMax || rows_.size() >= kSessionsMax)
    rows_.erase(std::ranges::min_element(rows_, {}, [&](const auto& row) {
      return std::pair(own >= kSessionsOfAccountMax && of_others(row), row.second.used);
    }));
  std::string id = random_hex(random);
  rows_[id] = {account, random_hex(random), now, now};
  return id;
}

Session* Sessions::find(const std::string& id, Instant now, bool looks_on) {
  const auto found = rows_.find(id);
  if (found == rows_.end()) return nullptr;
  Session& session = found->second;
  if (now - session.began > kSessionLongest || now - session.used > kSessionIdle) {
    rows_.erase(found);
    return nullptr;
  }
  if (!looks_on) session.used = now;
  return &session;
}

void Sessions::end_all_of(const std::string& account, const std::string& except) {
  std::erase_if(
      rows_, [&](const auto& row) { return row.second.account == account && row.first != except; });
}

Duration Sessions::wait_for(const std::string& account, const std::string& address,
                            Instant now) const {
  Duration wait{0};
  const auto look = [&](const std::string& who, int max) {
    const auto found = failures_.find(who);
    if (found == failures_.end() || found->second.count < max) return;
    wait = std::max(wait, found->second.last + kLockOut - now);
  };
  look("account " + account, kFailuresMax);
  look("address " + address, kFailuresOfAddressMax);
  return wait;
}

void Sessions::note_failure(const std::string& who, Instant now) {
  if (failures_.size() >= kFailuresKept)
    std::erase_if(failures_, [&](const auto& row) { return now - row.second.last > kLockOut; });
  if (failures_.size() >= kFailuresKept && !failures_.contains(who))  // the locked go last
    failures_.erase(std::ranges::min_element(failures_, {}, [](const auto& row) {
      return std::pair(row.second.count, row.second.last);
    }));
  Failures& failures = failures_[who];
  if (now - failures.last > kLockOut) failures.count = 0;
  ++failures.count;
  failures.last = now;
}

void Sessions::failed(const std::string& account, const std::string& address, Instant now) {
  note_failure("account " + account, now);
  if (!address.empty()) note_failure("address " + address, now);
}

}  // namespace xianjie::node
