// Deltas between two directories (schemas/trust.h): by whole office entries, so that what comes out
// is what the holders signed, byte by byte, or is refused by its hash.
#include <algorithm>
#include <map>

#include "schemas/trust.h"

namespace xianjie {
inline namespace schemas {
Result<DirectoryDelta> make_delta(ByteView base, ByteView next) {
  XJ_TRY(const auto before, DirectoryFile::open(to_bytes(base)));
  XJ_TRY(const auto after, DirectoryFile::open(to_bytes(next)));
  DirectoryDelta delta;
  DirectoryContents changed;
  changed.header = after.header();
  std::size_t old = 0;
  const auto drop_until = [&](OfficeId office) {
    for (; old < before.size() && before.id(old) < office; ++old)
      delta.removed.push_back(before.id(old));
  };
  for (std::size_t i = 0; i < after.size(); ++i) {
    drop_until(after.id(i));
    const bool known = old < before.size() && before.id(old) == after.id(i);
    OfficeRecord record = after.record(i);
    if (!known || before.record(old) != record) changed.offices.push_back(std::move(record));
    if (known) ++old;
  }
  for (; old < before.size(); ++old) delta.removed.push_back(before.id(old));
  // A body holds at least one office.
  if (changed.offices.empty()) changed.offices.push_back(after.record(0));
  delta.changed = encode_directory_body(changed);
  return delta;
}

Result<Bytes> apply_delta(ByteView base, const DirectoryDelta& delta) {
  XJ_TRY(const auto before, DirectoryFile::open(to_bytes(base)));
  XJ_TRY(const auto changed, DirectoryFile::open(delta.changed));
  std::map<OfficeId, std::size_t> replaced;
  for (std::size_t i = 0; i < changed.size(); ++i) replaced[changed.id(i)] = i;
  DirectoryContents out;
  out.header = changed.header();
  for (std::size_t i = 0; i < before.size(); ++i)
    if (!replaced.contains(before.id(i)) &&
        !std::ranges::binary_search(delta.removed, before.id(i)))
      out.offices.push_back(before.record(i));
  for (std::size_t i = 0; i < changed.size(); ++i) out.offices.push_back(changed.record(i));
  return encode_directory_body(out);
}

}  // namespace schemas
}  // namespace xianjie
