// Looks for personal data that stands in the clear anywhere under a folder: texts as UTF-8,
// GB18030, UTF-16 of both byte orders, hex and base64 (at any alignment), and unkeyed hashes (MD5,
// SHA-1, SHA-256, BLAKE2b-256 and -512) of numbers, raw, in hex and in base64.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schemas/bytes.h"

namespace xianjie::tests {

struct Leak {
  std::filesystem::path file;
  std::size_t offset = 0;
  std::string what;  // the label given, and how it was written
};

class LeakSearch {
 public:
  // Short texts stand in random bytes by chance: at least four characters.
  void add_text(const std::string& label, const std::string& utf8);
  void add_hashes(const std::string& label, const std::string& text);

  // Every regular file under `folder`, stores and logs as they lie there.
  [[nodiscard]] std::vector<Leak> search(const std::filesystem::path& folder) const;
  [[nodiscard]] std::vector<Leak> search_bytes(ByteView bytes,
                                               const std::filesystem::path& file) const;
  [[nodiscard]] std::size_t files_seen() const { return files_seen_; }

 private:
  struct Needle {
    std::string bytes;
    std::string what;
  };
  void add_bytes(const std::string& what, const std::string& bytes);
  void add_in_letters(const std::string& what, const std::string& bytes);  // hex, base64
  void add_needle(std::string bytes, std::string what);

  std::unordered_map<std::uint32_t, std::vector<Needle>> needles_;  // by their first four bytes
  mutable std::size_t files_seen_ = 0;
};

}  // namespace xianjie::tests
