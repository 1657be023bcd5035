#include "node/evidence/container.h"

#include <map>

#include "crypto/hash.h"
#include "schemas/text.h"

namespace xianjie::node::evidence {
namespace {

constexpr std::string_view kTitle = "xianjie-evidence 1\n";
constexpr std::string_view kTitleStart = "xianjie-evidence ";
constexpr std::size_t kEntryBytesMin = 1 + 8 + 32 + 1;

struct Entry {
  SectionType type{};
  std::uint64_t length = 0;
  Hash hash{};
  std::string label;
};

struct TypeWords {
  SectionType type;
  const char* en;
  const char* zh;
};
constexpr TypeWords kTypeWords[] = {{SectionType::kDirectory, "directory", "机构目录"},
                                    {SectionType::kEnvelope, "envelope", "报文"},
                                    {SectionType::kCustody, "custody statement", "保管凭证"},
                                    {SectionType::kRecord, "signed record", "签名记录"},
                                    {SectionType::kContent, "disclosed content", "公开内容"},
                                    {SectionType::kLedger, "ledger", "上报台账"},
                                    {SectionType::kPassages, "passage list", "交接明细"},
                                    {SectionType::kAudit, "audit log", "审计日志"},
                                    {SectionType::kAsked, "custody inquiries", "凭证索取记录"},
                                    {SectionType::kSubjects, "subjects", "所涉报文"}};

const TypeWords* words_of_type(SectionType type) {
  for (const TypeWords& each : kTypeWords)
    if (each.type == type) return &each;
  return nullptr;
}

Fault title_fault(const char* token, std::string en, std::string zh) {
  return {"title line", "标题行", token, std::move(en), std::move(zh)};
}
Fault table_fault(const char* token, std::string en, std::string zh) {
  return {"table of contents", "目录表", token, std::move(en), std::move(zh)};
}
Fault closing_fault(const char* token, std::string en, std::string zh) {
  return {"closing section", "结尾段", token, std::move(en), std::move(zh)};
}

// Checks the first line and takes it.
std::expected<void, Fault> take_title(ByteView& rest) {
  const std::string_view text = as_text(rest.first(std::min(rest.size(), kTitle.size())));
  if (text == kTitle) {
    rest = rest.subspan(kTitle.size());
    return {};
  }
  if (kTitle.starts_with(text))
    return std::unexpected(
        title_fault("cut", "the file ends inside its first line", "文件在首行中断"));
  if (text.starts_with(kTitleStart))
    return std::unexpected(title_fault(
        "version", "this version of the format is unknown here, or the line was changed",
        "格式版本未知，或首行被改动"));
  return std::unexpected(title_fault("title",
                                     "this is no evidence file, or its first line was changed",
                                     "不是存证文件，或首行被改动"));
}

std::optional<std::vector<Entry>> read_entries(ByteView table, Subject& subject) {
  Decoder in(table);
  subject = static_cast<Subject>(in.u8());
  const std::uint32_t count = in.u32();
  if (subject != Subject::kEnvelope && subject != Subject::kMonth) return std::nullopt;
  if (count > kSectionsMax || count > table.size() / kEntryBytesMin) return std::nullopt;
  std::vector<Entry> out(count);
  for (Entry& entry : out) {
    entry.type = static_cast<SectionType>(in.u8());
    entry.length = in.u64();
    entry.hash = in.array<32>();
    entry.label = as_text(in.raw(in.u8()));
    if (words_of_type(entry.type) == nullptr || entry.length > kFileBytesMax ||
        entry.label.size() > kLabelBytesMax || !is_utf8(entry.label))
      return std::nullopt;
  }
  return in.done() ? std::optional(std::move(out)) : std::nullopt;
}

std::expected<std::vector<Entry>, Fault> take_table(ByteView& rest, Subject& subject) {
  Decoder in(rest);
  const std::uint32_t length = in.u32();
  const ByteView table = in.raw(length);
  const Hash said = in.array<32>();
  if (!in.ok())
    return std::unexpected(table_fault(
        "cut", "the file ends inside its table of contents, or the table's length was changed",
        "文件在目录表中断，或目录表长度被改动"));
  if (crypto::hash(table) != said)
    return std::unexpected(
        table_fault("contents", "the table of contents was changed", "目录表被改动"));
  auto entries = read_entries(table, subject);
  if (!entries)
    return std::unexpected(table_fault(
        "contents", "the table of contents is not as this version writes it", "目录表不合格式"));
  rest = in.rest();
  return std::move(*entries);
}

// How the file's length differs from what its contents say, as half a sentence.
std::pair<std::string, std::string> length_words(std::size_t have, std::size_t wanted) {
  if (have == wanted) return {};
  const bool longer = have > wanted;
  const std::string by = std::to_string(longer ? have - wanted : wanted - have);
  return {"; the file is " + by + (longer ? " bytes longer" : " bytes shorter") +
              " than its table of contents says: bytes were " + (longer ? "added" : "lost") +
              " here",
          "；文件比目录表所载" + std::string(longer ? "多" : "少") + " " + by + " 字节：此处" +
              (longer ? "被插入" : "被删去") + "字节"};
}

std::expected<std::vector<Section>, Fault> take_sections(ByteView& rest,
                                                         const std::vector<Entry>& entries) {
  std::size_t wanted = kClosingBytes;
  for (const Entry& entry : entries) wanted += entry.length;
  const auto [more, zh_more] = length_words(rest.size(), wanted);
  std::map<SectionType, std::size_t> numbers;
  std::vector<Section> out;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    const std::size_t number = ++numbers[entry.type];
    Fault fault{name_of(entry.type, number, entry.label),
                zh_name_of(entry.type, number, entry.label),
                "changed",
                {},
                {}};
    if (rest.size() < entry.length) {
      const std::string missing = std::to_string(entry.length - rest.size());
      const std::string after = std::to_string(entries.size() - i - 1);
      fault.token = "cut";
      fault.en = "the file ends here: " + missing + " bytes of this section are missing, and the " +
                 after + " sections and the closing after it";
      fault.zh = "文件到此中断：本段缺 " + missing + " 字节，其后 " + after + " 段及结尾段全缺";
      return std::unexpected(std::move(fault));
    }
    const ByteView bytes = rest.first(entry.length);
    if (crypto::hash(bytes) != entry.hash) {
      fault.en = "its bytes were changed" + more;
      fault.zh = "内容被改动" + zh_more;
      return std::unexpected(std::move(fault));
    }
    rest = rest.subspan(entry.length);
    out.push_back({entry.type, entry.label, to_bytes(bytes)});
  }
  return out;
}

std::expected<Closing, Fault> read_closing(ByteView rest, ByteView before, std::size_t sections) {
  if (rest.size() < kClosingBytes)
    return std::unexpected(closing_fault(
        "cut", std::to_string(kClosingBytes - rest.size()) + " bytes are missing at the end",
        "末尾缺 " + std::to_string(kClosingBytes - rest.size()) + " 字节"));
  if (rest.size() > kClosingBytes)
    return std::unexpected(closing_fault(
        "added", std::to_string(rest.size() - kClosingBytes) + " bytes were added in or after it",
        "其中或其后多出 " + std::to_string(rest.size() - kClosingBytes) + " 字节"));
  Decoder in(rest);
  Closing out;
  out.sections = in.u32();
  out.digest = in.array<32>();
  const auto maker = OfficeId::from_value(in.u64());
  out.key = {in.u32()};
  out.time = {in.i64()};
  out.signature = in.array<64>();
  if (out.sections != sections || out.digest != crypto::hash(before) || !maker ||
      !in_range(out.time))
    return std::unexpected(closing_fault("closing", "it does not fit the file: it was changed",
                                         "与文件不符：结尾段被改动"));
  out.maker = *maker;
  return out;
}

std::string name_with(const char* word, std::size_t number, const std::string& label,
                      const char* colon) {
  std::string out = std::string(word) + " " + std::to_string(number);
  return label.empty() ? out : out + colon + label;
}

}  // namespace

