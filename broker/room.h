// The byte ledger behind the quotas (DESIGN section 4, Room). Climbing and descending mail have
// quotas of their own, else two full neighbours would stand against each other for ever; no
// neighbour's queue may take more than max(1/4, 1/neighbours) of its quota, but for a single
// envelope that is larger by itself, one at a time. At 80 % new submissions
// are refused, at 90 % custody; the rest serves acknowledgements, deletes and receipts.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "schemas/bytes.h"
#include "schemas/ids.h"

namespace xianjie::broker {

enum class Quota : std::uint8_t {
  kNone = 0,
  kClimbing,
  kDescending,
  kOrigin,
  kInbox,
  kCopies,
  kCount
};
std::string_view quota_name(Quota quota);

class Room {
 public:
  explicit Room(std::uint64_t store_bytes) : store_bytes_(store_bytes) {}

  [[nodiscard]] std::uint64_t limit(Quota quota) const;  // bytes
  [[nodiscard]] std::uint64_t used(Quota quota) const { return used_[index(quota)]; }

  // Empty: there is room. Otherwise which limit stands against it, for the refusal.
  [[nodiscard]] std::optional<std::string> refuses_submission(std::uint64_t bytes) const;
  [[nodiscard]] std::optional<std::string> refuses_custody(Quota quota, OfficeId next,
                                                           std::uint64_t bytes,
                                                           std::size_t neighbours) const;

  void add(Quota quota, OfficeId next, std::uint64_t bytes);
  void remove(Quota quota, OfficeId next, std::uint64_t bytes);

  // The totals, for the counters row; the neighbours' shares are counted again from the queue.
  void write(Encoder& out) const;
  void read(Decoder& in);
  void restore_share(Quota quota, OfficeId next, std::uint64_t bytes) {
    shares_[{quota, next}] += bytes;
  }

 private:
  static std::size_t index(Quota quota) { return static_cast<std::size_t>(quota); }
  std::uint64_t store_bytes_;
  std::array<std::uint64_t, static_cast<std::size_t>(Quota::kCount)> used_{};
  std::map<std::pair<Quota, OfficeId>, std::uint64_t> shares_;
};

}  // namespace xianjie::broker
