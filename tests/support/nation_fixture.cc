#include "tests/support/nation_fixture.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "tests/support/seeded_random.h"

namespace xianjie::tests {
namespace {

Snapshot open_snapshot(const DirectoryContents& contents, WallTime at = {}) {
  auto file = DirectoryFile::open(encode_directory_body(contents));
  XJ_CHECK(file.has_value());
  auto directory = routing::Directory::open(std::move(*file), {}, at);
  XJ_CHECK(directory.has_value());
  return broker::DirectorySnapshot::make(std::move(*directory));
}

}  // namespace

std::vector<OfficeLine> default_chain() {
  return {
      {"ministry:000000", ""},
      {"province:610000", "ministry:000000"},
      {"prison-bureau:610000", "province:610000"},
      {"prison:610000-01", "prison-bureau:610000"},
      {"prison:610000-02", "prison-bureau:610000"},
      {"police:610000", "province:610000"},
      {"population-police:610000", "province:610000"},
      {"prefecture:610800", "province:610000"},
      {"county:610802", "prefecture:610800"},
      {"township:610802001", "county:610802"},
      {"township:610802002", "county:610802"},
      {"province:420000", "ministry:000000"},
      {"county:429004", "province:420000"},
      {"township:429004001", "county:429004"},
  };
}

const crypto::OfficeKeys& office_keys(OfficeId office, KeyId id) {
  static std::mutex mutex;
  static std::map<std::pair<OfficeId, KeyId>, crypto::OfficeKeys> kept;
  const std::lock_guard lock(mutex);
  const auto found = kept.find({office, id});
  if (found != kept.end()) return found->second;
  SeededRandom random(office.value() * 1000 + id.number);
  return kept.emplace(std::pair(office, id), crypto::OfficeKeys::generate(office, id, random))
      .first->second;
}

crypto::KeyRing office_ring(OfficeId office, const std::vector<std::uint32_t>& numbers) {
  std::vector<crypto::OfficeKeys> sets;
  for (const std::uint32_t number : numbers) {
    const crypto::SecretBytes text = office_keys(office, {number}).serialise();
    auto keys = crypto::OfficeKeys::parse(as_text(text.view()));
    XJ_CHECK(keys.has_value());
    sets.push_back(std::move(*keys));
  }
  auto ring = crypto::KeyRing::make(std::move(sets));
  XJ_CHECK(ring.has_value());
  return std::move(*ring);
}

Nation::Nation(const std::vector<OfficeLine>& lines) {
  contents_.header.version = 1;
  contents_.header.rehearsal = true;
  contents_.header.created = wall("2026-01-01T00:00:00+08:00");
  contents_.header.valid_until = wall("2036-01-01T00:00:00+08:00");
  for (const OfficeLine& line : lines) {
    OfficeRecord record;
    record.id = office(line.id);
    record.name = "office " + line.id;
    if (!line.parent.empty()) record.parent = office(line.parent);
    if (office_type_row(record.id.type()).owns_code) record.codes = {record.id.code()};
    record.keys = {office_keys(record.id).public_set(contents_.header.created, WallTime{})};
    contents_.offices.push_back(std::move(record));
  }
  snapshot_ = open_snapshot(contents_);
}

Snapshot Nation::changed(const DirectoryEdit& edit, WallTime at) const {
  DirectoryContents contents = contents_;
  ++contents.header.version;
  edit(contents);
  return open_snapshot(contents, at);
}

OfficeRecord& record_of(DirectoryContents& contents, OfficeId office) {
  const auto found = std::ranges::find(contents.offices, office, &OfficeRecord::id);
  XJ_CHECK(found != contents.offices.end());
  return *found;
}

}  // namespace xianjie::tests
