// The elements of one name out of an XML document too long for a tree, one after the other, each
// with its tags: a sheet's rows, the shared strings. UTF-8 only; a document type is refused, so
// there are no entities but XML's own five. What stands inside an element is not checked here.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "schemas/result.h"

namespace xianjie::adapters {

struct XmlLimits {
  std::size_t slice_bytes, depth;
};

class XmlSlices {
 public:
  // Fills from the front; 0 at the end.
  using Read = std::function<Result<std::size_t>(std::span<char>)>;
  // `name` without a prefix; elements are found under any.
  XmlSlices(Read read, std::string_view name, const XmlLimits& limits)
      : read_(std::move(read)), name_(name), limits_(limits) {}

  // Valid until the next call. Empty at the end of the document. kRefused: "malformed: …".
  Result<std::optional<std::string_view>> next();

 private:
  struct Tag {
    std::size_t end = 0;                 // behind its '>'; 0: it is not all here yet
    bool opens = false, closes = false;  // both: <row/>
    std::string_view name;               // without a prefix
  };
  Result<Tag> tag_at(std::size_t at) const;
  Result<bool> fill();  // false: there is no more
  void drop_before(std::size_t at);

  Read read_;
  std::string name_;
  XmlLimits limits_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::optional<std::size_t> begin_;  // of the slice that is open
  std::size_t depth_ = 0, slice_depth_ = 0;
  bool seen_any_ = false;
};

// "x:row" → "row".
std::string_view local_name(std::string_view name);

}  // namespace xianjie::adapters
