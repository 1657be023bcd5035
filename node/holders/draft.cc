#include "node/holders/draft.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "routing/directory.h"

namespace xianjie::node::holders {
namespace {

Result<OfficeRecord*> entry(DirectoryContents& draft, OfficeId office) {
  const auto found = std::ranges::find(draft.offices, office, &OfficeRecord::id);
  if (found == draft.offices.end())
    return fail(ErrorCode::kNotFound, to_text(office) + ": no such office in the directory");
  return &*found;
}

Result<> plan(DirectoryContents& draft, OfficeChange change) {
  XJ_TRY_VOID(entry(draft, change.office));
  if (change.other.is_set()) XJ_TRY_VOID(entry(draft, change.other));
  if (change.effective < draft.header.created)
    return refused(to_text(change.office) +
                   ": the change would lie in the past; offices have to "
                   "hear of it before");
  std::vector<OfficeChange>& all = draft.header.changes;
  for (const OfficeChange& other : all)
    if (other.office == change.office && other.what != OfficeChange::What::kMove &&
        other.what != OfficeChange::What::kCode)
      return refused(to_text(change.office) + ": ends already, at " + to_text(other.effective));
  all.push_back(change);
  std::ranges::stable_sort(all, [](const OfficeChange& a, const OfficeChange& b) {
    return std::tie(a.effective, a.office) < std::tie(b.effective, b.office);
  });
  return {};
}

// A code that its office owns by its very name.
std::vector<std::uint32_t> codes_of(OfficeId office) {
  if (!office_type_row(office.type()).owns_code) return {};
  return {office.type() == OfficeType::kMinistry ? 0 : office.code()};
}

std::vector<std::string> cells(std::string_view line) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"') {
      if (quoted && i + 1 < line.size() && line[i + 1] == '"') {
        out.back() += '"';
        ++i;
      } else {
        quoted = !quoted;
      }
    } else if (c == ',' && !quoted) {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

std::optional<std::uint32_t> code_in(std::string_view text) {
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (text.size() != 6 && text.size() != 9) return std::nullopt;
  return code;
}

Result<CodeChange> code_row(std::string_view line) {
  const auto row = cells(line);
  if (row.size() != 6)
    return refused("six columns expected: code, name, from, to, successors, source");
  CodeChange out;
  const auto code = code_in(row[0]);
  if (!code) return refused("code: 6 or 9 digits expected");
  out.code = *code;
  out.name = row[1];
  for (const auto& [text, into] : {std::pair{&row[2], &out.from}, std::pair{&row[3], &out.to}}) {
    if (text->empty()) continue;
    const auto date = parse_iso_date(*text);
    if (!date) return refused("\"" + *text + "\": a date such as 2026-01-01, or nothing");
    *into = *date;
  }
  std::string_view rest = row[4];
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view one = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (one.empty()) continue;
    const auto successor = code_in(one);
    if (!successor) return refused("successors: codes of 6 or 9 digits, separated by spaces");
    out.successors.push_back(*successor);
  }
  out.source = row[5];
  if (out.source.empty()) return refused("source: the document that says so is missing");
  if (!out.successors.empty() && out.to == Date{})
    return refused("to: a code with successors has an end");
  return out;
}

void compare(const OfficeRecord& before, const OfficeRecord& after, std::vector<std::string>& out) {
  const std::string name = to_text(after.id) + ": ";
  if (before.name != after.name) out.push_back(name + "name " + before.name + " → " + after.name);
  if (before.parent != after.parent)
    out.push_back(name + "parent " + to_text(before.parent) + " → " + to_text(after.parent));
  if (before.laterals != after.laterals) out.push_back(name + "laterals changed");
  if (before.codes != after.codes) out.push_back(name + "codes changed");
  if (before.channels != after.channels) out.push_back(name + "channels changed");
  std::map<KeyId, OfficeKeySet> known;
  for (const OfficeKeySet& key : before.keys) known[key.id] = key;
  for (const OfficeKeySet& key : after.keys) {
    const std::string number = name + "key " + std::to_string(key.id.number);
    const auto found = known.find(key.id);
    if (found == known.end()) {
      out.push_back(number + " added, from " + to_text(key.valid_from));
      continue;
    }
    if (key.revoked && !found->second.revoked)
      out.push_back(number + " revoked from " + to_text(key.revoked_at));
    else if (key != found->second)
      out.push_back(number + " changed");
    known.erase(found);
  }
  for (const auto& [id, key] : known)
    out.push_back(name + "key " + std::to_string(id.number) + " removed");
}

std::string change_text(const OfficeChange& change) {
  const std::string at = " at " + to_text(change.effective);
  switch (change.what) {
    case OfficeChange::What::kMove:
      return to_text(change.office) + ": moves under " + to_text(change.other) + at;
    case OfficeChange::What::kMerge:
      return to_text(change.office) + ": merges into " + to_text(change.other) + at;
    case OfficeChange::What::kClose:
      return to_text(change.office) + ": closes" + at;
    case OfficeChange::What::kCode:
      return to_text(change.office) + ": gives code " + std::to_string(change.code) + " to " +
             to_text(change.other) + at;
  }
  return "";
}

}  // namespace

