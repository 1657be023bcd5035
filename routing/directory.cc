#include "routing/directory.h"

#include <algorithm>
#include <string>
#include <utility>

#include "routing/codes.h"
#include "routing/kinds.h"

namespace xianjie::routing {
namespace {

using Index = std::uint32_t;
constexpr Index kNone = 0xffffffffU;

std::string office_text(OfficeId office) {
  return "office " + to_text(office);
}

}  // namespace

// Sorted arrays of indices into the file: a national directory costs little beside its bytes.
struct Directory::Impl {
  Impl(DirectoryFile directory_file, std::vector<DenialBody> denied, WallTime now)
      : file(std::move(directory_file)), denials(std::move(denied)), moment(now) {}

  struct LinkKey {
    PublicKey key;
    Index office;
    KeyId id;
    bool revoked;
  };

  DirectoryFile file;
  std::vector<DenialBody> denials;
  WallTime moment, last_change, next_change;
  CodeChanges code_changes;
  std::vector<Revocation> revocations;  // by office, then key
  std::vector<OfficeId> ids;            // sorted and distinct, as the file is
  std::vector<Index> parents;           // kNone at the root
  std::vector<Index> first_child;       // size + 1 offsets into children
  std::vector<Index> children;
  std::vector<Index> provinces;
  std::vector<std::pair<Index, Index>> ended;          // with who has what it had; sorted
  std::vector<std::pair<Index, Index>> former;         // parent, and the child that has left it
  std::vector<std::pair<std::uint32_t, Index>> given;  // codes that changed hands
  std::vector<std::pair<Index, Index>> laterals;       // both ways, sorted
  std::vector<std::pair<std::uint32_t, Index>> codes;  // code, office
  std::vector<std::pair<std::size_t, Index>> names;    // hash of the name, office
  std::vector<LinkKey> link_keys;                      // by key

  [[nodiscard]] Index index_of(OfficeId office) const {
    const auto at = std::ranges::lower_bound(ids, office);
    return at != ids.end() && *at == office ? static_cast<Index>(at - ids.begin()) : kNone;
  }
  [[nodiscard]] bool are_laterals(Index a, Index b) const {
    return std::ranges::binary_search(laterals, std::pair{a, b});
  }
  [[nodiscard]] bool is_province(Index office) const {
    return ids[office].type() == OfficeType::kProvince;
  }

