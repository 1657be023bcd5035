#include "adapters/xlsx_reader.h"

#include <charconv>
#include <cmath>

#include "adapters/sheet_faults.h"
#include "adapters/xlsx_book.h"
#include "adapters/xlsx_xml.h"

namespace xianjie::adapters {
namespace {

constexpr unsigned kParse =
    pugi::parse_minimal | pugi::parse_escapes | pugi::parse_cdata | pugi::parse_ws_pcdata;
constexpr std::size_t kColumnLetters = 26;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// _x000D_ stands for a control character, _x005F_ for the line of such a text itself (ECMA-376
// 22.4.2.4). Others than ASCII are written plainly by every program and stay as they are.
std::string unescaped(std::string text) {
  std::size_t at = 0;
  while ((at = text.find("_x00", at)) != std::string::npos) {
    if (at + 6 < text.size() && text[at + 6] == '_') {
      const int high = hex_digit(text[at + 4]), low = hex_digit(text[at + 5]);
      const int code = high < 0 || low < 0 ? 0 : high * 16 + low;
      if (code > 0 && code < 0x80) text.replace(at, 7, 1, static_cast<char>(code));
    }
    ++at;
  }
  return text;
}

// Of <si> and <is>: plain text, or the runs of rich text; never what says how it is pronounced.
std::string string_of(const pugi::xml_node& item) {
  std::string out;
  const auto add = [&out](const pugi::xml_node& text) {
    for (const pugi::xml_node& piece : text.children()) out += piece.value();
  };
  for (const pugi::xml_node& part : item.children()) {
    if (is_element(part, "t")) add(part);
    if (!is_element(part, "r")) continue;
    for (const pugi::xml_node& text : part.children())
      if (is_element(text, "t")) add(text);
  }
  return unescaped(std::move(out));
}

// "AB12" → 27; "" → `otherwise`. Empty where it is no such name.
std::optional<std::size_t> column_of(std::string_view name, std::size_t otherwise) {
  if (name.empty()) return otherwise;
  std::size_t column = 0, letters = 0;
  for (; letters < name.size() && name[letters] >= 'A' && name[letters] <= 'Z'; ++letters) {
    if (letters == 3) return std::nullopt;
    column = column * kColumnLetters + static_cast<std::size_t>(name[letters] - 'A') + 1;
  }
  if (letters == 0) return std::nullopt;
  return column - 1;
}

class XlsxReader {
 public:
  XlsxReader(ZipParts& parts, const XlsxBook& book, const SheetLimits& limits)
      : parts_(parts), book_(book), limits_(limits) {}

  Result<> read_strings();
  Result<> read_sheet(const std::string& part, SheetRows& rows);

 private:
  Result<> read_row(const pugi::xml_node& row, SheetRows& rows);
  [[nodiscard]] Result<std::string> text_of(const pugi::xml_node& cell) const;
  [[nodiscard]] Result<std::string> number_of(const pugi::xml_node& cell,
                                              std::string_view value) const;
  // Each element of this name, as a tree of its own.
  template <class Visit>
  Result<> each(const std::string& part, std::string_view name, const Visit& visit);
  Result<> count(std::size_t elements) {
    elements_ += elements;
    if (elements_ > limits_.elements) return too_much_text();
    return {};
  }

