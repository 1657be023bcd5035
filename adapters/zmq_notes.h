// What the links refused, counted, for counters and the audit log: a token and whom it concerned
// (an office or an address), never a frame's content. Bounded: a flood of refusals fills a
// counter, not the memory. Thread-safe, for the ZAP thread writes too.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/time.h"

namespace xianjie::adapters {

struct LinkNote {
  std::string what;     // "zap_unknown_key", "oversize", "several_parts", "handshake_auth" …
  std::string subject;  // office or address; "" where not known
  std::uint64_t count = 0;
};

class LinkNotes {
 public:
  static constexpr std::size_t kSubjectsMax = 256;

  void add(std::string_view what, std::string_view subject, std::uint64_t count = 1) {
    const std::lock_guard lock(mutex_);
    totals_[std::string(what)] += count;
    std::pair<std::string, std::string> key(what, subject);
    if (fresh_.size() >= kSubjectsMax && !fresh_.contains(key)) key.second = "others";
    fresh_[std::move(key)] += count;
  }
  // What was noted since the last call.
  std::vector<LinkNote> take() {
    const std::lock_guard lock(mutex_);
    std::vector<LinkNote> out;
    for (const auto& [key, count] : fresh_) out.push_back({key.first, key.second, count});
    fresh_.clear();
    return out;
  }
  void clear() {
    const std::lock_guard lock(mutex_);
    fresh_.clear();
    totals_.clear();
  }
  [[nodiscard]] std::uint64_t total(std::string_view what) const {
    const std::lock_guard lock(mutex_);
    const auto found = totals_.find(std::string(what));
    return found == totals_.end() ? 0 : found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::uint64_t> fresh_;
  std::map<std::string, std::uint64_t> totals_;
};

}  // namespace xianjie::adapters
