#include "broker/room.h"

#include <algorithm>

namespace xianjie::broker {
namespace {

constexpr std::uint64_t kSubmissionPercent = 80, kCustodyPercent = 90;

// Percent of the store that a quota's envelopes may take; the rest is rows, pages and slack.
constexpr std::array<std::uint64_t, static_cast<std::size_t>(Quota::kCount)> kPercent{0,  18, 18,
                                                                                      18, 14, 12};

}  // namespace

std::string_view quota_name(Quota quota) {
  switch (quota) {
    case Quota::kClimbing:
      return "climbing";
    case Quota::kDescending:
      return "descending";
    case Quota::kOrigin:
      return "origin";
    case Quota::kInbox:
      return "inbox";
    case Quota::kCopies:
      return "copies";
    default:
      return "none";
  }
}

std::uint64_t Room::limit(Quota quota) const {
  return store_bytes_ / 100 * kPercent[index(quota)];
}

std::optional<std::string> Room::refuses_submission(std::uint64_t bytes) const {
  const std::uint64_t limit_now = limit(Quota::kOrigin) / 100 * kSubmissionPercent;
  if (used(Quota::kOrigin) + bytes <= limit_now) return std::nullopt;
  return "origin_room: " + std::to_string(used(Quota::kOrigin)) + " of " +
         std::to_string(limit_now) +
         " bytes wait for their receipts; hand in again when some have come";
}

std::optional<std::string> Room::refuses_custody(Quota quota, OfficeId next, std::uint64_t bytes,
                                                 std::size_t neighbours) const {
  const std::uint64_t limit_now = limit(quota) / 100 * kCustodyPercent;
  const std::string name(quota_name(quota));
  if (used(quota) + bytes > limit_now)
    return name + "_room: " + std::to_string(used(quota)) + " of " + std::to_string(limit_now) +
           " bytes used";
  if (!next.is_set()) return std::nullopt;
  const std::uint64_t share =
      std::max(limit_now / 4, limit_now / std::max<std::uint64_t>(neighbours, 1));
  const auto found = shares_.find({quota, next});
  const std::uint64_t taken = found == shares_.end() ? 0 : found->second;
  // One that is larger than a share by itself passes while the others keep within it.
  if (bytes > share ? taken > share : taken + bytes > share)
    return name + "_share: the queue to " + to_text(next) + " holds " + std::to_string(taken) +
           " of " + std::to_string(share) + " bytes";
  return std::nullopt;
}

void Room::add(Quota quota, OfficeId next, std::uint64_t bytes) {
  used_[index(quota)] += bytes;
  if (next.is_set()) shares_[{quota, next}] += bytes;
}

void Room::remove(Quota quota, OfficeId next, std::uint64_t bytes) {
  used_[index(quota)] -= std::min(used_[index(quota)], bytes);
  const auto found = shares_.find({quota, next});
  if (found == shares_.end()) return;
  found->second -= std::min(found->second, bytes);
  if (found->second == 0) shares_.erase(found);
}

void Room::write(Encoder& out) const {
  for (const std::uint64_t bytes : used_) out.u64(bytes);
}
void Room::read(Decoder& in) {
  for (std::uint64_t& bytes : used_) bytes = in.u64();
}

}  // namespace xianjie::broker
