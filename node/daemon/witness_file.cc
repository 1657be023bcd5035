#include "node/daemon/witness_file.h"

#include <charconv>

#include "adapters/files.h"

namespace xianjie::node {
namespace {

constexpr std::size_t kWitnessBytesMax = 256;

// "NAME number\n" at the beginning of `rest`, taken off it.
std::optional<std::uint64_t> take_line(std::string_view& rest, std::string_view name, int base) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos || !rest.starts_with(name) || end <= name.size() + 1 ||
      rest[name.size()] != ' ')
    return std::nullopt;
  const std::string_view digits = rest.substr(name.size() + 1, end - name.size() - 1);
  std::uint64_t value = 0;
  const auto [at, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || at != digits.data() + digits.size()) return std::nullopt;
  rest.remove_prefix(end + 1);
  return value;
}

}  // namespace

Result<broker::Witness> read_witness(const std::filesystem::path& path) {
  const auto bytes = adapters::read_file(path, kWitnessBytesMax);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) return broker::Witness{};
  if (!bytes) return std::unexpected(bytes.error());
  std::string_view rest = as_text(*bytes);
  const auto epoch = take_line(rest, "epoch", 16);
  const auto boot = epoch ? take_line(rest, "boot", 10) : std::nullopt;
  const auto audit = boot ? take_line(rest, "audit", 10) : std::nullopt;
  if (!audit || !rest.empty())
    return corrupt(path.string() +
                   ": is not what this program wrote; if it is damaged, remove it: neighbours and "
                   "the audit log still tell whether the store is an old one");
  return broker::Witness{*boot, *audit, 0};
}

Result<> write_witness(const std::filesystem::path& path, std::uint64_t epoch,
                       const broker::Witness& witness) {
  const std::string text = "epoch " + to_hex(Encoder().u64(epoch).bytes()) + "\nboot " +
                           std::to_string(witness.boot) + "\naudit " +
                           std::to_string(witness.audit_seq) + "\n";
  return adapters::write_file_atomically(path, as_bytes(text), 0600);
}

}  // namespace xianjie::node
