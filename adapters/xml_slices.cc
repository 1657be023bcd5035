#include "adapters/xml_slices.h"

#include <algorithm>

#include "adapters/sheet_faults.h"

namespace xianjie::adapters {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;

// Behind the '>' of a tag, quoted values skipped; 0 where it does not end.
std::size_t end_of_tag(std::string_view text, std::size_t at) {
  while (true) {
    at = text.find_first_of("\"'>", at);
    if (at == std::string_view::npos) return 0;
    if (text[at] == '>') return at + 1;
    at = text.find(text[at], at + 1);
    if (at == std::string_view::npos) return 0;
    ++at;
  }
}

std::size_t end_behind(std::string_view text, std::size_t at, std::string_view what) {
  const std::size_t found = text.find(what, at);
  return found == std::string_view::npos ? 0 : found + what.size();
}

}  // namespace

std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

Result<bool> XmlSlices::fill() {
  const std::size_t size = buffer_.size();
  buffer_.resize(size + kReadBytes);
  const auto got = read_(std::span(buffer_).subspan(size));
  buffer_.resize(size + (got ? *got : 0));
  if (!got) return std::unexpected(got.error());
  return *got > 0;
}

void XmlSlices::drop_before(std::size_t at) {
  if (at < kReadBytes) return;  // else each small token would move the rest
  buffer_.erase(0, at);
  at_ -= at;
}

Result<XmlSlices::Tag> XmlSlices::tag_at(std::size_t at) const {
  constexpr std::string_view kCdata = "<![CDATA[";
  const std::string_view text = buffer_;
  const std::string_view rest = text.substr(at);
  Tag tag;
  if (rest.size() < kCdata.size() && rest.find('>') == std::string_view::npos) return tag;
  if (rest.starts_with("<!--")) {
    tag.end = end_behind(text, at + 4, "-->");
  } else if (rest.starts_with(kCdata)) {
    tag.end = end_behind(text, at + kCdata.size(), "]]>");
  } else if (rest.starts_with("<?")) {
    tag.end = end_behind(text, at + 2, "?>");
  } else if (rest.starts_with("<!")) {
    return damaged_sheet();
  } else {
    tag.end = end_of_tag(text, at);
    if (tag.end == 0) return tag;
    tag.closes = rest[1] == '/' || text[tag.end - 2] == '/';
    tag.opens = rest[1] != '/';
    const std::size_t name = tag.opens ? 1 : 2;
    tag.name = local_name(rest.substr(name, rest.find_first_of(" \t\r\n/>", name) - name));
  }
  return tag;
}

Result<std::optional<std::string_view>> XmlSlices::next() {
  if (!begin_) drop_before(at_);
  while (true) {
    const std::size_t open = std::min(buffer_.find('<', at_), buffer_.size());
    Tag tag;
    if (open < buffer_.size()) {
      XJ_TRY(tag, tag_at(open));
    }
    const std::size_t from = begin_.value_or(open);
    if (buffer_.size() - from > limits_.slice_bytes + kReadBytes ||
        (tag.end != 0 && tag.end - from > limits_.slice_bytes))
      return refused("too_long: one row of the sheet is longer than " +
                     std::to_string(limits_.slice_bytes >> 20) + " MiB");
    if (tag.end == 0) {
      at_ = open;
      if (!begin_) drop_before(at_);
      XJ_TRY(const bool more, fill());
      if (more) continue;
      if (depth_ != 0 || !seen_any_ || at_ < buffer_.size()) return damaged_sheet();
      return std::optional<std::string_view>{};
    }
    at_ = tag.end;
    if (!tag.opens && !tag.closes) continue;
    seen_any_ = true;
    if (tag.opens && !begin_ && tag.name == name_) {
      begin_ = open;
      slice_depth_ = depth_;
    }
    if (tag.opens && ++depth_ > limits_.depth) return damaged_sheet();
    if (!tag.closes) continue;
    if (depth_ == 0) return damaged_sheet();
    if (--depth_ != slice_depth_ || !begin_) continue;
    const std::size_t begin = *begin_;
    begin_.reset();
    return std::string_view(buffer_).substr(begin, at_ - begin);
  }
}

}  // namespace xianjie::adapters
