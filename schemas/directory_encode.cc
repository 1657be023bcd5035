// The writing half of schemas/directory.h; directory.cc reads.
#include <algorithm>
#include <tuple>

#include "directory_generated.h"
#include "schemas/codec.h"
#include "schemas/directory.h"

namespace xianjie {
inline namespace schemas {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

// The columns of fbs/directory.fbs, filled office by office.
struct Columns {
  std::vector<std::uint64_t> offices, parents, laterals;
  Bytes names, channel_classes;
  std::vector<std::uint32_t> name_ends, lateral_ends, codes, code_ends, key_ends, channel_ends,
      network_ends;
  std::vector<fbs::KeySet> keys;
  std::vector<fbs::Revocation> revocations;
  std::vector<std::string> endpoints, interfaces, networks, attestations;
  bool attested = false;

  static void end(std::vector<std::uint32_t>& ends, std::size_t at) {
    ends.push_back(static_cast<std::uint32_t>(at));
  }
  void add(const OfficeRecord& office) {
    offices.push_back(office.id.value());
    parents.push_back(office.parent.value());
    names.insert(names.end(), office.name.begin(), office.name.end());
    end(name_ends, names.size());
    for (const OfficeId lateral : office.laterals) laterals.push_back(lateral.value());
    end(lateral_ends, laterals.size());
    codes.insert(codes.end(), office.codes.begin(), office.codes.end());
    end(code_ends, codes.size());
    for (const OfficeKeySet& set : office.keys) {
      keys.emplace_back(set.id.number, set.revoked ? std::uint8_t{1} : std::uint8_t{0},
                        fixed<fbs::Bytes32>(set.signing), fixed<fbs::Bytes32>(set.sealing),
                        fixed<fbs::Bytes32>(set.link), set.valid_from.ms, set.valid_until.ms);
      if (set.revoked && set.revoked_at.is_set())
        revocations.emplace_back(office.id.value(), set.id.number, set.revoked_at.ms);
    }
    end(key_ends, keys.size());
    for (const Channel& channel : office.channels) {
      channel_classes.push_back(static_cast<std::uint8_t>(channel.klass));
      endpoints.push_back(channel.endpoint);
      interfaces.push_back(channel.interface);
      attestations.push_back(channel.attested);
      attested = attested || !channel.attested.empty();
      networks.insert(networks.end(), channel.networks.begin(), channel.networks.end());
      end(network_ends, networks.size());
    }
    end(channel_ends, channel_classes.size());
  }
};

// Repeated texts (interfaces, networks) are written once.
Offset<flatbuffers::Vector<Offset<flatbuffers::String>>> text_column(
    FlatBufferBuilder& builder, const std::vector<std::string>& texts) {
  std::vector<Offset<flatbuffers::String>> offsets;
  offsets.reserve(texts.size());
  for (const std::string& text : texts) offsets.push_back(builder.CreateSharedString(text));
  return builder.CreateVector(offsets);
}

std::vector<std::int32_t> rising_days(const std::vector<Date>& dates) {
  std::vector<std::int32_t> out;
  for (const Date& date : dates) out.push_back(static_cast<std::int32_t>(date.days_since_epoch()));
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

Offset<flatbuffers::Vector<const fbs::OfficeChange*>> change_column(
    FlatBufferBuilder& builder, std::vector<OfficeChange> changes) {
  std::ranges::stable_sort(changes, [](const OfficeChange& a, const OfficeChange& b) {
    return std::tie(a.effective, a.office) < std::tie(b.effective, b.office);
  });
  std::vector<fbs::OfficeChange> rows;
  for (const OfficeChange& one : changes)
    rows.emplace_back(one.office.value(), one.effective.ms, one.other.value(), one.code,
                      static_cast<std::uint8_t>(one.what));
  return builder.CreateVectorOfStructs(rows);
}

Offset<flatbuffers::Vector<Offset<fbs::CodeChange>>> code_column(FlatBufferBuilder& builder,
                                                                 std::vector<CodeChange> changes) {
  std::ranges::stable_sort(changes, {}, &CodeChange::code);
  std::vector<Offset<fbs::CodeChange>> rows;
  for (const CodeChange& one : changes) {
    const auto name = builder.CreateString(one.name);
    const auto successors = builder.CreateVector(one.successors);
    const auto source = builder.CreateSharedString(one.source);
    rows.push_back(fbs::CreateCodeChange(
        builder, one.code, name, static_cast<std::int32_t>(one.from.days_since_epoch()),
        static_cast<std::int32_t>(one.to.days_since_epoch()), successors, source));
  }
  return builder.CreateVector(rows);
}

}  // namespace

Bytes encode_directory_body(const DirectoryContents& contents) {
  std::vector<const OfficeRecord*> sorted;
  sorted.reserve(contents.offices.size());
  for (const OfficeRecord& office : contents.offices) sorted.push_back(&office);
  std::ranges::stable_sort(sorted, {}, [](const OfficeRecord* office) { return office->id; });
  Columns columns;
  for (const OfficeRecord* office : sorted) columns.add(*office);

  FlatBufferBuilder builder(64 * 1024 + sorted.size() * 256);
  Offset<flatbuffers::Vector<Offset<flatbuffers::String>>> attestations;
  if (columns.attested) attestations = text_column(builder, columns.attestations);
  const auto holidays = builder.CreateVector(rising_days(contents.header.holidays));
  const auto worked = builder.CreateVector(rising_days(contents.header.working_weekends));
  // Absent where there are none, so that older bodies keep their bytes.
  Offset<flatbuffers::Vector<const fbs::Revocation*>> revocations;
  Offset<flatbuffers::Vector<const fbs::OfficeChange*>> changes;
  Offset<flatbuffers::Vector<Offset<fbs::CodeChange>>> codes;
  if (!columns.revocations.empty())
    revocations = builder.CreateVectorOfStructs(columns.revocations);
  if (!contents.header.changes.empty()) changes = change_column(builder, contents.header.changes);
  if (!contents.header.code_changes.empty())
    codes = code_column(builder, contents.header.code_changes);
  const auto body = fbs::CreateDirectoryBody(
      builder, contents.header.version, contents.header.rehearsal, contents.header.created.ms,
      contents.header.valid_until.ms, holidays, builder.CreateVector(columns.offices),
      builder.CreateVector(columns.parents), builder.CreateVector(columns.names),
      builder.CreateVector(columns.name_ends), builder.CreateVector(columns.laterals),
      builder.CreateVector(columns.lateral_ends), builder.CreateVector(columns.codes),
      builder.CreateVector(columns.code_ends), builder.CreateVectorOfStructs(columns.keys),
      builder.CreateVector(columns.key_ends), builder.CreateVector(columns.channel_ends),
      builder.CreateVector(columns.channel_classes), text_column(builder, columns.endpoints),
      text_column(builder, columns.interfaces), text_column(builder, columns.networks),
      builder.CreateVector(columns.network_ends), attestations, worked, revocations, changes,
      codes);
  builder.Finish(body, kDirectoryBodyId);
  return take_bytes(builder);
}

Bytes encode(const SignedDirectory& directory) {
  FlatBufferBuilder builder(directory.body.size() + 4096);
  std::vector<fbs::DirectorySignature> signatures;
  for (const DirectorySignature& one : directory.signatures)
    signatures.emplace_back(fixed<fbs::Bytes32>(one.key), fixed<fbs::Bytes64>(one.signature));
  const auto body = builder.CreateVector(directory.body);
  const auto column = builder.CreateVectorOfStructs(signatures);
  builder.Finish(fbs::CreateSignedDirectory(builder, body, column), kSignedDirectoryId);
  return take_bytes(builder);
}

}  // namespace schemas
}  // namespace xianjie
