#include "tests/support/sheet_samples.h"

#include <zip.h>

#include <algorithm>
#include <bit>

#include "schemas/result.h"

namespace xianjie::tests {
namespace {

constexpr std::string_view kOffice =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";

std::string relation(std::string_view id, std::string_view type, std::string_view target) {
  return "<Relationship Id=\"" + std::string(id) + "\" Type=\"" + std::string(kOffice) +
         std::string(type) + "\" Target=\"" + std::string(target) + "\"/>";
}

std::string relations(const std::string& inside) {
  return "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" +
         inside + "</Relationships>";
}

void little_endian(Bytes& bytes, std::size_t at, std::uint64_t value, unsigned width) {
  for (unsigned i = 0; i < width; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

}  // namespace

Bytes zip_of(const Parts& parts, bool packed) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_source_keep(source);
  zip_t* archive = zip_open_from_source(source, ZIP_TRUNCATE, &error);
  XJ_CHECK(archive != nullptr);
  for (const auto& [name, text] : parts) {
    zip_source_t* part = zip_source_buffer(archive, text.data(), text.size(), 0);
    const auto index = zip_file_add(archive, name.c_str(), part, ZIP_FL_ENC_UTF_8);
    XJ_CHECK(index >= 0);
    if (!packed)
      zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
    zip_file_set_dostime(archive, static_cast<zip_uint64_t>(index), 0, 0x2C21, 0);  // 2002
  }
  XJ_CHECK(zip_close(archive) == 0);
  zip_stat_t stat;
  zip_source_stat(source, &stat);
  Bytes bytes(stat.size);
  zip_source_open(source);
  XJ_CHECK(zip_source_read(source, bytes.data(), bytes.size()) ==
           static_cast<zip_int64_t>(bytes.size()));
  zip_source_close(source);
  zip_source_free(source);
  return bytes;
}

Parts xlsx_parts(std::string_view rows, std::string_view strings,
                 std::string_view book_properties) {
  Parts parts;
  parts["_rels/.rels"] = relations(relation("rId1", "officeDocument", "xl/workbook.xml"));
  parts["xl/workbook.xml"] = "<workbook xmlns:r=\"r\">" + std::string(book_properties) +
                             "<sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"rId1\"/></sheets>"
                             "</workbook>";
  parts["xl/_rels/workbook.xml.rels"] = relations(
      relation("rId1", "worksheet", "worksheets/sheet1.xml") +
      relation("rId2", "styles", "styles.xml") +
      (strings.empty() ? "" : relation("rId3", "sharedStrings", "/xl/sharedStrings.xml")));
  parts["xl/styles.xml"] =
      "<styleSheet><numFmts count=\"1\"><numFmt numFmtId=\"164\" "
      "formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@\"/></numFmts><cellStyleXfs>"
      "<xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/>"
      "<xf numFmtId=\"22\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>";
  if (!strings.empty()) parts["xl/sharedStrings.xml"] = "<sst>" + std::string(strings) + "</sst>";
  parts["xl/worksheets/sheet1.xml"] =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<worksheet>"
      "<sheetData>" +
      std::string(rows) + "</sheetData></worksheet>";
  return parts;
}

Bytes compound_file_of(ByteView stream, std::string_view name) {
  constexpr std::size_t kSector = 512, kSmall = 64;
  constexpr std::uint32_t kEnd = 0xFFFFFFFE, kTable = 0xFFFFFFFD;
  const bool small = stream.size() < 4096;
  const std::size_t first = small ? 3 : 2;  // table, entries, the table of small sectors
  const std::size_t sectors = first + (stream.size() + kSector - 1) / kSector;
  XJ_CHECK(sectors <= kSector / 4);
  Bytes file((sectors + 1) * kSector);
  const auto put = [&](std::size_t at, std::uint64_t value, unsigned width) {
    little_endian(file, at, value, width);
  };
  put(0, 0xe11ab1a1e011cfd0, 8);
  put(24, 0x3e, 2);
  put(26, 3, 2);
  put(28, 0xfffe, 2);
  put(30, 9, 2);
  put(32, 6, 2);
  put(44, 1, 4);
  put(48, 1, 4);
  put(56, 4096, 4);
  put(60, small ? 2 : kEnd, 4);
  put(64, small ? 1 : 0, 4);
  put(68, kEnd, 4);
  for (std::size_t i = 1; i < 109; ++i) put(76 + i * 4, 0xFFFFFFFF, 4);
  const auto place = [&](std::size_t sector) { return (sector + 1) * kSector; };
  for (std::size_t i = 0; i < kSector / 4; ++i)
    put(place(0) + i * 4,
        i == 0             ? kTable
        : i < first        ? kEnd
        : i + 1 < sectors  ? i + 1
        : i + 1 == sectors ? kEnd
                           : 0xFFFFFFFF,
        4);
  if (small)
    for (std::size_t i = 0; i < kSector / 4; ++i)
      put(place(2) + i * 4, (i + 1) * kSmall < stream.size() ? i + 1 : kEnd, 4);
  const auto entry = [&](std::size_t at, std::string_view title, unsigned type, std::size_t start,
                         std::size_t size) {
    for (std::size_t i = 0; i < title.size(); ++i)
      put(at + i * 2, static_cast<std::uint8_t>(title[i]), 2);
    put(at + 64, (title.size() + 1) * 2, 2);
    put(at + 66, type, 1);
    put(at + 116, start, 4);
    put(at + 120, size, 4);
  };
  entry(place(1), "Root Entry", 5, small ? first : kEnd, small ? stream.size() : 0);
  entry(place(1) + 128, name, 2, small ? 0 : first, stream.size());
  std::copy(stream.begin(), stream.end(), file.begin() + static_cast<std::ptrdiff_t>(place(first)));
  return file;
}

BiffWriter& BiffWriter::begin(std::uint16_t id) {
  size_at_ = 0;
  u16(id);
  bytes_.resize(bytes_.size() + 2);
  size_at_ = bytes_.size();
  return *this;
}

BiffWriter& BiffWriter::put(std::uint64_t value, unsigned width) {
  bytes_.resize(bytes_.size() + width);
  little_endian(bytes_, bytes_.size() - width, value, width);
  if (size_at_ != 0) little_endian(bytes_, size_at_ - 2, bytes_.size() - size_at_, 2);
  return *this;
}

BiffWriter& BiffWriter::f64(double value) {
  return put(std::bit_cast<std::uint64_t>(value), 8);
}

BiffWriter& BiffWriter::text(std::u16string_view text) {
  u16(static_cast<unsigned>(text.size())).u8(1);
  for (const char16_t c : text) u16(c);
  return *this;
}

Bytes xls_stream(ByteView strings, ByteView cells) {
  BiffWriter globals;
  globals.begin(0x0809).u16(0x0600).u16(5);
  globals.begin(0x041E).u16(164).text(u"yyyy\"年\"m\"月\"d\"日\"");
  for (const unsigned format : {0U, 14U, 22U, 164U}) globals.begin(0x00E0).u16(0).u16(format);
  globals.begin(0x0085).u32(0).u8(0).u8(0).u8(1).u8(0).u8('a');
  Bytes stream = globals.bytes();
  const std::size_t place = stream.size() - 9;
  stream.insert(stream.end(), strings.begin(), strings.end());
  const auto append = [&stream](const Bytes& bytes) {
    stream.insert(stream.end(), bytes.begin(), bytes.end());
  };
  append(BiffWriter().begin(0x000A).bytes());
  little_endian(stream, place, stream.size(), 4);
  append(BiffWriter().begin(0x0809).u16(0x0600).u16(0x10).bytes());
  stream.insert(stream.end(), cells.begin(), cells.end());
  append(BiffWriter().begin(0x000A).bytes());
  return stream;
}

}  // namespace xianjie::tests
