#include "adapters/encoding.h"

#include <iconv.h>

#include "schemas/text.h"

namespace xianjie::adapters {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string without_mark(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return std::string(text);
}

class Iconv {
 public:
  Iconv(const char* to, const char* from) : handle_(::iconv_open(to, from)) {}
  Iconv(const Iconv&) = delete;
  Iconv& operator=(const Iconv&) = delete;
  ~Iconv() {
    if (is_open()) ::iconv_close(handle_);
  }
  [[nodiscard]] bool is_open() const { return handle_ != reinterpret_cast<iconv_t>(-1); }
  // Empty on the first byte that is no character. `room` must hold the whole result.
  std::optional<std::string> convert(std::string_view in, std::size_t room) {
    std::string out(room, '\0');
    char* from = const_cast<char*>(in.data());  // iconv's signature; it does not write there
    char* to = out.data();
    std::size_t left = in.size();
    std::size_t free = out.size();
    if (::iconv(handle_, &from, &left, &to, &free) != 0 || left != 0) return std::nullopt;
    if (::iconv(handle_, nullptr, nullptr, &to, &free) != 0) return std::nullopt;
    out.resize(out.size() - free);
    return out;
  }

 private:
  iconv_t handle_;
};

}  // namespace

Result<DecodedText> decode_text(ByteView bytes) {
  const std::string_view text = as_text(bytes);
  if (is_utf8(text)) return DecodedText{without_mark(text), TextEncoding::kUtf8};
  if (text.find('\0') != std::string_view::npos)
    return refused("encoding: the file holds zero bytes; save it as CSV in UTF-8 or GB18030");
  Iconv iconv("UTF-8", "GB18030");
  if (!iconv.is_open())
    return refused("encoding: not UTF-8, and this machine cannot read GB18030; save it as UTF-8");
  // One byte becomes at most one, two at most three, four at most four.
  const auto converted = iconv.convert(text, text.size() * 2 + 16);
  if (!converted || !is_utf8(*converted))
    return refused("encoding: neither UTF-8 nor GB18030; save it as CSV in UTF-8 or GB18030");
  return DecodedText{without_mark(*converted), TextEncoding::kGb18030};
}

}  // namespace xianjie::adapters
