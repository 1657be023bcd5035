#include "adapters/xlsx_book.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>

#include "adapters/sheet_faults.h"
#include "adapters/xlsx_xml.h"

namespace xianjie::adapters {
namespace {

std::uint32_t number_of(const pugi::xml_attribute& attribute) {
  const std::string_view text = attribute.value();
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : 0;
}

struct Depth : pugi::xml_tree_walker {
  explicit Depth(std::size_t most) : most_(most) {}
  bool for_each(pugi::xml_node&) override { return static_cast<std::size_t>(depth()) <= most_; }
  std::size_t most_;
};

Result<> read_tree(pugi::xml_document& tree, ZipParts& parts, const std::string& name,
                   const SheetLimits& limits) {
  XJ_TRY(std::string text, parts.read(name, limits.part_bytes));
  Depth depth(limits.xml_depth);
  if (!tree.load_buffer(text.data(), text.size(), pugi::parse_minimal | pugi::parse_escapes,
                        pugi::encoding_utf8) ||
      !tree.traverse(depth))
    return damaged_sheet();
  return {};
}

struct Relation {
  std::string type;  // the last word of its URI
  std::string part;  // "" where it leaves the archive or names another file
};
using Relations = std::map<std::string, Relation>;  // by id

Result<Relations> read_relations(ZipParts& parts, const std::string& of,
                                 const SheetLimits& limits) {
  const std::size_t slash = of.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : of.substr(0, slash + 1);
  pugi::xml_document tree;
  XJ_TRY_VOID(
      read_tree(tree, parts, folder + "_rels/" + of.substr(folder.size()) + ".rels", limits));
  Relations out;
  for (const pugi::xml_node& node : tree.document_element().children()) {
    if (!is_element(node, "Relationship")) continue;
    const std::string_view type = node.attribute("Type").value();
    const bool external = std::strcmp(node.attribute("TargetMode").value(), "External") == 0;
    auto part = resolve_part(of, node.attribute("Target").value());
    out[node.attribute("Id").value()] = {std::string(type.substr(type.rfind('/') + 1)),
                                         external ? "" : part.value_or("")};
  }
  return out;
}

std::string part_of_type(const Relations& relations, std::string_view type) {
  for (const auto& [id, relation] : relations)
    if (relation.type == type) return relation.part;
  return "";
}

Result<std::vector<NumberFormat>> read_formats(ZipParts& parts, const std::string& name,
                                               const SheetLimits& limits) {
  std::vector<NumberFormat> out;
  if (name.empty()) return out;
  pugi::xml_document tree;
  XJ_TRY_VOID(read_tree(tree, parts, name, limits));
  std::map<std::uint32_t, NumberFormat> own;
  for (const pugi::xml_node& list : tree.document_element().children())
    for (const pugi::xml_node& one : list.children())
      if (is_element(list, "numFmts") && is_element(one, "numFmt"))
        own[number_of(one.attribute("numFmtId"))] =
            read_format(one.attribute("formatCode").value());
  for (const pugi::xml_node& list : tree.document_element().children())
    for (const pugi::xml_node& one : list.children())
      if (is_element(list, "cellXfs") && is_element(one, "xf")) {
        const std::uint32_t id = number_of(one.attribute("numFmtId"));
        const auto found = own.find(id);
        out.push_back(found != own.end() ? found->second : builtin_format(id));
      }
  return out;
}

std::string relation_id(const pugi::xml_node& sheet) {
  for (const pugi::xml_attribute& attribute : sheet.attributes()) {
    const std::string_view name = attribute.name();
    if (name.ends_with(":id")) return attribute.value();
  }
  return "";
}

bool is_hidden(const pugi::xml_node& sheet) {
  const std::string_view state = sheet.attribute("state").value();
  return state == "hidden" || state == "veryHidden";
}

}  // namespace

std::optional<std::string> resolve_part(std::string_view base, std::string_view target) {
  std::vector<std::string_view> steps;
  const auto add = [&](std::string_view path) {
    while (!path.empty()) {
      const std::size_t end = std::min(path.find('/'), path.size());
      const std::string_view step = path.substr(0, end);
      path.remove_prefix(std::min(end + 1, path.size()));
      if (step == "..") {
        if (steps.empty()) return false;
        steps.pop_back();
      } else if (!step.empty() && step != ".") {
        steps.push_back(step);
      }
    }
    return true;
  };
  const std::size_t slash = base.rfind('/');
  if (!target.starts_with('/') && slash != std::string_view::npos) add(base.substr(0, slash));
  if (!add(target) || steps.empty()) return std::nullopt;
  std::string out;
  for (const std::string_view step : steps) out += (out.empty() ? "" : "/") + std::string(step);
  return out;
}

Result<XlsxBook> read_xlsx_book(ZipParts& parts, const SheetLimits& limits) {
  if (!parts.has("_rels/.rels")) return no_workbook();
  XJ_TRY(const Relations top, read_relations(parts, "", limits));
  const std::string name = part_of_type(top, "officeDocument");
  if (name.empty() || !parts.has(name) || name.ends_with(".bin")) return no_workbook();
  pugi::xml_document tree;
  XJ_TRY_VOID(read_tree(tree, parts, name, limits));
  const pugi::xml_node book = tree.document_element();
  if (!is_element(book, "workbook")) return no_workbook();
  XJ_TRY(const Relations relations, read_relations(parts, name, limits));

  XlsxBook out;
  out.strings = part_of_type(relations, "sharedStrings");
  XJ_TRY(out.formats, read_formats(parts, part_of_type(relations, "styles"), limits));
  for (const pugi::xml_node& list : book.children()) {
    if (is_element(list, "workbookPr") && list.attribute("date1904").as_bool())
      out.dates = DateSystem::k1904;
    if (!is_element(list, "sheets")) continue;
    for (const pugi::xml_node& sheet : list.children()) {
      const auto relation = relations.find(relation_id(sheet));
      if (relation == relations.end() || relation->second.type != "worksheet") continue;
      if (relation->second.part.empty())
        return refused("malformed: a sheet of the workbook stands in another file");
      if (!is_hidden(sheet)) out.sheets.push_back(relation->second.part);
    }
  }
  if (out.sheets.size() > limits.sheets)
    return refused("malformed: the workbook has more than " + std::to_string(limits.sheets) +
                   " sheets");
  return out;
}

}  // namespace xianjie::adapters
