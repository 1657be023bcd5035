#include "tests/support/leak_search.h"

#include <iconv.h>

#include <algorithm>
#include <cctype>
#include <fstream>

#include "schemas/result.h"
#include "tests/support/process.h"

namespace xianjie::tests {
namespace {

constexpr std::size_t kNeedleBytesMin = 8;

std::uint32_t first_four(const char* at) {
  std::uint32_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

std::string converted(const std::string& utf8, const char* encoding) {
  const iconv_t converter = ::iconv_open(encoding, "UTF-8");
  XJ_CHECK(converter != iconv_t(-1));
  std::string in = utf8, out(utf8.size() * 4 + 8, '\0');
  char* from = in.data();
  char* to = out.data();
  std::size_t from_left = in.size(), to_left = out.size();
  XJ_CHECK(::iconv(converter, &from, &from_left, &to, &to_left) != static_cast<std::size_t>(-1));
  ::iconv_close(converter);
  out.resize(out.size() - to_left);
  return out;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

// The characters of base64 that depend on these bytes alone, when `before` bytes stand before them.
std::string base64_inside(const std::string& bytes, std::size_t before, std::string_view alphabet) {
  std::string bits_from = std::string(before, '\0') + bytes, out;
  const std::size_t first = (before * 8 + 5) / 6, end = bits_from.size() * 8 / 6;
  for (std::size_t i = first; i < end; ++i) {
    unsigned value = 0;
    for (std::size_t bit = i * 6; bit < i * 6 + 6; ++bit)
      value = value << 1U |
              (unsigned{static_cast<unsigned char>(bits_from[bit / 8])} >> (7 - bit % 8) & 1U);
    out += alphabet[value];
  }
  return out;
}

std::string hex_from(const std::string& program, const std::string& text) {
  std::vector<std::string> argv{"/usr/bin/env"};
  for (std::size_t at = 0; at < program.size();) {
    const std::size_t end = std::min(program.find(' ', at), program.size());
    argv.push_back(program.substr(at, end - at));
    at = end + 1;
  }
  const Ended ended = run(argv, text);
  XJ_CHECK(ended.status == 0);
  return ended.out.substr(0, ended.out.find(' '));
}

}  // namespace

void LeakSearch::add_needle(std::string bytes, std::string what) {
  XJ_CHECK(bytes.size() >= kNeedleBytesMin);
  const std::uint32_t key = first_four(bytes.data());
  needles_[key].push_back({std::move(bytes), std::move(what)});
}

void LeakSearch::add_in_letters(const std::string& what, const std::string& bytes) {
  const std::string hex = to_hex(as_bytes(bytes));
  add_needle(hex, what + " in hex");
  if (upper(hex) != hex) add_needle(upper(hex), what + " in upper-case hex");
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  for (const std::string_view last : {"+/", "-_"})
    for (std::size_t before = 0; before < 3; ++before)
      add_needle(base64_inside(bytes, before, std::string(kLetters) + std::string(last)),
                 what + " in base64");
}

void LeakSearch::add_bytes(const std::string& what, const std::string& bytes) {
  add_needle(bytes, what);
  add_in_letters(what, bytes);
}

void LeakSearch::add_text(const std::string& label, const std::string& utf8) {
  add_bytes(label + " as UTF-8", utf8);
  for (const char* const encoding : {"GB18030", "UTF-16LE", "UTF-16BE"}) {
    const std::string bytes = converted(utf8, encoding);
    if (bytes != utf8) add_bytes(label + " as " + encoding, bytes);
  }
}

void LeakSearch::add_hashes(const std::string& label, const std::string& text) {
  for (const char* const program : {"md5sum", "sha1sum", "sha256sum", "b2sum -l 256", "b2sum"}) {
    const auto raw = from_hex(hex_from(program, text));
    XJ_CHECK(raw && raw->size() >= 16);
    add_bytes(label + " by " + program, std::string(as_text(*raw)));
  }
}

std::vector<Leak> LeakSearch::search_bytes(ByteView bytes,
                                           const std::filesystem::path& file) const {
  std::vector<Leak> out;
  const std::string_view text = as_text(bytes);
  for (std::size_t at = 0; at + sizeof(std::uint32_t) <= text.size(); ++at) {
    const auto found = needles_.find(first_four(text.data() + at));
    if (found == needles_.end()) continue;
    for (const Needle& needle : found->second)
      if (text.substr(at).starts_with(needle.bytes)) out.push_back({file, at, needle.what});
  }
  return out;
}

std::vector<Leak> LeakSearch::search(const std::filesystem::path& folder) const {
  std::vector<Leak> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    ++files_seen_;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(in), {}};
    auto found = search_bytes(as_bytes(content), entry.path());
    out.insert(out.end(), std::make_move_iterator(found.begin()),
               std::make_move_iterator(found.end()));
  }
  return out;
}

}  // namespace xianjie::tests
