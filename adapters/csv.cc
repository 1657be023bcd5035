#include "adapters/csv.h"

namespace xianjie::adapters {

std::optional<CsvRow> CsvReader::next() {
  while (skip_line_end()) {
  }
  if (at_ >= text_.size()) return std::nullopt;
  CsvRow row;
  row.line = line_;
  while (read_field(row) == After::kField) {
  }
  return row;
}

bool CsvReader::skip_line_end() {
  const std::string_view rest = text_.substr(at_);
  const std::size_t size = rest.starts_with("\r\n") ? 2 : rest.starts_with('\n') ? 1 : 0;
  at_ += size;
  if (size != 0) ++line_;
  return size != 0;
}

CsvReader::After CsvReader::read_field(CsvRow& row) {
  if (at_ < text_.size() && text_[at_] == '"') return read_quoted(row);
  std::size_t end = text_.find_first_of(",\n", at_);
  if (end == std::string_view::npos) end = text_.size();
  std::string_view field = text_.substr(at_, end - at_);
  const bool row_ends = end == text_.size() || text_[end] == '\n';
  if (row_ends && field.ends_with('\r')) field.remove_suffix(1);
  row.fields.emplace_back(field);
  at_ = end;
  if (row_ends) {
    skip_line_end();
    return After::kRow;
  }
  ++at_;
  return After::kField;
}

CsvReader::After CsvReader::read_quoted(CsvRow& row) {
  const std::size_t field_at = at_;
  const std::size_t field_line = line_;
  std::string field;
  ++at_;
  for (;;) {
    // Looks no further than a field may be long: a file full of open quotes stays linear.
    const std::string_view window = text_.substr(at_, kCsvFieldBytesMax + 1 - field.size());
    const std::size_t quote = window.find('"');
    if (quote == std::string_view::npos)
      return fault(row, field_at, field_line,
                   at_ + window.size() == text_.size()
                       ? "a quote is never closed"
                       : "a quote is not closed, or a field too long");
    field += window.substr(0, quote);
    at_ += quote + 1;
    if (at_ >= text_.size() || text_[at_] != '"') break;
    field += '"';
    ++at_;
    if (field.size() > kCsvFieldBytesMax)
      return fault(row, field_at, field_line, "a field is too long");
  }
  for (const char c : field)
    if (c == '\n') ++line_;
  row.fields.push_back(std::move(field));
  if (at_ >= text_.size()) return After::kRow;
  if (skip_line_end()) return After::kRow;
  if (text_[at_] == ',') {
    ++at_;
    return After::kField;
  }
  row.fields.pop_back();
  return fault(row, field_at, field_line, "something follows a closing quote");
}

CsvReader::After CsvReader::fault(CsvRow& row, std::size_t field_at, std::size_t field_line,
                                  const char* problem) {
  row.broken = true;
  row.problem = problem;
  const std::size_t end = text_.find('\n', field_at);
  at_ = end == std::string_view::npos ? text_.size() : end + 1;
  line_ = field_line + 1;
  return After::kFault;
}

std::string csv_field(std::string_view text) {
  const bool plain = text.find_first_of(",\"\r\n") == std::string_view::npos &&
                     !text.starts_with(' ') && !text.ends_with(' ');
  if (plain) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i != 0) line += ',';
    line += csv_field(fields[i]);
  }
  return line + "\r\n";
}

}  // namespace xianjie::adapters
