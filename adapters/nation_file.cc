#include "adapters/nation_file.h"

#include <algorithm>
#include <map>
#include <optional>

#include "adapters/toml_text.h"
#include "routing/codes.h"

namespace xianjie::adapters {
namespace {

struct Entry {
  OfficeRecord record;
  toml::source_index line = 0;
};
using Entries = std::map<OfficeId, Entry>;

std::string at_line(toml::source_index line) { return "line " + std::to_string(line) + ": "; }
std::string place(const Entry& entry) {
  return at_line(entry.line) + "office " + to_text(entry.record.id) + ": ";
}
auto refuse(const std::string& text) { return refused("nation file, " + one_line(text)); }

Result<OfficeId> read_id(const toml::node& node, std::string_view key) {
  const auto text = node.value<std::string>();
  if (!text)
    return refuse(at_line(node.source().begin.line) + "`" + std::string(key) +
                  "` is no text between quotes");
  const auto id = OfficeId::parse(*text);
  if (!id)
    return refuse(at_line(node.source().begin.line) + "`" + std::string(key) + "` holds \"" +
                  *text + "\", which is no office id like \"county:610802\"");
  return *id;
}

Result<std::vector<OfficeId>> read_laterals(const toml::node& node) {
  const toml::array* list = node.as_array();
  if (list == nullptr)
    return refuse(at_line(node.source().begin.line) + "`laterals` is no list of office ids");
  std::vector<OfficeId> laterals;
  for (const toml::node& element : *list) {
    XJ_TRY(const OfficeId id, read_id(element, "laterals"));
    laterals.push_back(id);
  }
  return laterals;
}

Result<Entry> read_office(const toml::table& table, std::vector<std::string>& warnings) {
  Entry entry;
  entry.line = table.source().begin.line;
  for (const auto& [key, node] : table) {
    if (key.str() == "id") {
      XJ_TRY(entry.record.id, read_id(node, "id"));
    } else if (key.str() == "name") {
      const auto name = node.value<std::string>();
      if (!name || name->empty())
        return refuse(at_line(node.source().begin.line) + "`name` is empty or no text");
      entry.record.name = *name;
    } else if (key.str() == "parent") {
      if (node.value<std::string>() == "") continue;
      XJ_TRY(entry.record.parent, read_id(node, "parent"));
    } else if (key.str() == "laterals") {
      XJ_TRY(entry.record.laterals, read_laterals(node));
    } else {
      warnings.push_back(at_line(node.source().begin.line) + "unknown key `" +
                         one_line(std::string(key.str())) + "` is ignored");
    }
  }
  if (!entry.record.id.is_set()) return refuse(at_line(entry.line) + "an office without `id`");
  if (entry.record.name.empty()) return refuse(place(entry) + "has no `name`");
  if (office_type_row(entry.record.id.type()).owns_code)
    entry.record.codes = {entry.record.id.code()};
  return entry;
}

Result<> check_references(const Entries& entries) {
  const Entry* root = nullptr;
  for (const auto& [id, entry] : entries) {
    for (const OfficeId lateral : entry.record.laterals)
      if (!entries.contains(lateral) || lateral == id)
        return refuse(place(entry) + "the lateral neighbour " + to_text(lateral) +
                      " is not in the file or is itself");
    const OfficeId parent = entry.record.parent;
    if (parent.is_set()) {
      if (!entries.contains(parent))
        return refuse(place(entry) + "the parent " + to_text(parent) + " is not in the file");
    } else if (root != nullptr) {
      return refuse(place(entry) + "has no parent, but " + to_text(root->record.id) + " (line " +
                    std::to_string(root->line) + ") has none either: two roots");
    } else {
      root = &entry;
    }
  }
  return {};
}

// Every chain of parents is walked once; meeting the walk's own trail again is a circle. A file
// without a root always holds one.
Result<> check_no_circle(const Entries& entries) {
  std::map<OfficeId, std::size_t> walked_in;
  std::size_t walk = 0;
  for (const auto& [id, entry] : entries) {
    ++walk;
    for (OfficeId at = id; at.is_set(); at = entries.at(at).record.parent) {
      const auto [trail, first_visit] = walked_in.emplace(at, walk);
      if (first_visit) continue;
      if (trail->second == walk)
        return refuse(place(entries.at(at)) + "its parents run in a circle back to itself");
      break;
    }
  }
  return {};
}

Result<> check_codes(const Entries& entries, std::map<std::uint32_t, OfficeId>& owners) {
  for (const auto& [id, entry] : entries)
    for (const std::uint32_t code : entry.record.codes) {
      const auto [owner, is_new] = owners.emplace(code, id);
      if (!is_new)
        return refuse(place(entry) + "owns the code " + routing::code_text(code) + ", as does " +
                      to_text(owner->second));
    }
  return {};
}

// The office that the code table would set above this one: the first owner above its code.
OfficeId parent_by_table(std::uint32_t code, const std::map<std::uint32_t, OfficeId>& owners) {
  while (code != 0) {
    code = routing::parent_code(code);
    if (const auto owner = owners.find(code); owner != owners.end()) return owner->second;
  }
  return {};
}

void warn_against_table(const Entry& entry, const std::map<std::uint32_t, OfficeId>& owners,
                        std::vector<std::string>& warnings) {
  for (const std::uint32_t code : entry.record.codes) {
    if (code == 0) continue;
    const auto info = routing::find_code(code);
    if (!info || info->status != routing::CodeStatus::kCurrent) {
      warnings.push_back(place(entry) + "the code table does not hold " +
                         routing::code_text(code) + " as a current code");
      continue;
    }
    const OfficeId expected = parent_by_table(code, owners);
    if (expected.is_set() && expected != entry.record.parent)
      warnings.push_back(place(entry) + "its parent is " + to_text(entry.record.parent) +
                         ", by the code table it would be " + to_text(expected));
  }
}

}  // namespace

Result<Nation> parse_nation(std::string_view toml_text) {
  auto parse = parse_toml(toml_text);
  if (!parse) return refuse(parse.error().text);
  const toml::table& parsed = *parse;
  Nation nation;
  const toml::array* list = nullptr;
  for (const auto& [key, node] : parsed) {
    if (key.str() == "office") {
      list = node.as_array();
      if (list == nullptr)
        return refuse(at_line(node.source().begin.line) + "`office` is no list; write [[office]]");
    } else {
      nation.warnings.push_back(at_line(node.source().begin.line) + "unknown key `" +
                                one_line(std::string(key.str())) + "` is ignored");
    }
  }
  if (list == nullptr || list->empty()) return refuse("line 1: it holds no [[office]]");

  Entries entries;
  for (const toml::node& node : *list) {
    const toml::table* table = node.as_table();
    if (table == nullptr)
      return refuse(at_line(node.source().begin.line) + "an office is no table; write [[office]]");
    XJ_TRY(Entry entry, read_office(*table, nation.warnings));
    const auto known = entries.find(entry.record.id);
    if (known != entries.end())
      return refuse(place(entry) + "stands in the file twice, first in line " +
                    std::to_string(known->second.line));
    entries.emplace(entry.record.id, std::move(entry));
  }
  std::map<std::uint32_t, OfficeId> owners;
  XJ_TRY_VOID(check_references(entries));
  XJ_TRY_VOID(check_no_circle(entries));
  XJ_TRY_VOID(check_codes(entries, owners));
  for (auto& [id, entry] : entries) {
    warn_against_table(entry, owners, nation.warnings);
    nation.offices.push_back(std::move(entry.record));
  }
  return nation;
}

}  // namespace xianjie::adapters
