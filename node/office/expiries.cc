#include "node/office/expiries.h"

#include <array>

namespace xianjie::node {
namespace {

struct ExpiryRow {
  std::string_view what;
  std::array<Duration, 4> warn;  // so long before; falling
  std::string_view means, means_zh, who_acts, who_acts_zh;
};

constexpr ExpiryRow kRootRow{
    "root",
    {days(60), days(30), days(14), days(3)},
    "gates stay shut",
    "放行时点不开放",
    "the root's holders: `xianjie directory init --previous`, sign, publish",
    "根的保管人：`xianjie directory init --previous`，签名后发布"};
constexpr ExpiryRow kSnapshotRow{
    "snapshot",
    {days(14), days(7), days(3), days(1)},
    "custody goes on, nothing is forwarded",
    "继续保管，停止转发",
    "the directory's holders: `xianjie directory refresh`, sign, publish",
    "机构目录保管人：`xianjie directory refresh`，签名后发布"};
constexpr ExpiryRow kTimestampRow{
    "timestamp",
    {minutes(18 * 60), minutes(12 * 60), minutes(6 * 60), minutes(60)},
    "gates stay shut",
    "放行时点不开放",
    "the root office's operator: its daemon signs one every hour; or the links to it are down",
    "根单位运维员：其守护进程每小时签发一次；或检查通往根单位的链路"};
constexpr ExpiryRow kKeyRow{
    "key",
    {days(60), days(30), days(14), days(3)},
    "nothing can be signed or sealed for this office",
    "无法再为本单位签名或加密",
    "this office's operator: `xianjie keys rotate`, then the holders publish it",
    "本单位运维员：`xianjie keys rotate`，再由保管人发布"};

Expiry expiry_of(const ExpiryRow& row, std::string detail, WallTime until, WallTime now) {
  Expiry out{std::string(row.what),
             std::move(detail),
             until,
             0,
             false,
             std::string(row.means),
             std::string(row.means_zh),
             std::string(row.who_acts),
             std::string(row.who_acts_zh)};
  out.over = !until.is_set() || until <= now;
  for (const Duration before : row.warn)
    if (out.over || until - now <= before) ++out.stage;
  if (out.over) ++out.stage;
  return out;
}

}  // namespace

std::vector<Expiry> expiries(const crypto::Trust& trust, const routing::Directory& directory,
                             OfficeId self, WallTime now) {
  const auto version = [](std::uint64_t number) { return "version " + std::to_string(number); };
  std::vector<Expiry> out;
  out.push_back(expiry_of(kRootRow, version(trust.root().version), trust.root().expires, now));
  const WallTime until = directory.header().valid_until;
  if (trust.snapshot_version() == 0)
    out.push_back(expiry_of(kSnapshotRow, "signed by nobody who may", {}, now));
  else if (until.is_set())
    out.push_back(expiry_of(kSnapshotRow, version(trust.snapshot_version()), until, now));
  out.push_back(expiry_of(kTimestampRow,
                          trust.timestamp() ? version(trust.timestamp()->version) : "none",
                          trust.fresh_until(), now));
  if (const auto key = directory.newest_key(self, now); key && key->valid_until.is_set())
    out.push_back(
        expiry_of(kKeyRow, "key " + std::to_string(key->id.number), key->valid_until, now));
  return out;
}

std::string time_left(WallTime until, WallTime now) {
  if (!until.is_set() || until <= now) return "over";
  const std::int64_t left = (until - now).ms / 60'000;
  const std::int64_t hours = left / 60;
  if (hours >= 48) return std::to_string(hours / 24) + " d " + std::to_string(hours % 24) + " h";
  return std::to_string(hours) + " h " + std::to_string(left % 60) + " min";
}

std::string warning(const Expiry& expiry, WallTime now) {
  const std::string what = expiry.what + " (" + expiry.detail + ")";
  const std::string when =
      expiry.over ? what + " is over: " + expiry.means
                  : what + " ends in " + time_left(expiry.until, now) + ", then " + expiry.means;
  return "expires: " + when + "; who acts: " + expiry.who_acts;
}

}  // namespace xianjie::node
