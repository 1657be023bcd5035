#include "schemas/directory.h"

#include <algorithm>

#include "directory_generated.h"
#include "schemas/codec.h"
#include "schemas/directory_changes.h"
#include "schemas/limits.h"
#include "schemas/text.h"

namespace xianjie {
inline namespace schemas {
namespace {

constexpr std::size_t kNameBytesMax = 256;
constexpr std::size_t kLateralsMax = 64;
constexpr std::size_t kNetworksMax = 16;
constexpr std::int32_t kHolidayMax = 2'932'896;  // 9999-12-31, in days

using flatbuffers::Verifier;
using Ends = flatbuffers::Vector<std::uint32_t>;

struct Slice {
  std::uint32_t begin = 0, end = 0;
};
Slice slice(const Ends* ends, std::size_t row) {
  const auto at = static_cast<std::uint32_t>(row);
  return {at == 0 ? 0 : ends->Get(at - 1), ends->Get(at)};
}

// One end a row, never falling, the last at the column's length.
bool ends_fit(const Ends* ends, std::size_t rows, std::size_t column) {
  if (length(ends) != rows) return false;
  std::uint32_t last = 0;
  for (std::uint32_t row = 0; row < rows; ++row) {
    if (ends->Get(row) < last) return false;
    last = ends->Get(row);
  }
  return last == column;
}

bool is_plain(std::string_view text, std::size_t size_max) {  // printable ASCII without spaces
  return text.size() <= size_max &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

Result<void> check_header(const fbs::DirectoryBody& body) {
  const WallTime created{body.created()};
  const WallTime until{body.valid_until()};
  if (!created.is_set() || !in_range(created) || !in_range(until) ||
      (until.is_set() && until <= created))
    return corrupt("directory: its times contradict each other");
  for (const auto* dates : {body.holidays(), body.working_weekends()}) {
    if (length(dates) > 10'000) return corrupt("directory: too many holidays");
    if (!elements_aligned(dates, 4)) return corrupt("directory: a column is misplaced");
    std::int32_t last = -1;
    for (std::uint32_t k = 0; k < length(dates); ++k) {
      const std::int32_t day = dates->Get(k);
      if (day <= last || day > kHolidayMax) return corrupt("directory: holidays out of order");
      last = day;
    }
  }
  return {};
}

Result<void> check_columns(const fbs::DirectoryBody& body) {
  const std::size_t rows = length(body.offices());
  if (rows < 1 || rows > kOfficesMax) return corrupt("directory: number of offices");
  if (!elements_aligned(body.offices(), 8) || !elements_aligned(body.parents(), 8) ||
      !elements_aligned(body.laterals(), 8) || !elements_aligned(body.keys(), 8))
    return corrupt("directory: a column is misplaced");
  const std::size_t channels = length(body.channel_classes());
  if (length(body.parents()) != rows || !ends_fit(body.name_ends(), rows, length(body.names())) ||
      !ends_fit(body.lateral_ends(), rows, length(body.laterals())) ||
      !ends_fit(body.code_ends(), rows, length(body.codes())) ||
      !ends_fit(body.key_ends(), rows, length(body.keys())) ||
      !ends_fit(body.channel_ends(), rows, channels) ||
      !ends_fit(body.channel_network_ends(), channels, length(body.channel_networks())) ||
      length(body.channel_endpoints()) != channels ||
      length(body.channel_interfaces()) != channels ||
      (body.channel_attestations() != nullptr && length(body.channel_attestations()) != channels))
    return corrupt("directory: columns do not fit each other");
  return {};
}

Result<void> check_keys(const fbs::DirectoryBody& body, Slice keys, OfficeId id) {
  std::uint32_t last = 0;
  for (std::uint32_t k = keys.begin; k < keys.end; ++k) {
    const fbs::KeySet* set = body.keys()->Get(k);
    if (set->id() <= last) return corrupt("directory: keys of " + to_text(id) + " out of order");
    last = set->id();
    const WallTime from{set->valid_from()};
    const WallTime until{set->valid_until()};
    if (!in_range(from) || !in_range(until) || (until.is_set() && until <= from) ||
        set->revoked() > 1)
      return corrupt("directory: a key of " + to_text(id) + " has no sensible validity");
  }
  return {};
}

Result<void> check_office(const fbs::DirectoryBody& body, std::uint32_t row) {
  const auto id = OfficeId::from_value(body.offices()->Get(row));
  if (!id || (row > 0 && body.offices()->Get(row - 1) >= id->value()))
    return corrupt("directory: offices unknown or out of order");
  const std::uint64_t parent = body.parents()->Get(row);
  if (parent != 0 && (!OfficeId::from_value(parent) || parent == id->value()))
    return corrupt("directory: the parent of " + to_text(*id) + " is no office");
  const Slice name = slice(body.name_ends(), row);
  const std::string_view text =
      as_text(view(body.names()).subspan(name.begin, name.end - name.begin));
  if (text.empty() || text.size() > kNameBytesMax || !is_utf8(text))
    return corrupt("directory: the name of " + to_text(*id) + " is empty, too long or not UTF-8");
  const Slice laterals = slice(body.lateral_ends(), row);
  if (laterals.end - laterals.begin > kLateralsMax)
    return corrupt("directory: too many laterals at " + to_text(*id));
  for (std::uint32_t k = laterals.begin; k < laterals.end; ++k) {
    const auto lateral = OfficeId::from_value(body.laterals()->Get(k));
    if (!lateral || *lateral == *id) return corrupt("directory: a lateral of " + to_text(*id));
  }
  const Slice codes = slice(body.code_ends(), row);
  for (std::uint32_t k = codes.begin; k < codes.end; ++k)
    if (!is_directory_code(body.codes()->Get(k)))
      return corrupt("directory: a code of " + to_text(*id));
  const Slice channels = slice(body.channel_ends(), row);
  std::uint32_t classes = 0;
  for (std::uint32_t k = channels.begin; k < channels.end; ++k) {
    const std::uint32_t bit = 1U << (body.channel_classes()->Get(k) & 31U);
    if ((classes & bit) != 0)
      return corrupt("directory: two channels of one class at " + to_text(*id));
    classes |= bit;
  }
  return check_keys(body, slice(body.key_ends(), row), *id);
}

Result<void> check_channels(const fbs::DirectoryBody& body) {
  for (std::uint32_t row = 0; row < length(body.channel_classes()); ++row) {
    const Slice networks = slice(body.channel_network_ends(), row);
    bool good = from_number<ChannelClass>(body.channel_classes()->Get(row)).has_value() &&
                is_plain(text_view(body.channel_endpoints()->Get(row)), 256) &&
                is_plain(text_view(body.channel_interfaces()->Get(row)), 32) &&
                networks.end - networks.begin <= kNetworksMax;
    if (good && body.channel_attestations() != nullptr) {
      const std::string_view attested = text_view(body.channel_attestations()->Get(row));
      good = attested.size() <= kNameBytesMax && is_utf8(attested);
    }
    for (std::uint32_t k = networks.begin; good && k < networks.end; ++k)
      good = is_plain(text_view(body.channel_networks()->Get(k)), 64);
    if (!good) return corrupt("directory: channel " + std::to_string(row) + " is malformed");
  }
  return {};
}

}  // namespace

Result<SignedDirectory> decode_signed_directory(ByteView bytes) {
  const AlignedView aligned(bytes);
  const auto* from = verified_root<Verifier, fbs::SignedDirectory>(aligned, kSignedDirectoryId,
                                                                   kDirectoryBytesMax + 16 * 1024);
  if (from == nullptr) return corrupt("signed directory: broken structure");
  if (length(from->signatures()) > kDirectorySignaturesMax)
    return corrupt("signed directory: too many signatures");
  SignedDirectory to;
  to.body = to_bytes(view(from->body()));
  for (std::uint32_t k = 0; k < length(from->signatures()); ++k) {
    const fbs::DirectorySignature* one = from->signatures()->Get(k);
    to.signatures.push_back(
        {array_of<PublicKey>(one->key()), array_of<Signature>(one->signature())});
  }
  return to;
}

struct DirectoryFile::Impl {
  Bytes bytes;
  DirectoryHeader header;
  Revocations revocations;
  const fbs::DirectoryBody* body = nullptr;  // into `bytes`

  [[nodiscard]] std::uint32_t row(std::size_t index) const {
    XJ_CHECK(index < body->offices()->size());
    return static_cast<std::uint32_t>(index);
  }
};

Result<DirectoryFile> DirectoryFile::open(Bytes body) {
  auto impl = std::make_shared<Impl>();
  impl->bytes = std::move(body);
  const AlignedView aligned(impl->bytes);
  if (aligned.size() > 0) XJ_CHECK(aligned.data() == impl->bytes.data());  // the heap aligns to 16
  impl->body =
      verified_root<Verifier, fbs::DirectoryBody>(aligned, kDirectoryBodyId, kDirectoryBytesMax);
  if (impl->body == nullptr) return corrupt("directory: broken structure");
  const fbs::DirectoryBody& from = *impl->body;
  XJ_TRY_VOID(check_header(from));
  XJ_TRY_VOID(check_columns(from));
  XJ_TRY_VOID(check_channels(from));
  for (std::uint32_t row = 0; row < from.offices()->size(); ++row)
    XJ_TRY_VOID(check_office(from, row));
  impl->header = {
      from.version(), from.rehearsal(), {from.created()}, {from.valid_until()}, {}, {}, {}, {}};
  for (std::uint32_t k = 0; k < length(from.holidays()); ++k)
    impl->header.holidays.push_back(Date::from_days(from.holidays()->Get(k)));
  for (std::uint32_t k = 0; k < length(from.working_weekends()); ++k)
    impl->header.working_weekends.push_back(Date::from_days(from.working_weekends()->Get(k)));
  XJ_TRY(impl->revocations, take_revocations(from));
  XJ_TRY(impl->header.changes, take_office_changes(from));
  XJ_TRY(impl->header.code_changes, take_code_changes(from));
  DirectoryFile file;
  file.impl_ = std::move(impl);
  return file;
}

const DirectoryHeader& DirectoryFile::header() const {
  return impl_->header;
}
std::size_t DirectoryFile::size() const {
  return impl_->body->offices()->size();
}
ByteView DirectoryFile::body() const {
  return impl_->bytes;
}

OfficeId DirectoryFile::id(std::size_t index) const {
  return *OfficeId::from_value(impl_->body->offices()->Get(impl_->row(index)));
}

OfficeId DirectoryFile::parent(std::size_t index) const {
  return OfficeId::from_value(impl_->body->parents()->Get(impl_->row(index))).value_or(OfficeId{});
}

std::string_view DirectoryFile::name(std::size_t index) const {
  const Slice at = slice(impl_->body->name_ends(), impl_->row(index));
  return as_text(view(impl_->body->names()).subspan(at.begin, at.end - at.begin));
}

OfficeRecord DirectoryFile::record(std::size_t index) const {
  const fbs::DirectoryBody& from = *impl_->body;
  const std::uint32_t row = impl_->row(index);
  OfficeRecord to;
  to.id = id(index);
  to.parent = parent(index);
  to.name = name(index);
  const Slice laterals = slice(from.lateral_ends(), row);
  for (std::uint32_t k = laterals.begin; k < laterals.end; ++k)
    to.laterals.push_back(*OfficeId::from_value(from.laterals()->Get(k)));
  const Slice codes = slice(from.code_ends(), row);
  for (std::uint32_t k = codes.begin; k < codes.end; ++k) to.codes.push_back(from.codes()->Get(k));
  const Slice keys = slice(from.key_ends(), row);
  for (std::uint32_t k = keys.begin; k < keys.end; ++k) {
    const fbs::KeySet* set = from.keys()->Get(k);
    to.keys.push_back({{set->id()},
                       array_of<PublicKey>(set->signing()),
                       array_of<PublicKey>(set->sealing()),
                       array_of<PublicKey>(set->link()),
                       {set->valid_from()},
                       {set->valid_until()},
                       set->revoked() != 0,
                       {}});
    if (const auto at = impl_->revocations.find({to.id, {set->id()}});
        set->revoked() != 0 && at != impl_->revocations.end())
      to.keys.back().revoked_at = at->second;
  }
  const Slice channels = slice(from.channel_ends(), row);
  for (std::uint32_t k = channels.begin; k < channels.end; ++k) {
    Channel channel;
    channel.klass = static_cast<ChannelClass>(from.channel_classes()->Get(k));
    channel.endpoint = text_view(from.channel_endpoints()->Get(k));
    channel.interface = text_view(from.channel_interfaces()->Get(k));
    if (from.channel_attestations() != nullptr)
      channel.attested = text_view(from.channel_attestations()->Get(k));
    const Slice networks = slice(from.channel_network_ends(), k);
    for (std::uint32_t n = networks.begin; n < networks.end; ++n)
      channel.networks.emplace_back(text_view(from.channel_networks()->Get(n)));
    to.channels.push_back(std::move(channel));
  }
  return to;
}

}  // namespace schemas
}  // namespace xianjie
