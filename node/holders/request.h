// What an office hands in to stand in the directory: itself, its place, its public keys and how it
// is reached. A text that two people can read to each other by its fingerprint; signed with the new
// signing key (whoever wrote it has it), then approved by the office above, or by the office's own
// earlier key. No private key is in it.
//
//   xianjie-request 1
//   office township:610802001
//   name 某某司法所
//   parent county:610802                        absent at the root
//   lateral population-police:610000            any number
//   key 2
//   signing <64 hex digits>                     and sealing, link
//   from 2026-12-01T00:00:00+08:00
//   until 2028-12-01T00:00:00+08:00             absent: open
//   channel vpn tcp://10.1.2.3:7901 wg0 10.0.0.0/8,10.1.0.0/16 -    class endpoint interface
//   networks attested;
//                                               "-": none; the attestation is the rest of the line
//   signature <128 hex digits>                  over "XJ1/request" ‖ H(all lines above)
//   approved county:610802 1 <128 hex digits>   office, its key id; over "XJ1/approval" ‖ H(all
//   above)
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/keys.h"
#include "routing/directory.h"
#include "schemas/directory.h"

namespace xianjie::node::holders {

struct Approval {
  OfficeId by;
  KeyId key;
  Signature signature{};
};
struct Request {
  OfficeRecord office;  // with the one key set; codes are the holders' to give
  Hash fingerprint{};   // of everything through `signature`
  std::optional<Approval> approval;
};

inline constexpr std::size_t kRequestBytesMax = 16 * 1024;

// `office` as wanted; its keys are replaced by those of `keys`.
std::string make_request(OfficeRecord office, const crypto::OfficeKeys& keys, WallTime from,
                         WallTime until = {});
// kRefused with the line that is wrong; the signature is verified, the approval is not.
Result<Request> read_request(std::string_view text);
// All requests of a text that may hold many, one after the other.
Result<std::vector<std::string>> split_requests(std::string_view text);
// The request with this office's approval under it. Refuses one that is approved already, and an
// approver who is neither the parent nor the office itself.
Result<std::string> approve_request(std::string_view text, const crypto::OfficeKeys& approver);
// By the parent, or by an earlier key of the office itself, as `directory` has their keys at `now`;
// offices that are new themselves are looked up in `others`. A root needs none.
Result<> check_approval(std::string_view text, const routing::Directory* directory,
                        const std::vector<Request>& others, WallTime now);

// "class=vpn,endpoint=tcp://…,interface=wg0,network=10.0.0.0/8,attested=…" as given on a command
// line; `network` any number of times.
Result<Channel> parse_channel(std::string_view text);

}  // namespace xianjie::node::holders
