// The directory file: signatures around a body, the body's columns, and the sense of its tree.
#include "routing/directory.h"

#include <algorithm>

#include "crypto/statement.h"
#include "routing/route.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace xianjie;

DirectoryContents contents_of(const DirectoryFile& file) {
  DirectoryContents contents{file.header(), {}};
  for (std::size_t k = 0; k < file.size(); ++k) contents.offices.push_back(file.record(k));
  return contents;
}

void walk(const routing::Directory& directory) {
  const std::vector<OfficeId> all = directory.all();
  XJ_CHECK(all.size() == directory.size());
  const OfficeId last = all.back();
  for (const OfficeId office : all) {
    const auto record = directory.find(office);
    XJ_CHECK(record && record->parent == directory.parent(office));
    for (const OfficeId neighbour : directory.neighbours(office)) {
      XJ_CHECK(directory.are_neighbours(office, neighbour));
      XJ_CHECK(directory.dials(office, neighbour) != directory.dials(neighbour, office));
    }
    for (const std::uint32_t code : record->codes) XJ_CHECK(directory.owner_of(code) == office);
    for (const OfficeKeySet& key : record->keys) {
      XJ_CHECK(directory.find_link_key(key.link) == std::pair(office, key.id));
      XJ_CHECK(directory.key(office, key.id).has_value());
    }
    if (const auto path = routing::path(directory, office, last); path && path->size() > 1) {
      XJ_CHECK(path->front() == office && path->back() == last && path->size() <= kHopsMax + 1);
      for (std::size_t k = 1; k < path->size(); ++k)
        XJ_CHECK(directory.are_neighbours((*path)[k - 1], (*path)[k]));
    }
  }
  routing::office_for_code(directory, 610802001);
  routing::population_police_for(directory, 610802001);
  directory.write_digest_input([](ByteView) {});
}

bool same_file(const SignedDirectory& a, const SignedDirectory& b) {
  return a.body == b.body &&
         std::ranges::equal(a.signatures, b.signatures, [](const auto& one, const auto& other) {
           return one.key == other.key && one.signature == other.signature;
         });
}

void open_body(ByteView body) {
  const auto file = DirectoryFile::open(to_bytes(body));
  if (!file) return;
  fuzz::note_accepted();
  const Bytes again = encode_directory_body(contents_of(*file));
  const auto second = DirectoryFile::open(again);
  XJ_CHECK(second.has_value());
  XJ_CHECK(encode_directory_body(contents_of(*second)) == again);
  const auto directory = routing::Directory::open(*file);
  XJ_CHECK(directory.has_value() == routing::Directory::open(*second).has_value());
  if (directory) walk(*directory);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  open_body(input);
  if (const auto file = fuzz::round_trip(input, decode_signed_directory, same_file)) {
    const std::vector<PublicKey> holders(1);
    XJ_CHECK(!crypto::verify_directory(*file, holders, 1));  // nobody holds the key of zeros
    open_body(file->body);
  }
  return 0;
}
