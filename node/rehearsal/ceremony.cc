#include "node/rehearsal/ceremony.h"

#include <algorithm>

#include "broker/directory_sync.h"
#include "crypto/statement.h"
#include "crypto/trust.h"
#include "node/holders/draft.h"
#include "node/holders/request.h"

namespace xianjie::node::rehearsal {
namespace {

constexpr std::size_t kHolders = 3, kSigning = 2;
// A play may go on for longer than the 30 days of a real list.
constexpr Duration kListLifetime = days(60);

std::vector<crypto::SigningPair> holder_pairs(std::size_t count, crypto::Random& random) {
  std::vector<crypto::SigningPair> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(crypto::SigningPair::generate(random));
  return out;
}

RoleKeys role_of_pairs(const std::vector<crypto::SigningPair>& pairs, std::size_t threshold) {
  RoleKeys out;
  out.threshold = static_cast<std::uint8_t>(threshold);
  for (const crypto::SigningPair& pair : pairs) out.keys.push_back(pair.public_key);
  return out;
}

SignedDirectory signed_by(Bytes body, const std::vector<crypto::SigningPair>& pairs) {
  SignedDirectory out{std::move(body), {}};
  for (std::size_t i = 0; i < kSigning; ++i)
    out.signatures.push_back(crypto::sign_directory(out.body, pairs[i]));
  return out;
}

// The list of offices out of requests: each written by its office, approved by the one above.
Result<Bytes> list_of_requests(const std::vector<OfficeRecord>& offices,
                               const std::vector<crypto::OfficeKeys>& keys, WallTime made) {
  std::vector<std::string> texts;
  std::vector<holders::Request> requests;
  for (std::size_t i = 0; i < offices.size(); ++i) {
    std::string text = holders::make_request(offices[i], keys[i], made - days(29));
    const auto parent = std::ranges::find(offices, offices[i].parent, &OfficeRecord::id);
    if (parent != offices.end()) {
      XJ_TRY(text, holders::approve_request(
                       text, keys[static_cast<std::size_t>(parent - offices.begin())]));
    }
    XJ_TRY(requests.emplace_back(), holders::read_request(text));
    texts.push_back(std::move(text));
  }
  DirectoryContents draft;
  draft.header.version = 1;
  draft.header.rehearsal = true;
  draft.header.created = made;
  draft.header.valid_until = made + kListLifetime;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    XJ_TRY_VOID(holders::check_approval(texts[i], nullptr, requests, made));
    XJ_TRY_VOID(holders::add(draft, requests[i]));
    draft.offices.back().codes = offices[i].codes;  // a nation file may give others than the name's
  }
  return holders::finish(draft);
}

}  // namespace

Result<Ceremony> hold_ceremony(const std::vector<OfficeRecord>& offices,
                               const std::vector<crypto::OfficeKeys>& keys, WallTime start,
                               crypto::Random& random) {
  const WallTime made = start - days(1);
  const auto root_holders = holder_pairs(kHolders, random);
  const auto list_holders = holder_pairs(kHolders, random);
  Ceremony out{{}, crypto::SigningPair::generate(random)};
  holders::RootEdit edit;
  edit.rehearsal = true;
  edit.roles = {role_of_pairs(root_holders, kSigning), role_of_pairs(list_holders, kSigning),
                RoleKeys{1, {out.timestamp_key.public_key}}, role_of_pairs(root_holders, 1)};
  XJ_TRY(const RootBody root, holders::next_root(std::nullopt, edit, made));
  DirectoryBundle news;
  news.roots = {signed_by(encode_root_body(root), root_holders)};
  XJ_TRY(Bytes list, list_of_requests(offices, keys, made));
  news.snapshot = signed_by(std::move(list), list_holders);
  XJ_TRY(auto trust, crypto::Trust::open(news, crypto::fingerprint(news.roots.front())));
  XJ_TRY(auto sync, broker::DirectorySync::open(std::move(trust)));
  DirectoryBundle stamped;
  stamped.timestamp = sync.make_timestamp(out.timestamp_key, start);
  const auto taken = sync.import(stamped, Now{});
  if (!taken.refused.empty()) return refused(taken.refused.front());
  out.bundle = sync.trust().bundle();
  return out;
}

}  // namespace xianjie::node::rehearsal
