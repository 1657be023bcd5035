#include "schemas/directory_changes.h"

#include <algorithm>

#include "directory_generated.h"
#include "schemas/codec.h"
#include "schemas/limits.h"
#include "schemas/text.h"

namespace xianjie {
inline namespace schemas {
namespace {

constexpr std::size_t kSuccessorsMax = 64;
constexpr std::size_t kChangeTextMax = 256;  // bytes
constexpr std::size_t kCodeChangesMax = 4000;
constexpr std::int32_t kChangeDayMax = 2'932'896;  // 9999-12-31

bool good_change_text(const flatbuffers::String* text) {
  const std::string_view seen = text_view(text);
  return seen.size() <= kChangeTextMax && is_utf8(seen) &&
         std::ranges::none_of(seen, [](char c) { return c >= 0 && c < ' '; });
}

Result<OfficeChange> take_office_change(const fbs::OfficeChange& from) {
  OfficeChange to;
  const auto office = OfficeId::from_value(from.office());
  const auto other = OfficeId::from_value(from.other());
  if (!office || (from.other() != 0 && (!other || *other == *office)))
    return corrupt("directory: a change of an unknown office");
  const std::string name = to_text(*office);
  if (from.what() < 1 || from.what() > static_cast<std::uint8_t>(OfficeChange::What::kCode))
    return corrupt("directory: a change of " + name + " of an unknown sort");
  to = {*office,
        {from.effective()},
        static_cast<OfficeChange::What>(from.what()),
        other.value_or(OfficeId{}),
        from.code()};
  if (!to.effective.is_set() || !in_range(to.effective))
    return corrupt("directory: a change of " + name + " without a date");
  const bool closes = to.what == OfficeChange::What::kClose;
  const bool gives_code = to.what == OfficeChange::What::kCode;
  if (closes == to.other.is_set() || gives_code == (to.code == 0) ||
      (gives_code && !is_directory_code(to.code)))
    return corrupt("directory: a change of " + name + " contradicts itself");
  return to;
}

Result<CodeChange> take_code_change(const fbs::CodeChange& from) {
  CodeChange to;
  to.code = from.code();
  const std::string name = "directory: the change of code " + std::to_string(to.code);
  if (to.code == 0 || !is_directory_code(to.code)) return corrupt(name + ": no such code");
  if (!good_change_text(from.name()) || !good_change_text(from.source()))
    return corrupt(name + ": its name or source is no text");
  if (from.from() < 0 || from.to() < 0 || from.from() > kChangeDayMax ||
      from.to() > kChangeDayMax || (from.to() != 0 && from.to() <= from.from()))
    return corrupt(name + ": its dates contradict each other");
  to.name = text_view(from.name());
  to.source = text_view(from.source());
  to.from = Date::from_days(from.from());
  to.to = Date::from_days(from.to());
  if (length(from.successors()) > kSuccessorsMax) return corrupt(name + ": too many successors");
  for (std::uint32_t k = 0; k < length(from.successors()); ++k) {
    const std::uint32_t code = from.successors()->Get(k);
    if (code == 0 || code == to.code || !is_directory_code(code))
      return corrupt(name + ": a successor that is none");
    to.successors.push_back(code);
  }
  return to;
}

}  // namespace

bool is_directory_code(std::uint32_t code) {
  return code == 0 || (code >= 100'000 && code <= 999'999) ||
         (code >= 100'000'000 && code <= 999'999'999);
}

Result<Revocations> take_revocations(const fbs::DirectoryBody& body) {
  Revocations out;
  if (!elements_aligned(body.revocations(), 8)) return corrupt("directory: a column is misplaced");
  for (std::uint32_t k = 0; k < length(body.revocations()); ++k) {
    const fbs::Revocation* from = body.revocations()->Get(k);
    const auto office = OfficeId::from_value(from->office());
    const WallTime at{from->at()};
    if (!office || from->key() == 0 || !at.is_set() || !in_range(at))
      return corrupt("directory: a revocation of nothing");
    const std::pair<OfficeId, KeyId> key{*office, {from->key()}};
    if (!out.empty() && !(out.rbegin()->first < key))
      return corrupt("directory: revocations out of order");
    out.emplace_hint(out.end(), key, at);
  }
  return out;
}

Result<std::vector<OfficeChange>> take_office_changes(const fbs::DirectoryBody& body) {
  std::vector<OfficeChange> out;
  if (length(body.changes()) > kOfficesMax) return corrupt("directory: too many changes");
  if (!elements_aligned(body.changes(), 8)) return corrupt("directory: a column is misplaced");
  for (std::uint32_t k = 0; k < length(body.changes()); ++k) {
    XJ_TRY(const OfficeChange one, take_office_change(*body.changes()->Get(k)));
    if (!out.empty() &&
        std::pair{one.effective, one.office} < std::pair{out.back().effective, out.back().office})
      return corrupt("directory: changes out of order");
    out.push_back(one);
  }
  return out;
}

Result<std::vector<CodeChange>> take_code_changes(const fbs::DirectoryBody& body) {
  std::vector<CodeChange> out;
  if (length(body.code_changes()) > kCodeChangesMax)
    return corrupt("directory: too many code changes");
  for (std::uint32_t k = 0; k < length(body.code_changes()); ++k) {
    XJ_TRY(CodeChange one, take_code_change(*body.code_changes()->Get(k)));
    if (!out.empty() && one.code <= out.back().code)
      return corrupt("directory: code changes out of order");
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace schemas
}  // namespace xianjie