Result<DirectoryContents> contents_of(ByteView body) {
  XJ_TRY(const auto file, DirectoryFile::open(to_bytes(body)));
  DirectoryContents out;
  out.header = file.header();
  out.offices.reserve(file.size());
  for (std::size_t i = 0; i < file.size(); ++i) out.offices.push_back(file.record(i));
  return out;
}

Result<DirectoryContents> next_draft(ByteView base, WallTime now, Duration lifetime) {
  XJ_TRY(auto out, contents_of(base));
  if (now <= out.header.created)
    return refused("the directory before was made at " + to_text(out.header.created) +
                   ", which is not in the past: is this machine's clock right?");
  ++out.header.version;
  out.header.created = now;
  out.header.valid_until = now + lifetime;
  return out;
}

Result<> add(DirectoryContents& draft, const Request& request) {
  const OfficeKeySet& key = request.office.keys[0];
  const std::string name = to_text(request.office.id);
  const auto found = std::ranges::find(draft.offices, request.office.id, &OfficeRecord::id);
  if (found == draft.offices.end()) {
    OfficeRecord record = request.office;
    record.codes = codes_of(record.id);
    draft.offices.push_back(std::move(record));
    return {};
  }
  if (request.office.parent != found->parent)
    return refused(name + ": stands under " + to_text(found->parent) +
                   "; `xianjie directory move` moves an office, a request does not");
  if (!found->keys.empty() && key.id <= found->keys.back().id)
    return refused(name + ": key " + std::to_string(key.id.number) + " is not newer than its key " +
                   std::to_string(found->keys.back().id.number));
  for (const OfficeKeySet& other : found->keys)
    if (other.signing == key.signing || other.sealing == key.sealing || other.link == key.link)
      return refused(name + ": a key of it comes again under another number");
  found->keys.push_back(key);
  found->name = request.office.name;
  if (!request.office.channels.empty()) found->channels = request.office.channels;
  return {};
}

Result<> move(DirectoryContents& draft, OfficeId office, OfficeId parent, WallTime at) {
  return plan(draft, {office, at, OfficeChange::What::kMove, parent, 0});
}
Result<> merge(DirectoryContents& draft, OfficeId office, OfficeId into, WallTime at) {
  return plan(draft, {office, at, OfficeChange::What::kMerge, into, 0});
}
Result<> close(DirectoryContents& draft, OfficeId office, WallTime at) {
  return plan(draft, {office, at, OfficeChange::What::kClose, {}, 0});
}

Result<> give_code(DirectoryContents& draft, std::uint32_t code, OfficeId to, WallTime at) {
  for (const OfficeRecord& record : draft.offices)
    if (std::ranges::find(record.codes, code) != record.codes.end())
      return plan(draft, {record.id, at, OfficeChange::What::kCode, to, code});
  return fail(ErrorCode::kNotFound, "code " + std::to_string(code) + ": no office owns it");
}

