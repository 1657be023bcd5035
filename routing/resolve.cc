#include "routing/resolve.h"

#include "routing/address.h"
#include "routing/codes.h"

namespace xianjie::routing {
namespace {

using Answer = std::expected<Resolution, ResolveRefusal>;

std::unexpected<ResolveRefusal> refuse(std::string field, std::string reason) {
  return std::unexpected(ResolveRefusal{std::move(field), std::move(reason)});
}

std::string named(const CodeInfo& info) {
  return code_text(info.code) + " " + std::string(info.name);
}
std::string named(std::uint32_t code, const CodeChanges& changes = {}) {
  const auto info = changes.find(code);
  return info ? named(*info) : code_text(code);
}

// Whether a code without a row may be a township of the county that its digits name.
bool may_hold_townships(const CodeInfo& county) {
  if (county.status == CodeStatus::kAbolished) return county.level == CodeLevel::kCounty;
  if (county.level == CodeLevel::kCounty) return true;
  for (const std::uint32_t child : children_of(county.code))
    if (child / 1'000 == county.code) return true;  // city and county under one code
  return false;
}

// The address, where it is unambiguous, lies in the desk's province and says more than the desk
// does.
std::uint32_t closer_address(const std::string& address, std::uint32_t desk) {
  const AddressMatch match = match_address(address);
  if (match.code == 0 || !match.candidates.empty()) return 0;
  if (province_of(match.code) != province_of(desk)) return 0;
  for (std::uint32_t at = desk; at != 0; at = parent_code(at))
    if (at == match.code) return 0;
  return match.code;
}

// An abolished code without a successor that counts: the address in the same province, else the
// desk.
Resolution weak(const CodeInfo& info, const std::string& address, std::vector<std::uint32_t> steps,
                const CodeChanges& changes) {
  Resolution out;
  const std::string why =
      info.divided ? " has been divided" : " is abolished and has no proved successor";
  if (const std::uint32_t code = closer_address(address, info.desk)) {
    out.code = code;
    out.confidence = Confidence::kAddress;
    out.rule = "code " + named(info) + why + ": the address, which lies in the same province";
  } else {
    out.code = info.desk;
    out.confidence = Confidence::kAmbiguous;
    out.rule = "code " + named(info) + why + ": the desk of " + named(info.desk, changes);
  }
  out.steps = std::move(steps);
  out.steps.push_back(out.code);
  return out;
}

Resolution from_known(const CodeInfo& info, const std::string& address,
                      const CodeChanges& changes) {
  Resolution out;
  out.steps = {info.code};
  if (info.status == CodeStatus::kAbolished) {
    if (info.successor == 0) return weak(info, address, out.steps, changes);
    out.code = info.successor;
    out.confidence = Confidence::kSuccessor;
    out.rule = "code " + named(info) + " became " + named(info.successor, changes) + " (" +
               std::string(info.evidence) + ")";
  } else {
    out.code = info.desk;
    out.confidence = Confidence::kExact;
    out.rule = "code " + named(info);
    if (info.desk == info.code) return out;
    out.rule += " is a statistical row: " + named(info.desk) + " covers it";
  }
  out.steps.push_back(out.code);
  return out;
}

Resolution from_unknown_township(std::uint32_t code, const CodeInfo& county,
                                 const std::string& address, const CodeChanges& changes) {
  if (county.status == CodeStatus::kAbolished && county.successor == 0)
    return weak(county, address, {code, county.code}, changes);
  Resolution out;
  out.code = county.desk;
  out.confidence = Confidence::kAmbiguous;
  out.rule = "township " + code_text(code) + " is unknown: the desk of " + named(county.desk);
  out.steps = {code};
  if (county.code != county.desk) out.steps.push_back(county.code);
  out.steps.push_back(county.desk);
  return out;
}

Answer from_code(const ResolveInput& input, const CodeChanges& changes) {
  const auto code = parse_code(input.code);
  if (!code) return refuse("registration_code", "malformed: a code has 6, 9 or 12 digits");
  if (*code == 0) return refuse("registration_code", "unknown_code: 000000 names no place");
  if (const auto info = changes.find(*code)) return from_known(*info, input.address, changes);
  if (*code >= kTownshipMin) {
    const auto county = changes.find(*code / 1'000);
    if (county && may_hold_townships(*county))
      return from_unknown_township(*code, *county, input.address, changes);
  }
  return refuse("registration_code",
                "unknown_code: " + code_text(*code) + " is not and was not a code");
}

Answer from_address(const AddressMatch& match) {
  if (match.provinces.size() > 1) {
    std::string places;
    for (const std::uint32_t code : match.candidates)
      places += (places.empty() ? "" : ", ") + named(code);
    return refuse("registration_address", "several_places: the address fits " + places);
  }
  Resolution out;
  out.code = match.code;
  out.steps = {match.code};
  out.confidence = match.candidates.empty() ? Confidence::kAddress : Confidence::kAmbiguous;
  out.rule = match.candidates.empty() ? "address: " + named(match.code)
                                      : "address fits " + std::to_string(match.candidates.size()) +
                                            " places: the desk of " + named(match.code);
  return out;
}

Answer from_id_number(const std::string& id_number, const CodeChanges& changes) {
  const auto code =
      id_number.size() >= 6 ? parse_code(std::string_view(id_number).substr(0, 6)) : std::nullopt;
  const auto info = code && *code != 0 ? changes.find(*code) : std::nullopt;
  if (!info)
    return refuse("id_number", "unknown_code: the first six digits are not and were not a code");
  Resolution out = from_known(*info, "", changes);
  if (out.confidence != Confidence::kAmbiguous) out.confidence = Confidence::kIdPrefix;
  out.rule = "first six digits of the ID number: " + out.rule;
  return out;
}

bool blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

}  // namespace

std::expected<Resolution, ResolveRefusal> resolve(const ResolveInput& input,
                                                  const CodeChanges& changes) {
  if (!blank(input.code)) return from_code(input, changes);
  if (!blank(input.address)) {
    const AddressMatch match = match_address(input.address);
    if (match.code != 0 || match.provinces.size() > 1) return from_address(match);
  }
  if (!blank(input.id_number)) return from_id_number(input.id_number, changes);
  return refuse("registration_code",
                "missing: no code, no address that names a place, no ID number");
}

}  // namespace xianjie::routing
