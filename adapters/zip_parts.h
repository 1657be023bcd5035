// A ZIP archive in memory, read part by part: nothing is unpacked to disk, and no more than a
// bound. Names of entries are only compared with names asked for. Errors are "malformed: …".
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "adapters/spreadsheet.h"

struct zip;
struct zip_file;

namespace xianjie::adapters {

class ZipParts {
 public:
  // `bytes` outlive it.
  static Result<ZipParts> open(ByteView bytes, const SheetLimits& limits);

  // One part, a piece at a time.
  class Stream {
   public:
    Result<std::size_t> read(std::span<char> into);  // 0 at the end; the checksum has been compared

   private:
    friend class ZipParts;
    struct Close {
      void operator()(zip_file* file) const;
    };
    std::unique_ptr<zip_file, Close> file_;
    std::size_t* left_ = nullptr;  // of what may be unpacked
  };
  [[nodiscard]] bool has(const std::string& name) const;
  Result<Stream> stream(const std::string& name);  // lives no longer than this
  Result<std::string> read(const std::string& name, std::size_t bytes_max);

 private:
  struct Discard {
    void operator()(zip* archive) const;
  };
  std::unique_ptr<zip, Discard> archive_;
  std::unique_ptr<std::size_t> left_;  // does not move
};

}  // namespace xianjie::adapters
