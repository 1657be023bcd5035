// What holders sign and offices pass on: bundles with roots, timestamps, denials and deltas; and
// the requests that joining offices write.
#include "crypto/trust.h"

#include <algorithm>

#include "node/holders/draft.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace xianjie;

void try_bundle(ByteView bytes) {
  const auto bundle = decode_directory_bundle(bytes);
  if (!bundle) {
    XJ_CHECK(!bundle.error().text.empty());
    return;
  }
  fuzz::note_accepted();
  const auto again = decode_directory_bundle(encode(*bundle));
  XJ_CHECK(again && encode(*again) == encode(*bundle));
  if (bundle->roots.empty()) return;
  auto trust = crypto::Trust::open(*bundle, crypto::fingerprint(bundle->roots.front()));
  if (!trust) return;
  const crypto::Trust before = *trust;
  // What is known already changes nothing; what is refused neither.
  const auto change = trust->take(*bundle);
  XJ_CHECK(!change.root && !change.denials);
  XJ_CHECK(trust->root().version >= before.root().version);
  XJ_CHECK(trust->snapshot_version() >= before.snapshot_version());
  for (const DirectoryDelta& delta : bundle->deltas)
    if (trust->has_snapshot()) (void)apply_delta(trust->snapshot_body(), delta);
}

void try_request(std::string_view text) {
  const auto request = node::holders::read_request(text);
  if (!request) {
    XJ_CHECK(!request.error().text.empty());
    return;
  }
  fuzz::note_accepted();
  XJ_CHECK(request->office.keys.size() == 1 && request->office.id.is_set());
  DirectoryContents draft;
  draft.header.version = 1;
  draft.header.created = WallTime{1};
  (void)node::holders::add(draft, *request);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes{data, size};
  try_bundle(bytes);
  try_request(as_text(bytes));
  if (const auto root = decode_root_body(bytes))
    XJ_CHECK(decode_root_body(encode_root_body(*root)).has_value());
  if (const auto stamp = decode_timestamp_body(bytes))
    XJ_CHECK(decode_timestamp_body(encode_timestamp_body(*stamp)).has_value());
  if (const auto denial = decode_denial_body(bytes))
    XJ_CHECK(decode_denial_body(encode_denial_body(*denial)).has_value());
  return 0;
}
