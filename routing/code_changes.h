// The official list of code changes that the directory's holders signed (schemas/directory.h,
// CodeChange), over the built-in table: a row of it extends the table and overrides it, for every
// office alike. Immutable and cheap to copy; what find() gives points into it. Read next:
// resolve.h.
#pragma once

#include <map>
#include <memory>

#include "routing/codes.h"
#include "schemas/directory.h"

namespace xianjie::routing {

class CodeChanges {
 public:
  CodeChanges() = default;  // none: the table alone
  explicit CodeChanges(std::vector<CodeChange> rows);

  // As find_code() and parent_code(), with the list's word first.
  [[nodiscard]] std::optional<CodeInfo> find(std::uint32_t code) const;
  [[nodiscard]] std::uint32_t parent(std::uint32_t code) const;
  [[nodiscard]] bool empty() const { return rows_ == nullptr || rows_->empty(); }

 private:
  [[nodiscard]] const CodeChange* row(std::uint32_t code) const;
  [[nodiscard]] std::uint32_t ends_at(std::uint32_t code) const;
  [[nodiscard]] std::uint32_t covering(const std::vector<std::uint32_t>& codes) const;
  std::shared_ptr<const std::map<std::uint32_t, CodeChange>> rows_;
};

}  // namespace xianjie::routing
