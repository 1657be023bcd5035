#include "routing/chain.h"

#include <algorithm>

namespace xianjie::routing {
namespace {

bool is_justice_office_below(OfficeId office) {
  return office.type() == OfficeType::kPrefecture || office.type() == OfficeType::kCounty ||
         office.type() == OfficeType::kTownship;
}

}  // namespace

bool gives_in_chain(const Directory& directory, OfficeId giver, OfficeId taker) {
  switch (giver.type()) {
    case OfficeType::kPrison:
    case OfficeType::kDetentionHouse:
    case OfficeType::kPrisonBureau:
    case OfficeType::kPolice:
      return directory.parent(giver) == taker;
    case OfficeType::kProvince:
      if (taker.type() == OfficeType::kProvince) return true;
      return directory.parent(taker) == giver &&
             (is_justice_office_below(taker) || taker.type() == OfficeType::kPopulationPolice);
    case OfficeType::kPrefecture:
    case OfficeType::kCounty:
      return directory.parent(taker) == giver && is_justice_office_below(taker);
    default:
      return false;
  }
}

std::vector<OfficeId> chain_givers(const Directory& directory, OfficeId taker, WallTime at) {
  std::vector<OfficeId> out = directory.neighbours(taker);
  std::erase_if(out, [&](OfficeId giver) {
    return !gives_in_chain(directory, giver, taker) || !directory.newest_key(giver, at);
  });
  return out;
}

}  // namespace xianjie::routing