Result<> revoke(DirectoryContents& draft, OfficeId office, KeyId key, WallTime at) {
  XJ_TRY(OfficeRecord* const record, entry(draft, office));
  const auto found = std::ranges::find(record->keys, key, &OfficeKeySet::id);
  if (found == record->keys.end())
    return fail(ErrorCode::kNotFound,
                to_text(office) + ": has no key " + std::to_string(key.number));
  if (found->revoked && found->revoked_at <= at)
    return refused(to_text(office) + ": key " + std::to_string(key.number) +
                   " is revoked already, from " + to_text(found->revoked_at));
  found->revoked = true;
  found->revoked_at = at;
  return {};
}

Result<std::size_t> import_codes(DirectoryContents& draft, std::string_view csv) {
  if (csv.starts_with("\xef\xbb\xbf")) csv.remove_prefix(3);
  std::map<std::uint32_t, CodeChange> rows;
  for (CodeChange& one : draft.header.code_changes) rows[one.code] = std::move(one);
  std::size_t read = 0;
  for (std::size_t line = 1; !csv.empty(); ++line) {
    const std::size_t end = std::min(csv.find('\n'), csv.size());
    std::string_view one = csv.substr(0, end);
    csv.remove_prefix(std::min(end + 1, csv.size()));
    if (one.ends_with('\r')) one.remove_suffix(1);
    if (one.empty() || (line == 1 && one.starts_with("code,"))) continue;
    auto row = code_row(one);
    if (!row) return refused("line " + std::to_string(line) + ": " + row.error().text);
    rows[row->code] = std::move(*row);
    ++read;
  }
  if (read == 0) return refused("holds no rows: code, name, from, to, successors, source");
  draft.header.code_changes.clear();
  for (auto& [code, row] : rows) draft.header.code_changes.push_back(std::move(row));
  return read;
}

Result<Bytes> finish(const DirectoryContents& draft) {
  Bytes body = encode_directory_body(draft);
  XJ_TRY(const auto file, DirectoryFile::open(body));
  XJ_TRY_VOID(routing::Directory::check_all(file));
  return body;
}

Result<std::vector<std::string>> differences(ByteView before, ByteView after) {
  XJ_TRY(const auto old_contents, contents_of(before));
  XJ_TRY(const auto new_contents, contents_of(after));
  std::map<OfficeId, const OfficeRecord*> known;
  for (const OfficeRecord& one : old_contents.offices) known[one.id] = &one;
  std::vector<std::string> out;
  for (const OfficeRecord& one : new_contents.offices) {
    const auto found = known.find(one.id);
    if (found == known.end()) {
      out.push_back(to_text(one.id) + ": added under " + to_text(one.parent));
      continue;
    }
    compare(*found->second, one, out);
    known.erase(found);
  }
  for (const auto& [id, record] : known) out.push_back(to_text(id) + ": removed");
  const DirectoryHeader &a = old_contents.header, &b = new_contents.header;
  for (const OfficeChange& one : b.changes)
    if (std::ranges::find(a.changes, one) == a.changes.end()) out.push_back(change_text(one));
  for (const OfficeChange& one : a.changes)
    if (std::ranges::find(b.changes, one) == b.changes.end())
      out.push_back("no longer: " + change_text(one));
  if (a.code_changes != b.code_changes)
    out.push_back("code changes: " + std::to_string(a.code_changes.size()) + " rows → " +
                  std::to_string(b.code_changes.size()));
  if (a.holidays != b.holidays || a.working_weekends != b.working_weekends)
    out.push_back("holidays changed");
  return out;
}

Result<RootBody> next_root(const std::optional<RootBody>& previous, const RootEdit& edit,
                           WallTime now) {
  RootBody out;
  if (previous) out = *previous;
  out.version = previous ? previous->version + 1 : 1;
  if (!previous) out.rehearsal = edit.rehearsal;
  out.created = now;
  out.expires = now + edit.lifetime;
  for (std::size_t k = 0; k < kRoles; ++k) {
    if (edit.roles[k]) out.roles[k] = *edit.roles[k];
    if (out.roles[k].keys.empty())
      return refused("root: nobody is named for the role " +
                     std::string(to_word(static_cast<Role>(k))));
  }
  // As every reader will check it.
  return decode_root_body(encode_root_body(out));
}

}  // namespace xianjie::node::holders
