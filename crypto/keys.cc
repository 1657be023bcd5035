#include "crypto/keys.h"

#include <sodium.h>

#include <array>
#include <optional>

#include "crypto/hash.h"

namespace xianjie::crypto {
namespace {

constexpr std::string_view kFileTitle = "xianjie-keys 1";
constexpr std::size_t kSecretBytes = 32;

// Where the secrets stand in the one guarded allocation of an office.
constexpr std::size_t kSeedAt = 0, kSealingAt = 32, kLinkAt = 64, kLocalAt = 96, kSigningAt = 128;
constexpr std::size_t kGuardedBytes = kSigningAt + crypto_sign_SECRETKEYBYTES;

Bytes joined(std::string_view domain, ByteView message) {
  Bytes out;
  out.reserve(domain.size() + message.size());
  const ByteView prefix = as_bytes(domain);
  out.insert(out.end(), prefix.begin(), prefix.end());
  out.insert(out.end(), message.begin(), message.end());
  return out;
}

Signature sign_with(const std::uint8_t* secret_key, std::string_view domain, ByteView message) {
  const Bytes text = joined(domain, message);
  Signature out;
  crypto_sign_detached(out.data(), nullptr, text.data(), text.size(), secret_key);
  return out;
}

// Appends to a fixed buffer; the text holds secrets and must not move through the heap.
struct Writer {
  std::span<std::uint8_t> room;
  std::size_t used = 0;
  void text(std::string_view part) {
    XJ_CHECK(part.size() <= room.size() - used);
    std::memcpy(room.data() + used, part.data(), part.size());
    used += part.size();
  }
  void secret(ByteView bytes) {
    XJ_CHECK(bytes.size() * 2 + 1 <= room.size() - used);
    sodium_bin2hex(reinterpret_cast<char*>(room.data() + used), room.size() - used, bytes.data(),
                   bytes.size());
    used += bytes.size() * 2;
  }
};

// "name value\n" from the front of `text`.
std::optional<std::string_view> take_line(std::string_view& text, std::string_view name) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view line = text.substr(0, end);
  if (!line.starts_with(name)) return std::nullopt;
  line.remove_prefix(name.size());
  if (!line.starts_with(' ')) return std::nullopt;
  line.remove_prefix(1);
  text.remove_prefix(end + 1);
  return line;
}

bool read_secret(std::string_view hex, std::span<std::uint8_t> out) {
  std::size_t length = 0;
  const char* end = nullptr;
  return hex.size() == out.size() * 2 &&
         sodium_hex2bin(out.data(), out.size(), hex.data(), hex.size(), nullptr, &length, &end) ==
             0 &&
         length == out.size() && end == hex.data() + hex.size();
}

std::optional<std::uint32_t> read_number(std::string_view digits) {
  if (digits.empty() || digits.size() > 9 || digits.front() == '0') return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return value;
}

std::string checksum_hex(std::string_view text) {
  return to_hex(Encoder().u64(checksum(as_bytes(text))).bytes());
}

}  // namespace

SecretBytes::SecretBytes(std::size_t size) : size_(size) {
  init();
  data_ = static_cast<std::uint8_t*>(sodium_malloc(size));
  XJ_CHECK(data_ != nullptr);
  sodium_memzero(data_, size);
}
SecretBytes::~SecretBytes() {
  sodium_free(data_);
}
SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}
std::span<std::uint8_t> SecretBytes::span() {
  return {data_, size_};
}
ByteView SecretBytes::view() const {
  return {data_, size_};
}

struct OfficeKeys::Impl {
  OfficeId office;
  KeyId id;
  SecretBytes guarded{kGuardedBytes};
  PublicKey signing{}, sealing{}, link{};

  [[nodiscard]] std::uint8_t* at(std::size_t offset) { return guarded.span().data() + offset; }
  [[nodiscard]] ByteView secret(std::size_t offset) const {
    return guarded.view().subspan(offset, kSecretBytes);
  }
  // From the four secrets everything else.
  bool derive() {
    crypto_sign_seed_keypair(signing.data(), at(kSigningAt), at(kSeedAt));
    return crypto_scalarmult_base(sealing.data(), at(kSealingAt)) == 0 &&
           crypto_scalarmult_base(link.data(), at(kLinkAt)) == 0;
  }
};

