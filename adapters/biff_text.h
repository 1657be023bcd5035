// Records of a .xls stream ([MS-XLS] 2.1.4) and the texts in them, which may run on into CONTINUE
// records. Reading past the end yields zeros and makes ok() false for good.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schemas/bytes.h"

namespace xianjie::adapters {

struct BiffRecord {
  std::uint16_t id = 0;
  std::vector<ByteView> pieces;  // its own, then those of the CONTINUE records behind it
};

// One record after the other from a place in the stream.
class BiffRecords {
 public:
  BiffRecords(ByteView stream, std::size_t at) : stream_(stream), at_(at) {}
  bool next(BiffRecord& record);  // false: at the end, or where no record begins

 private:
  bool one(std::uint16_t& id, ByteView& body);
  ByteView stream_;
  std::size_t at_;
};

class BiffFields {
 public:
  explicit BiffFields(const BiffRecord& record) : pieces_(record.pieces) {}
  std::uint8_t u8();
  std::uint16_t u16() { return static_cast<std::uint16_t>(little(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(little(4)); }
  double f64();
  // XLUnicodeRichExtendedString: 8 or 16 bits a character, formatting and phonetics left out.
  std::string text(std::size_t characters);
  void skip(std::size_t bytes);
  [[nodiscard]] std::size_t left_here() const;  // in this piece
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  std::uint64_t little(unsigned width);
  bool move_on();  // to a piece that has something; false: there is none

  const std::vector<ByteView>& pieces_;
  std::size_t piece_ = 0, at_ = 0;
  bool ok_ = true;
};

}  // namespace xianjie::adapters