  ZipParts& parts_;
  const XlsxBook& book_;
  const SheetLimits& limits_;
  std::vector<std::string> strings_;
  std::size_t string_bytes_ = 0, elements_ = 0;
  std::size_t next_row_ = 0;
};

template <class Visit>
Result<> XlsxReader::each(const std::string& part, std::string_view name, const Visit& visit) {
  XJ_TRY(ZipParts::Stream stream, parts_.stream(part));
  XmlSlices slices([&](std::span<char> into) { return stream.read(into); }, name,
                   {limits_.part_bytes, limits_.xml_depth});
  while (true) {
    XJ_TRY(const auto slice, slices.next());
    if (!slice) return {};
    pugi::xml_document tree;
    if (!tree.load_buffer(slice->data(), slice->size(), kParse, pugi::encoding_utf8))
      return damaged_sheet();
    XJ_TRY_VOID(count(1));
    XJ_TRY_VOID(visit(tree.document_element()));
  }
}

Result<> XlsxReader::read_strings() {
  if (book_.strings.empty() || !parts_.has(book_.strings)) return {};
  return each(book_.strings, "si", [&](const pugi::xml_node& item) -> Result<> {
    strings_.push_back(string_of(item));
    string_bytes_ += strings_.back().size();
    if (string_bytes_ > limits_.text_bytes) return too_much_text();
    return {};
  });
}

Result<> XlsxReader::read_sheet(const std::string& part, SheetRows& rows) {
  next_row_ = 0;
  return each(part, "row", [&](const pugi::xml_node& row) { return read_row(row, rows); });
}

Result<> XlsxReader::read_row(const pugi::xml_node& row, SheetRows& rows) {
  std::size_t at = next_row_;
  if (const std::string_view number = row.attribute("r").value(); !number.empty()) {
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), at);
    if (error != std::errc() || end != number.data() + number.size() || at == 0)
      return damaged_sheet();
    --at;
  }
  next_row_ = at + 1;
  std::size_t next_column = 0, cells = 0;
  for (const pugi::xml_node& cell : row.children()) {
    if (!is_element(cell, "c")) continue;
    ++cells;
    const auto column = column_of(cell.attribute("r").value(), next_column);
    if (!column) return damaged_sheet();
    next_column = *column + 1;
    XJ_TRY(std::string text, text_of(cell));
    XJ_TRY_VOID(rows.put(at, *column, std::move(text)));
  }
  return count(cells);
}

Result<std::string> XlsxReader::text_of(const pugi::xml_node& cell) const {
  const std::string_view type = cell.attribute("t").value();
  std::string value;
  for (const pugi::xml_node& part : cell.children()) {
    if (type == "inlineStr" && is_element(part, "is")) return string_of(part);
    if (!is_element(part, "v")) continue;
    for (const pugi::xml_node& piece : part.children()) value += piece.value();
  }
  if (type == "str" || type == "e") return unescaped(std::move(value));
  while (!value.empty() && (value.back() == ' ' || value.back() == '\n')) value.pop_back();
  if (value.empty() || type == "inlineStr") return std::string();
  if (type == "b") return std::string(boolean_text(value == "1" || value == "true"));
  if (type == "d") {  // ISO 8601, as strict workbooks write days
    const bool midnight = value.find("T00:00:00") == 10;
    if (midnight) return value.substr(0, 10);
    if (value.size() > 16 && value[10] == 'T')
      return value.substr(0, 10) + " " + value.substr(11, 5);
    return value;
  }
  if (type == "s") {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), index);
    if (error != std::errc() || end != value.data() + value.size() || index >= strings_.size())
      return damaged_sheet();
    return strings_[index];
  }
  if (!type.empty() && type != "n") return damaged_sheet();
  return number_of(cell, value);
}

Result<std::string> XlsxReader::number_of(const pugi::xml_node& cell,
                                          std::string_view value) const {
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || !std::isfinite(number))
    return damaged_sheet();
  const std::size_t style = cell.attribute("s").as_uint();
  const NumberFormat format =
      style < book_.formats.size() ? book_.formats[style] : NumberFormat::kPlain;
  return number_text(number, format, book_.dates);
}

}  // namespace

Result<SheetTexts> read_xlsx(ByteView bytes, const SheetLimits& limits) {
  XJ_TRY(ZipParts parts, ZipParts::open(bytes, limits));
  XJ_TRY(const XlsxBook book, read_xlsx_book(parts, limits));
  XlsxReader reader(parts, book, limits);
  XJ_TRY_VOID(reader.read_strings());
  for (const std::string& part : book.sheets) {
    SheetRows rows(limits);
    XJ_TRY_VOID(reader.read_sheet(part, rows));
    if (!rows.empty()) return rows.take();
  }
  return refused("empty: no sheet of the workbook holds anything");
}

}  // namespace xianjie::adapters
