// What every FlatBuffers codec of this folder does before it reads a value: length, aligned
// storage, identifier, structure within limits. For the .cc files here only; the FlatBuffers types
// come in as template arguments, so that their headers stay out of this one.
#pragma once

#include <bit>
#include <memory>

#include "schemas/bytes.h"
#include "schemas/limits.h"

namespace xianjie {
inline namespace schemas {

// The four letters that each buffer of the bus begins with (its FlatBuffers file identifier).
inline constexpr const char* kHeaderId = "XJEH";
inline constexpr const char* kSlotsId = "XJES";
inline constexpr const char* kProofId = "XJEP";
inline constexpr const char* kFrameId = "XJLF";
inline constexpr const char* kRecordBodyId = "XJRB";
inline constexpr const char* kSignedRecordId = "XJSR";
inline constexpr const char* kDirectoryBodyId = "XJDB";
inline constexpr const char* kSignedDirectoryId = "XJSD";
inline constexpr const char* kPayloadId = "XJPL";
inline constexpr const char* kRequestId = "XJAQ";
inline constexpr const char* kReplyId = "XJAR";

// Views the bytes where they are 8-byte aligned, else an aligned copy of its own. A value of the
// store is only 2-byte aligned.
class AlignedView {
 public:
  explicit AlignedView(ByteView bytes) : view_(bytes) {
    if (std::bit_cast<std::uintptr_t>(bytes.data()) % 8 == 0) return;
    copy_ = std::make_unique_for_overwrite<std::uint64_t[]>((bytes.size() + 7) / 8);
    std::memcpy(copy_.get(), bytes.data(), bytes.size());
    view_ = {reinterpret_cast<const std::uint8_t*>(copy_.get()), bytes.size()};
  }
  [[nodiscard]] const std::uint8_t* data() const { return view_.data(); }
  [[nodiscard]] std::size_t size() const { return view_.size(); }

 private:
  ByteView view_;
  std::unique_ptr<std::uint64_t[]> copy_;
};

// The root of a structurally sound buffer, or nullptr. `aligned` must outlive it.
template <class Verifier, class Root>
const Root* verified_root(const AlignedView& aligned, const char* identifier,
                          std::size_t size_max) {
  if (aligned.size() < 8 || aligned.size() > size_max) return nullptr;
  typename Verifier::Options options;
  options.max_depth = kFlatBufferDepthMax;
  options.max_tables = kFlatBufferTablesMax;
  Verifier verifier(aligned.data(), aligned.size(), options);
  if (!verifier.template VerifyBuffer<Root>(identifier)) return nullptr;
  std::uint32_t offset = 0;
  std::memcpy(&offset, aligned.data(), sizeof offset);
  return reinterpret_cast<const Root*>(aligned.data() + offset);
}

// The Verifier of 2.0.8 does not look at the alignment of a vector's elements. (Nor does its
// builder align a vector without any.)
template <class Vector>
bool elements_aligned(const Vector* vector, std::size_t alignment) {
  return vector == nullptr || vector->size() == 0 ||
         std::bit_cast<std::uintptr_t>(vector->Data()) % alignment == 0;
}

template <class Vector>
std::size_t length(const Vector* vector) {
  return vector == nullptr ? 0 : vector->size();
}
template <class Vector>
ByteView view(const Vector* vector) {
  return vector == nullptr ? ByteView{} : ByteView{vector->Data(), vector->size()};
}
template <class String>
std::string_view text_view(const String* text) {
  return text == nullptr ? std::string_view{} : std::string_view{text->data(), text->size()};
}

// Between std::array and the Bytes16 … Bytes64 structs.
template <class Array, class Struct>
Array array_of(const Struct& fixed) {
  return std::bit_cast<Array>(fixed);
}
template <class Struct, class Array>
Struct fixed(const Array& array) {
  return std::bit_cast<Struct>(array);
}

template <class Builder>
Bytes take_bytes(const Builder& builder) {
  const std::uint8_t* data = builder.GetBufferPointer();
  return {data, data + builder.GetSize()};
}

}  // namespace schemas
}  // namespace xianjie
