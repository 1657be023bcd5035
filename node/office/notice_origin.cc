#include "node/office/notice_origin.h"

#include "node/office/typed_text.h"

namespace xianjie::node {

std::optional<OfficeId> find_office(const routing::Directory& directory, std::string_view text) {
  const std::string_view name = trim(text);
  const std::string plain = narrow(name);
  if (const auto id = OfficeId::parse(trim(plain)); id && directory.contains(*id)) return id;
  const auto named = directory.find_by_name(name);
  return named.size() == 1 ? std::optional(named.front()) : std::nullopt;
}

std::expected<OfficeId, std::string> Origins::read(std::string_view cell) {
  cell = trim(cell);
  if (cell.empty()) return std::unexpected("missing: the row names no reporting office");
  auto at = known_.find(cell);
  if (at == known_.end()) at = known_.emplace(std::string(cell), find_(cell)).first;
  const std::optional<OfficeId>& office = at->second;
  if (!office)
    return std::unexpected("unknown_origin: no office has this id, none or several this name");
  if (office->type() != OfficeType::kPrison && office->type() != OfficeType::kDetentionHouse)
    return std::unexpected("unknown_origin: " + to_text(*office) +
                           " is neither a prison nor a detention house");
  return *office;
}

}  // namespace xianjie::node
