#include "routing/route.h"

#include <algorithm>

#include "routing/codes.h"
#include "schemas/limits.h"

namespace xianjie::routing {
namespace {

// From the office up to the root, both included.
std::vector<OfficeId> chain_to_root(const Directory& directory, OfficeId office) {
  std::vector<OfficeId> chain;
  for (; office.is_set(); office = directory.parent(office)) chain.push_back(office);
  return chain;
}

bool is_province(OfficeId office) {
  return office.type() == OfficeType::kProvince;
}

// The two chains below their common part: `up` ends below the common ancestor, `down` begins there.
std::vector<OfficeId> join(std::vector<OfficeId> up, OfficeId ancestor,
                           std::vector<OfficeId> down) {
  const auto last_before = std::ranges::find_if(up, is_province);
  const auto first_after = std::ranges::find_if(down.rbegin(), down.rend(), is_province);
  if (last_before != up.end() && first_after != down.rend()) {
    up.erase(last_before + 1, up.end());
    down.erase(down.begin(), first_after.base() - 1);
  } else {
    up.push_back(ancestor);
  }
  up.insert(up.end(), down.begin(), down.end());
  return up;
}

}  // namespace

OfficeId office_for_code(const Directory& directory, std::uint32_t code) {
  // A table is a few levels deep; the bound only guards against a table that runs in a circle.
  for (int level = 0; level < 16; ++level) {
    if (const OfficeId owner = directory.owner_of(code); owner.is_set()) return owner;
    if (code == 0) return {};
    code = directory.code_changes().parent(code);
  }
  return {};
}

Result<std::vector<OfficeId>> path(const Directory& directory, OfficeId from, OfficeId to) {
  for (const OfficeId end : {from, to})
    if (!directory.contains(end))
      return fail(ErrorCode::kNotFound, "no office " + to_text(end) + " in the directory");
  if (from == to) return std::vector{from};
  if (directory.are_neighbours(from, to)) return std::vector{from, to};

  std::vector<OfficeId> up = chain_to_root(directory, from);
  std::vector<OfficeId> down = chain_to_root(directory, to);
  OfficeId ancestor;
  while (!up.empty() && !down.empty() && up.back() == down.back()) {
    ancestor = up.back();
    up.pop_back();
    down.pop_back();
  }
  std::ranges::reverse(down);
  std::vector<OfficeId> result = join(std::move(up), ancestor, std::move(down));
  if (result.size() - 1 > kHopsMax)
    return refused("from " + to_text(from) + " to " + to_text(to) + " is " +
                   std::to_string(result.size() - 1) + " hops, more than " +
                   std::to_string(kHopsMax));
  return result;
}

Result<OfficeId> next_hop(const Directory& directory, OfficeId from, OfficeId to) {
  XJ_TRY(const std::vector<OfficeId> offices, path(directory, from, to));
  if (offices.size() < 2)
    return refused("from " + to_text(from) + " to itself there is no next hop");
  return offices[1];
}

bool is_in_subtree(const Directory& directory, OfficeId office, OfficeId root) {
  for (OfficeId at = office; at.is_set(); at = directory.parent(at))
    if (at == root) return true;
  return false;
}

bool written_before_change(const Directory& directory, const Header& header) {
  constexpr Duration kChangeSettles = days(30);
  const std::uint64_t version = directory.header().version;
  const WallTime changed = directory.last_change();
  return header.directory_version < version ||
         (header.directory_version == version && changed.is_set() &&
          header.created < changed + kChangeSettles);
}

OfficeId population_police_for(const Directory& directory, std::uint32_t code) {
  const std::uint32_t province = province_of(code);
  if (province == 0) return {};
  const auto office = OfficeId::make(OfficeType::kPopulationPolice, province);
  return office && directory.contains(*office) ? *office : OfficeId{};
}

}  // namespace xianjie::routing
