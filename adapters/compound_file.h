// A compound file ([MS-CFB]): what .xls and password-protected .xlsx lie in. Only streams are read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/bytes.h"
#include "schemas/result.h"

namespace xianjie::adapters {

class CompoundFile {
 public:
  // `bytes` outlive it. kRefused: "malformed: …".
  static Result<CompoundFile> open(ByteView bytes);
  // ASCII name, any case. The first of that name counts, wherever it stands.
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  [[nodiscard]] Result<Bytes> read(std::string_view name) const;

 private:
  struct Entry {
    std::string name;  // lower case; other than ASCII as '?'
    std::uint32_t start = 0;
    std::uint64_t size = 0;
  };
  [[nodiscard]] const Entry* find(std::string_view name) const;
  [[nodiscard]] ByteView sector(std::uint32_t number) const;  // empty: outside the file
  // The sectors of a chain, joined; at most `size_max` bytes. nullopt: it leads nowhere or in a
  // circle.
  [[nodiscard]] std::optional<Bytes> chain(std::uint32_t start, std::uint64_t size_max) const;
  [[nodiscard]] std::optional<Bytes> small_chain(std::uint32_t start, std::uint64_t size) const;
  bool read_table();
  bool read_entries();

  ByteView bytes_;
  std::uint32_t shift_ = 9;  // of a sector
  std::vector<std::uint32_t> next_, next_small_;
  std::vector<Entry> entries_;
  Bytes small_;  // the stream that holds the small sectors
};

}  // namespace xianjie::adapters