Bytes Closing::signed_bytes() const {
  return Encoder()
      .u64(maker.value())
      .u32(key.number)
      .i64(time.ms)
      .u32(sections)
      .raw(digest)
      .bytes();
}

std::string name_of(SectionType type, std::size_t number, const std::string& label) {
  const TypeWords* words = words_of_type(type);
  return name_with(words == nullptr ? "section" : words->en, number, label, ": ");
}
std::string zh_name_of(SectionType type, std::size_t number, const std::string& label) {
  const TypeWords* words = words_of_type(type);
  return name_with(words == nullptr ? "段" : words->zh, number, label, "：");
}

Bytes write_container(Subject subject, const std::vector<Section>& sections,
                      const crypto::OfficeKeys& maker, WallTime time) {
  XJ_CHECK(sections.size() <= kSectionsMax);
  Encoder table;
  table.u8(static_cast<std::uint8_t>(subject)).u32(static_cast<std::uint32_t>(sections.size()));
  for (const Section& section : sections) {
    std::string_view label = section.label;
    if (label.size() > kLabelBytesMax) label = label.substr(0, kLabelBytesMax);
    table.u8(static_cast<std::uint8_t>(section.type))
        .u64(section.bytes.size())
        .raw(crypto::hash(section.bytes))
        .u8(static_cast<std::uint8_t>(label.size()))
        .text(label);
  }
  Encoder out;
  out.text(kTitle).blob(table.bytes()).raw(crypto::hash(table.bytes()));
  for (const Section& section : sections) out.raw(section.bytes);
  Closing closing;
  closing.maker = maker.office();
  closing.key = maker.id();
  closing.time = time;
  closing.sections = static_cast<std::uint32_t>(sections.size());
  closing.digest = crypto::hash(out.bytes());
  closing.signature = maker.sign(kEvidenceDomain, closing.signed_bytes());
  out.u32(closing.sections)
      .raw(closing.digest)
      .u64(closing.maker.value())
      .u32(closing.key.number)
      .i64(closing.time.ms)
      .raw(closing.signature);
  XJ_CHECK(out.bytes().size() <= kFileBytesMax);
  return std::move(out).bytes();
}

std::expected<Container, Fault> read_container(ByteView file) {
  if (file.size() > kFileBytesMax)
    return std::unexpected(title_fault("too_large", "the file is larger than any evidence may be",
                                       "文件超过存证文件的最大长度"));
  ByteView rest = file;
  if (auto title = take_title(rest); !title) return std::unexpected(std::move(title).error());
  Container out;
  const auto entries = take_table(rest, out.subject);
  if (!entries) return std::unexpected(entries.error());
  auto sections = take_sections(rest, *entries);
  if (!sections) return std::unexpected(std::move(sections).error());
  out.sections = std::move(*sections);
  auto closing = read_closing(rest, file.first(file.size() - rest.size()), out.sections.size());
  if (!closing) return std::unexpected(std::move(closing).error());
  out.closing = *closing;
  return out;
}

}  // namespace xianjie::node::evidence