OfficeKeys::OfficeKeys(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OfficeKeys::~OfficeKeys() = default;
OfficeKeys::OfficeKeys(OfficeKeys&&) noexcept = default;
OfficeKeys& OfficeKeys::operator=(OfficeKeys&&) noexcept = default;

OfficeKeys OfficeKeys::generate(OfficeId office, KeyId id, Random& random) {
  auto impl = std::make_unique<Impl>();
  impl->office = office;
  impl->id = id;
  random.fill(impl->guarded.span().first(kSigningAt));
  XJ_CHECK(impl->derive());
  return OfficeKeys(std::move(impl));
}

OfficeKeys OfficeKeys::generate_next(KeyId id, Random& random) const {
  OfficeKeys next = generate(office(), id, random);
  std::memcpy(next.impl_->at(kLocalAt), local_key().data(), kSecretBytes);
  return next;
}

Result<OfficeKeys> OfficeKeys::parse(std::string_view text) {
  const std::string_view whole = text;
  if (!text.starts_with(kFileTitle) || !text.substr(kFileTitle.size()).starts_with('\n'))
    return corrupt("key file: does not begin with \"xianjie-keys 1\"");
  text.remove_prefix(kFileTitle.size() + 1);
  auto impl = std::make_unique<Impl>();
  const auto office_line = take_line(text, "office");
  const auto office = office_line ? OfficeId::parse(*office_line) : std::nullopt;
  if (!office) return corrupt("key file: line \"office\" is missing or names no office");
  const auto key_line = take_line(text, "key");
  const auto key = key_line ? read_number(*key_line) : std::nullopt;
  if (!key) return corrupt("key file: line \"key\" is missing or holds no number");
  impl->office = *office;
  impl->id = {*key};
  static constexpr std::array<std::pair<std::string_view, std::size_t>, 4> kSecrets{
      {{"signing", kSeedAt}, {"sealing", kSealingAt}, {"link", kLinkAt}, {"local", kLocalAt}}};
  for (const auto& [name, offset] : kSecrets) {
    const auto line = take_line(text, name);
    if (!line || !read_secret(*line, impl->guarded.span().subspan(offset, kSecretBytes)))
      return corrupt("key file: line \"" + std::string(name) +
                     "\" is missing or not 64 hex digits");
  }
  const std::string_view covered = whole.substr(0, whole.size() - text.size());
  const auto sum = take_line(text, "checksum");
  if (!sum || *sum != checksum_hex(covered) || !text.empty())
    return corrupt("key file: the checksum does not fit; restore it from a copy");
  if (!impl->derive()) return corrupt("key file: a secret is no usable key");
  return OfficeKeys(std::move(impl));
}

SecretBytes OfficeKeys::serialise() const {
  SecretBytes draft(1024);
  Writer out{draft.span()};
  out.text(kFileTitle);
  out.text("\noffice " + to_text(impl_->office));
  out.text("\nkey " + std::to_string(impl_->id.number));
  out.text("\nsigning ");
  out.secret(impl_->secret(kSeedAt));
  out.text("\nsealing ");
  out.secret(sealing_secret());
  out.text("\nlink ");
  out.secret(link_secret());
  out.text("\nlocal ");
  out.secret(local_key());
  out.text("\n");
  out.text("checksum " + checksum_hex(as_text(draft.view().first(out.used))) + "\n");
  SecretBytes text(out.used);
  std::memcpy(text.span().data(), draft.view().data(), out.used);
  return text;
}

OfficeId OfficeKeys::office() const {
  return impl_->office;
}
KeyId OfficeKeys::id() const {
  return impl_->id;
}
const PublicKey& OfficeKeys::signing_public() const {
  return impl_->signing;
}
const PublicKey& OfficeKeys::sealing_public() const {
  return impl_->sealing;
}
const PublicKey& OfficeKeys::link_public() const {
  return impl_->link;
}
ByteView OfficeKeys::sealing_secret() const {
  return impl_->secret(kSealingAt);
}
ByteView OfficeKeys::link_secret() const {
  return impl_->secret(kLinkAt);
}
ByteView OfficeKeys::local_key() const {
  return impl_->secret(kLocalAt);
}

OfficeKeySet OfficeKeys::public_set(WallTime from, WallTime until) const {
  return {impl_->id, impl_->signing, impl_->sealing, impl_->link, from, until, false};
}

Signature OfficeKeys::sign(std::string_view domain, ByteView message) const {
  return sign_with(impl_->guarded.view().data() + kSigningAt, domain, message);
}

bool verify(const PublicKey& key, std::string_view domain, ByteView message,
            const Signature& signature) {
  const Bytes text = joined(domain, message);
  return crypto_sign_verify_detached(signature.data(), text.data(), text.size(), key.data()) == 0;
}

SigningPair SigningPair::generate(Random& random) {
  SecretBytes seed(kSecretBytes);
  random.fill(seed.span());
  return from_seed(seed.view());
}

SigningPair SigningPair::from_seed(ByteView seed32) {
  XJ_CHECK(seed32.size() == kSecretBytes);
  SigningPair pair;
  std::memcpy(pair.seed.span().data(), seed32.data(), seed32.size());
  SecretBytes secret(crypto_sign_SECRETKEYBYTES);
  crypto_sign_seed_keypair(pair.public_key.data(), secret.span().data(), seed32.data());
  return pair;
}

Signature SigningPair::sign(std::string_view domain, ByteView message) const {
  PublicKey ignored;
  SecretBytes secret(crypto_sign_SECRETKEYBYTES);
  crypto_sign_seed_keypair(ignored.data(), secret.span().data(), seed.view().data());
  return sign_with(secret.view().data(), domain, message);
}

}  // namespace xianjie::crypto
