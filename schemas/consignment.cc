#include "schemas/consignment.h"

#include <algorithm>
#include <cstdio>

#include "consignment_generated.h"
#include "schemas/codec.h"
#include "schemas/limits.h"
#include "schemas/text.h"

namespace xianjie {
inline namespace schemas {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Verifier;

constexpr const char* kConsignmentBodyId = "XJCB";
constexpr const char* kSignedConsignmentId = "XJCS";
constexpr std::uint8_t kConsignmentVersion = 1;

bool good_text(const flatbuffers::String* text) {
  const std::string_view view_of = text_view(text);
  return view_of.size() <= kConsignmentTextMax && is_utf8(view_of) &&
         std::ranges::none_of(view_of, [](char c) { return c >= 0 && c < ' '; });
}

Result<std::vector<ConsignmentFile>> take_files(const fbs::ConsignmentBody& from) {
  std::vector<ConsignmentFile> files;
  std::uint64_t bytes = 0;
  if (length(from.files()) == 0 || length(from.files()) > kConsignmentFilesMax)
    return corrupt("consignment: number of files");
  if (!elements_aligned(from.files(), 8)) return corrupt("consignment: files misplaced");
  for (const fbs::ConsignmentFile* file : *from.files()) {
    if (file->size() == 0 || file->size() > kFrameBytesMax)
      return corrupt("consignment: a file of impossible size");
    files.push_back({file->size(), array_of<Hash>(file->hash())});
    bytes += file->size();
  }
  if (bytes > kConsignmentBytesMax) return corrupt("consignment: larger than any may be");
  return files;
}

}  // namespace

Bytes encode_consignment_body(const Consignment& consignment) {
  FlatBufferBuilder builder(512 + consignment.files.size() * 48);
  std::vector<fbs::ConsignmentFile> files;
  files.reserve(consignment.files.size());
  for (const ConsignmentFile& file : consignment.files)
    files.emplace_back(file.size, fixed<fbs::Bytes32>(file.hash));
  const auto column = builder.CreateVectorOfStructs(files);
  const auto seal = builder.CreateString(consignment.seal);
  const auto courier = builder.CreateString(consignment.courier);
  builder.Finish(fbs::CreateConsignmentBody(
                     builder, kConsignmentVersion, consignment.from.value(), consignment.key.number,
                     consignment.to.value(), consignment.store_epoch, consignment.number,
                     static_cast<std::uint8_t>(consignment.channel), consignment.created.ms,
                     consignment.expires.ms, seal, courier, column),
                 kConsignmentBodyId);
  return take_bytes(builder);
}

Result<Consignment> decode_consignment_body(ByteView body) {
  const AlignedView aligned(body);
  const auto* from =
      verified_root<Verifier, fbs::ConsignmentBody>(aligned, kConsignmentBodyId, kManifestBytesMax);
  if (from == nullptr) return corrupt("consignment: broken structure");
  if (from->version() != kConsignmentVersion)
    return refused("consignment: of a version that this program does not know");
  const auto sender = OfficeId::from_value(from->from()), to = OfficeId::from_value(from->to());
  if (!sender || !to || *sender == *to || from->key() == 0)
    return corrupt("consignment: its offices are unknown");
  const auto channel = from_number<ChannelClass>(from->channel_class());
  if (channel != ChannelClass::kMedia && channel != ChannelClass::kFerry)
    return corrupt("consignment: neither by disk nor by ferry");
  Consignment out;
  out.from = *sender;
  out.key = {from->key()};
  out.to = *to;
  out.store_epoch = from->store_epoch();
  out.number = from->number();
  out.channel = *channel;
  out.created = {from->created()};
  out.expires = {from->expires()};
  if (out.store_epoch == 0 || out.number == 0) return corrupt("consignment: has no number");
  if (!out.created.is_set() || !in_range(out.created) || !in_range(out.expires) ||
      out.expires <= out.created)
    return corrupt("consignment: its times contradict each other");
  if (!good_text(from->seal()) || !good_text(from->courier()))
    return corrupt("consignment: seal or courier is no text");
  out.seal = text_view(from->seal());
  out.courier = text_view(from->courier());
  XJ_TRY(out.files, take_files(*from));
  return out;
}

Bytes encode(const SignedConsignment& consignment) {
  FlatBufferBuilder builder(consignment.body.size() + 256);
  const auto body = builder.CreateVector(consignment.body);
  const auto signature = fixed<fbs::Bytes64>(consignment.signature);
  builder.Finish(fbs::CreateSignedConsignment(builder, body, &signature), kSignedConsignmentId);
  return take_bytes(builder);
}

Result<SignedConsignment> decode_signed_consignment(ByteView bytes) {
  const AlignedView aligned(bytes);
  const auto* from = verified_root<Verifier, fbs::SignedConsignment>(aligned, kSignedConsignmentId,
                                                                     kManifestBytesMax + 1024);
  if (from == nullptr || from->signature() == nullptr)
    return corrupt("consignment: its manifest is broken");
  return SignedConsignment{to_bytes(view(from->body())), array_of<Signature>(*from->signature())};
}

std::string consignment_name(const Consignment& consignment) {
  std::string name = to_text(consignment.from);
  std::ranges::replace(name, ':', '-');
  char numbers[64];
  std::snprintf(numbers, sizeof numbers, "-%06llu-%08llx",
                static_cast<unsigned long long>(consignment.number),
                static_cast<unsigned long long>(consignment.store_epoch & 0xffffffffU));
  return name + numbers;
}

std::string consignment_file_name(std::size_t index) {
  char name[32];
  std::snprintf(name, sizeof name, "%06zu.frame", index + 1);
  return name;
}

}  // namespace schemas
}  // namespace xianjie
