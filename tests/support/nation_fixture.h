// A small nation for tests of the broker: offices under their parents, a key set each, and the
// directory snapshot that all of them share. Keys come from a seed made of the office and the key's
// number and are kept for the whole process, so that a fixture costs only its directory.
// Read next: samples.h for words and times.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker/snapshot.h"
#include "crypto/key_ring.h"
#include "schemas/directory.h"
#include "tests/support/samples.h"

namespace xianjie::tests {

struct OfficeLine {
  std::string id, parent;  // parent "" at the root
};

// Moments of one month that most tests stand at.
inline const Period kDecember{202612};
inline const WallTime kEarly = wall("2026-12-09T10:00:00+08:00"),  // nobody's gate is open
    kPrisonGate = wall("2026-12-10T09:00:00+08:00"),
                      kNow = wall("2026-12-11T10:00:00+08:00"),  // before the provinces' gate
    kProvinceGate = wall("2026-12-12T09:00:00+08:00");

// prison:610000-01 → prison-bureau:610000 → province:610000 → prefecture:610800 → county:610802 →
// township:610802001, with their neighbours: a second prison and township, police and
// population-police, and the second province 420000 with a county and a township.
std::vector<OfficeLine> default_chain();

inline const OfficeId kMinistry = office("ministry:000000"), kProvince = office("province:610000"),
                      kBureau = office("prison-bureau:610000"),
                      kPrison = office("prison:610000-01"),
                      kPopulationPolice = office("population-police:610000"),
                      kPrefecture = office("prefecture:610800"), kCounty = office("county:610802"),
                      kTownship = office("township:610802001"),
                      kSecondTownship = office("township:610802002"),
                      kOtherProvince = office("province:420000"),
                      kOtherTownship = office("township:429004001");

// The same keys for the same office and number, always.
const crypto::OfficeKeys& office_keys(OfficeId office, KeyId id = {1});

// Several of them, as key files would hold them; the highest is current until the broker looks.
crypto::KeyRing office_ring(OfficeId office, const std::vector<std::uint32_t>& numbers);

using Snapshot = std::shared_ptr<const broker::DirectorySnapshot>;
using DirectoryEdit = std::function<void(DirectoryContents&)>;

class Nation {
 public:
  explicit Nation(const std::vector<OfficeLine>& lines = default_chain());

  [[nodiscard]] const Snapshot& snapshot() const { return snapshot_; }
  // A later version of the directory, with something changed in it; the nation itself stays.
  [[nodiscard]] Snapshot changed(const DirectoryEdit& edit, WallTime at = {}) const;
  [[nodiscard]] const DirectoryContents& contents() const { return contents_; }

 private:
  DirectoryContents contents_;
  Snapshot snapshot_;
};

// The entry of an office inside a DirectoryEdit; XJ_CHECKs that it exists.
OfficeRecord& record_of(DirectoryContents& contents, OfficeId office);

}  // namespace xianjie::tests
