#include "node/rehearsal/inputs.h"

#include <algorithm>

#include "adapters/files.h"
#include "node/office/id_number.h"
#include "node/daemon/handed_in.h"
#include "node/rehearsal/builtin.h"
#include "node/rehearsal/nation_setup.h"
#include "schemas/limits.h"

namespace xianjie::node::rehearsal {
namespace {

constexpr std::size_t kNationBytesMax = 64U << 20;

// Measured with the default nation: see README.md.
constexpr std::uint64_t kDiskPerOffice = 2U << 20;
constexpr std::uint64_t kDiskPerRow = 96U << 10;
// 2.5 KiB an envelope and its copy, in the quarter that one neighbour's queue may take of the 18 %
// that climbing mail may take of a store.
constexpr std::uint64_t kStorePerRow = 128U << 10;

Result<Bytes> bytes_of(const std::optional<std::filesystem::path>& file, std::string_view built_in,
                       std::size_t size_max) {
  if (!file) return to_bytes(as_bytes(built_in));
  return adapters::read_file(*file, size_max);
}

std::vector<std::string> id_numbers_in(std::vector<RawRow> rows, const Date& today) {
  std::vector<std::string> out;
  const auto file = read_notice_file(std::move(rows));
  if (!file) return out;
  for (const RawRow& row : file->rows) {
    const auto number = file->columns.shape_fault(row)
                            ? std::unexpected(IdNumberFault::kMissing)
                            : parse_id_number(file->columns.cell(row, Column::kIdNumber), today);
    out.push_back(number ? number->text : "");
  }
  return out;
}

}  // namespace

std::uint64_t Inputs::disk_bytes() const {
  return nation.offices.size() * kDiskPerOffice + notices.rows_read * kDiskPerRow;
}

std::uint64_t Inputs::store_bytes() const {
  return std::max(kStoreBytesRehearsal, notices.rows_read * kStorePerRow);
}

Result<Inputs> read_inputs(const RehearsalOptions& options) {
  Inputs inputs;
  XJ_TRY(const Bytes nation, bytes_of(options.nation, builtin_nation(), kNationBytesMax));
  auto parsed = adapters::parse_nation(as_text(nation));
  if (!parsed)
    return fail(parsed.error().code,
                (options.nation ? options.nation->string() + ": " : "") + parsed.error().text);
  inputs.nation = std::move(*parsed);
  const WallTime start = make_timeline(options.play, options.month, 1, 1).start;
  const RehearsalTime time{start, {}, 1, {}};
  XJ_TRY(const auto directory, plan_directory(inputs.nation.offices, time));
  if (options.play == Play::kExchangeTest) return inputs;  // no month's notices
  XJ_TRY(const Bytes notices,
         bytes_of(options.notices, builtin_notices(), kApiBytesMax - (1U << 20)));
  auto rows = read_handed_in(notices);
  if (!rows) {
    inputs.notices.refusals.push_back(std::move(rows).error());
    return inputs;
  }
  inputs.id_numbers = id_numbers_in(*rows, local_date(start));
  inputs.notices = split_notices(
      std::move(*rows), [&](std::string_view text) { return find_office(directory, text); });
  return inputs;
}

}  // namespace xianjie::node::rehearsal