  [[nodiscard]] OfficeRecord record(Index office) const;
  [[nodiscard]] const Index* successor_of(Index office) const {
    const auto found = std::ranges::lower_bound(ended, office, {}, &std::pair<Index, Index>::first);
    return found != ended.end() && found->first == office ? &found->second : nullptr;
  }
  // An office that has ended stands for its last successor.
  [[nodiscard]] Index living(Index office) const {
    for (std::size_t hops = 0; hops <= ended.size(); ++hops) {
      const Index* next = successor_of(office);
      if (next == nullptr) return office;
      office = *next;
    }
    return kNone;
  }
  Result<> apply_changes();
  Result<> apply_change(const OfficeChange& change);
  Result<> end_office(Index office, Index heir);
  Result<> read_parents();
  void index_children();
  Result<> check_reaches_root() const;
  Result<> read_record(Index office);
  Result<> check_distinct();
};

// As the file has it, less what was denied since.
OfficeRecord Directory::Impl::record(Index office) const {
  OfficeRecord out = file.record(office);
  for (const DenialBody& denial : denials) {
    if (denial.office != out.id) continue;
    for (OfficeKeySet& key : out.keys) {
      const bool meant =
          denial.key.number == 0 ? key.valid_from < denial.since : denial.key == key.id;
      if (!meant || (key.revoked && key.revoked_at <= denial.since)) continue;
      key.revoked = true;
      key.revoked_at = denial.since;
    }
  }
  return out;
}

Result<> Directory::Impl::read_parents() {
  Index root = kNone;
  parents.assign(ids.size(), kNone);
  for (Index i = 0; i < ids.size(); ++i) {
    const OfficeId parent = file.parent(i);
    if (!parent.is_set()) {
      if (root != kNone)
        return refused("directory: two roots, " + to_text(ids[root]) + " and " + to_text(ids[i]));
      root = i;
      continue;
    }
    parents[i] = index_of(parent);
    if (parents[i] == kNone)
      return refused("directory: " + office_text(ids[i]) + " has the unknown parent " +
                     to_text(parent));
  }
  if (root == kNone) return refused("directory: no root, every office names a parent");
  return {};
}

Result<> Directory::Impl::end_office(Index office, Index heir) {
  const std::string name = office_text(ids[office]);
  if (parents[office] == kNone) return refused("directory: the root, " + name + ", cannot end");
  // The heir may be a child: it moves up into the place.
  if (parents[heir] == office) parents[heir] = parents[office];
  for (Index child = 0; child < ids.size(); ++child) {
    if (parents[child] != office) continue;
    former.emplace_back(office, child);
    parents[child] = heir;
  }
  ended.insert(std::ranges::upper_bound(ended, std::pair{office, heir}), {office, heir});
  return {};
}

Result<> Directory::Impl::apply_change(const OfficeChange& change) {
  const Index office = index_of(change.office);
  const Index named = change.other.is_set() ? index_of(change.other) : kNone;
  if (office == kNone || (change.other.is_set() && named == kNone))
    return refused("directory: a change names an unknown " +
                   office_text(office == kNone ? change.office : change.other));
  if (change.what == OfficeChange::What::kCode) {
    given.emplace_back(change.code, living(named));
    return {};
  }
  if (successor_of(office) != nullptr)
    return refused("directory: " + office_text(change.office) + " changes after its end");
  const Index other = named == kNone ? parents[office] : living(named);
  if (other == kNone || other == office)
    return refused("directory: the end of " + office_text(change.office) + " leads nowhere");
  if (change.what == OfficeChange::What::kMove) {
    if (parents[office] == kNone)
      return refused("directory: the root, " + office_text(change.office) + ", cannot move");
    former.emplace_back(parents[office], office);
    parents[office] = other;
    return {};
  }
  return end_office(office, other);
}

// Those in force at the moment, in order; the first one after it is remembered.
Result<> Directory::Impl::apply_changes() {
  for (const OfficeChange& change : file.header().changes) {
    if (change.effective > moment) {
      next_change = change.effective;
      break;
    }
    XJ_TRY_VOID(apply_change(change));
    last_change = change.effective;
  }
  return {};
}

void Directory::Impl::index_children() {
  first_child.assign(ids.size() + 1, 0);
  for (const Index parent : parents)
    if (parent != kNone) ++first_child[parent + 1];
  for (std::size_t i = 1; i < first_child.size(); ++i) first_child[i] += first_child[i - 1];
  children.resize(first_child.back());
  std::vector<Index> next(first_child.begin(), first_child.end() - 1);
  for (Index i = 0; i < ids.size(); ++i)
    if (parents[i] != kNone) children[next[parents[i]]++] = i;
}

Result<> Directory::Impl::check_reaches_root() const {
  // Walk down from the root: what is not met stands on a cycle or hangs below one.
  std::vector<bool> met(ids.size(), false);
  std::vector<Index> open;
  for (Index i = 0; i < ids.size(); ++i)
    if (parents[i] == kNone) open.push_back(i);
  while (!open.empty()) {
    const Index office = open.back();
    open.pop_back();
    met[office] = true;
    for (Index at = first_child[office]; at < first_child[office + 1]; ++at)
      open.push_back(children[at]);
  }
  const auto lost = std::ranges::find(met, false);
  if (lost == met.end()) return {};
  const auto office = static_cast<std::size_t>(lost - met.begin());
  return refused("directory: the parents of " + office_text(ids[office]) +
                 " run in a circle and never reach the root");
}

Result<> Directory::Impl::read_record(Index office) {
  const OfficeRecord record = this->record(office);
  for (const OfficeId lateral : record.laterals) {
    const Index other = index_of(lateral);
    if (other == kNone || other == office)
      return refused("directory: " + office_text(record.id) + " has the lateral neighbour " +
                     to_text(lateral) + ", which is unknown or itself");
    laterals.emplace_back(office, other);
    laterals.emplace_back(other, office);
  }
  if (!record.codes.empty() && !office_type_row(record.id.type()).owns_code)
    return refused("directory: " + office_text(record.id) +
                   " owns a code, but its type is no destination by registration");
  for (const std::uint32_t code : record.codes) {
    Index owner = living(office);
    for (const auto& [moved, to] : given)
      if (moved == code) owner = living(to);
    codes.emplace_back(code, owner);
  }
  for (const OfficeKeySet& key : record.keys)
    link_keys.push_back({key.link, office, key.id, key.revoked});
  for (const OfficeKeySet& key : record.keys)
    if (key.revoked) revocations.push_back({record.id, key.id, key.revoked_at});
  names.emplace_back(std::hash<std::string_view>{}(record.name), office);
  if (is_province(office)) provinces.push_back(office);
  return {};
}

Result<> Directory::Impl::check_distinct() {
  std::ranges::sort(names);
  std::ranges::sort(revocations);
  std::ranges::sort(laterals);
  laterals.erase(std::ranges::unique(laterals).begin(), laterals.end());
  std::ranges::sort(codes);
  for (std::size_t i = 1; i < codes.size(); ++i)
    if (codes[i].first == codes[i - 1].first)
      return refused("directory: code " + code_text(codes[i].first) + " is owned twice, by " +
                     to_text(ids[codes[i - 1].second]) + " and " + to_text(ids[codes[i].second]));
  std::ranges::sort(link_keys, {}, &LinkKey::key);
  for (std::size_t i = 1; i < link_keys.size(); ++i)
    if (link_keys[i].key == link_keys[i - 1].key)
      return refused("directory: " + to_text(ids[link_keys[i - 1].office]) + " and " +
                     to_text(ids[link_keys[i].office]) + " have the same link key");
  return {};
}

Result<Directory> Directory::open(DirectoryFile file, std::vector<DenialBody> denials,
                                  WallTime at) {
  auto impl = std::make_shared<Impl>(std::move(file), std::move(denials), at);
  impl->code_changes = CodeChanges(impl->file.header().code_changes);
  impl->ids.reserve(impl->file.size());
  for (std::size_t i = 0; i < impl->file.size(); ++i) impl->ids.push_back(impl->file.id(i));
  XJ_TRY_VOID(impl->read_parents());
  XJ_TRY_VOID(impl->apply_changes());
  impl->index_children();
  XJ_TRY_VOID(impl->check_reaches_root());
  impl->codes.reserve(impl->ids.size());
  impl->names.reserve(impl->ids.size());
  for (Index i = 0; i < impl->ids.size(); ++i) XJ_TRY_VOID(impl->read_record(i));
  XJ_TRY_VOID(impl->check_distinct());
  impl->link_keys.shrink_to_fit();
  Directory directory;
  directory.impl_ = std::move(impl);
  return directory;
}

Result<> Directory::check_all(const DirectoryFile& file) {
  for (WallTime at;;) {
    XJ_TRY(const Directory directory, open(file, {}, at));
    at = directory.next_change();
    if (!at.is_set()) return {};
  }
}

bool Directory::has_ended(OfficeId office) const {
  const Index index = impl_->index_of(office);
  return index != kNone && impl_->successor_of(index) != nullptr;
}

OfficeId Directory::successor(OfficeId office) const {
  const Index index = impl_->index_of(office);
  if (index == kNone) return office;
  const Index heir = impl_->living(index);
  return heir == kNone ? office : impl_->ids[heir];
}

WallTime Directory::last_change() const {
  return impl_->last_change;
}

WallTime Directory::next_change() const {
  return impl_->next_change;
}

const DirectoryHeader& Directory::header() const {
  return impl_->file.header();
}
std::span<const DenialBody> Directory::denials() const {
  return impl_->denials;
}
std::span<const Directory::Revocation> Directory::revocations() const {
  return impl_->revocations;
}
std::size_t Directory::size() const {
  return impl_->ids.size();
}
bool Directory::contains(OfficeId office) const {
  return impl_->index_of(office) != kNone;
}

std::optional<OfficeRecord> Directory::find(OfficeId office) const {
  const Index index = impl_->index_of(office);
  if (index == kNone) return std::nullopt;
  return impl_->record(index);
}

OfficeId Directory::parent(OfficeId office) const {
  const Index index = impl_->index_of(office);
  if (index == kNone || impl_->parents[index] == kNone) return {};
  return impl_->ids[impl_->parents[index]];
}

std::vector<OfficeId> Directory::children(OfficeId office) const {
  const Index index = impl_->index_of(office);
  std::vector<OfficeId> result;
  if (index == kNone) return result;
  for (Index at = impl_->first_child[index]; at < impl_->first_child[index + 1]; ++at)
    if (impl_->successor_of(impl_->children[at]) == nullptr)
      result.push_back(impl_->ids[impl_->children[at]]);
  return result;
}

std::vector<OfficeId> Directory::neighbours(OfficeId office) const {
  const Index index = impl_->index_of(office);
  if (index == kNone) return {};
  std::vector<OfficeId> result;
  for (Index at = impl_->first_child[index]; at < impl_->first_child[index + 1]; ++at)
    result.push_back(impl_->ids[impl_->children[at]]);
  if (impl_->parents[index] != kNone) result.push_back(impl_->ids[impl_->parents[index]]);
  for (auto at = std::ranges::lower_bound(impl_->laterals, std::pair{index, Index{0}});
       at != impl_->laterals.end() && at->first == index; ++at)
    result.push_back(impl_->ids[at->second]);
  if (impl_->is_province(index))
    for (const Index province : impl_->provinces)
      if (province != index) result.push_back(impl_->ids[province]);
  std::ranges::sort(result);
  result.erase(std::ranges::unique(result).begin(), result.end());
  return result;
}

bool Directory::are_neighbours(OfficeId a, OfficeId b) const {
  const Index from = impl_->index_of(a), to = impl_->index_of(b);
  if (from == kNone || to == kNone || from == to) return false;
  return impl_->parents[from] == to || impl_->parents[to] == from ||
         impl_->are_laterals(from, to) || (impl_->is_province(from) && impl_->is_province(to));
}

std::vector<OfficeId> Directory::former_children(OfficeId office) const {
  std::vector<OfficeId> result;
  for (const auto& [parent, child] : impl_->former)
    if (impl_->ids[parent] == office && !are_neighbours(office, impl_->ids[child]))
      result.push_back(impl_->ids[child]);
  std::ranges::sort(result);
  result.erase(std::ranges::unique(result).begin(), result.end());
  return result;
}

bool Directory::dials(OfficeId from, OfficeId to) const {
  if (!are_neighbours(from, to)) return false;
  if (parent(from) == to) return true;
  if (parent(to) == from) return false;
  return from < to;
}

OfficeId Directory::owner_of(std::uint32_t code) const {
  const auto at = std::ranges::lower_bound(impl_->codes, std::pair{code, Index{0}});
  return at != impl_->codes.end() && at->first == code ? impl_->ids[at->second] : OfficeId{};
}

const CodeChanges& Directory::code_changes() const {
  return impl_->code_changes;
}

std::vector<OfficeId> Directory::find_by_name(std::string_view name) const {
  const std::size_t hash = std::hash<std::string_view>{}(name);
  std::vector<OfficeId> result;
  for (auto at = std::ranges::lower_bound(impl_->names, std::pair{hash, Index{0}});
       at != impl_->names.end() && at->first == hash; ++at)
    if (impl_->file.name(at->second) == name) result.push_back(impl_->ids[at->second]);
  return result;
}

std::vector<OfficeId> Directory::all() const {
  return impl_->ids;
}

std::optional<OfficeKeySet> Directory::key(OfficeId office, KeyId id) const {
  const auto record = find(office);
  if (!record) return std::nullopt;
  for (const OfficeKeySet& key : record->keys)
    if (key.id == id) return key;
  return std::nullopt;
}

std::optional<OfficeKeySet> Directory::newest_key(OfficeId office, WallTime at) const {
  const auto record = find(office);
  if (!record) return std::nullopt;
  for (auto key = record->keys.rbegin(); key != record->keys.rend(); ++key)
    if (is_valid(*key, at)) return *key;
  return std::nullopt;
}

std::optional<WallTime> Directory::revocation(OfficeId office, KeyId id) const {
  const auto at = std::ranges::lower_bound(impl_->revocations, std::pair{office, id}, {},
                                           [](const Revocation& one) {
                                             return std::pair{one.office, one.key};
                                           });
  if (at == impl_->revocations.end() || at->office != office || at->key != id) return std::nullopt;
  return at->at;
}

OfficeId Directory::owner_of_link_key(const PublicKey& curve) const {
  const auto at = std::ranges::lower_bound(impl_->link_keys, curve, {}, &Impl::LinkKey::key);
  if (at == impl_->link_keys.end() || at->key != curve || at->revoked) return {};
  return impl_->ids[at->office];
}

std::optional<std::pair<OfficeId, KeyId>> Directory::find_link_key(const PublicKey& curve) const {
  const auto at = std::ranges::lower_bound(impl_->link_keys, curve, {}, &Impl::LinkKey::key);
  if (at == impl_->link_keys.end() || at->key != curve) return std::nullopt;
  return std::pair{impl_->ids[at->office], at->id};
}

bool is_revoked(const OfficeKeySet& key, WallTime at) {
  return key.revoked && at >= key.revoked_at;
}

bool is_valid(const OfficeKeySet& key, WallTime at) {
  return !is_revoked(key, at) && key.valid_from <= at &&
         (!key.valid_until.is_set() || at < key.valid_until);
}

void Directory::write_digest_input(const std::function<void(ByteView)>& sink) const {
  const auto& ids = impl_->ids;
  Encoder head;
  head.text("XJ1/routes").blob(as_bytes(code_table_digest())).u32(static_cast<Index>(ids.size()));
  sink(head.bytes());

  std::vector<std::pair<Index, std::uint32_t>> codes;
  codes.reserve(impl_->codes.size());
  for (const auto& [code, office] : impl_->codes) codes.emplace_back(office, code);
  std::ranges::sort(codes);
  auto code = codes.begin();
  for (Index i = 0; i < ids.size(); ++i) {
    const auto end = std::find_if(code, codes.end(), [i](auto& row) { return row.first != i; });
    const Index parent = impl_->parents[i];
    Encoder office;
    office.u64(ids[i].value()).u64(parent == kNone ? 0 : ids[parent].value());
    office.u32(static_cast<std::uint32_t>(end - code));
    for (; code != end; ++code) office.u32(code->second);
    if (const Index* heir = impl_->successor_of(i)) office.text("ended").u64(ids[*heir].value());
    sink(office.bytes());
  }

  for (const CodeChange& change : impl_->file.header().code_changes) {
    Encoder row;
    row.u32(change.code).i64(change.to.days_since_epoch());
    for (const std::uint32_t successor : change.successors) row.u32(successor);
    sink(row.bytes());
  }

  Encoder rules;
  rules.u32(static_cast<std::uint32_t>(kinds().size()));
  for (const KindRow& row : kinds()) {
    rules.u8(static_cast<std::uint8_t>(row.kind)).u8(static_cast<std::uint8_t>(row.klass));
    rules.u8(static_cast<std::uint8_t>(row.schedule)).u8(static_cast<std::uint8_t>(row.lane));
    rules.u8(static_cast<std::uint8_t>(row.goes)).u8(static_cast<std::uint8_t>(row.readers));
    rules.u8(row.channels).u8(row.media_to_county).i64(row.lifetime.ms);
    rules.u8(row.lifetime_from_gate).u8(row.police_copy).u8(row.path_copies);
  }
  sink(rules.bytes());
}

}  // namespace xianjie::routing
