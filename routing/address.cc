#include "routing/address.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>

#include "routing/code_table.h"

namespace xianjie::routing {
namespace {

constexpr std::size_t kAddressBytesMax = 1024;  // nothing that names a place stands behind this

using Words = std::span<const std::string_view>;

// Kinds of places; a short name with another kind behind it is another place's name.
constexpr std::array<std::string_view, 14> kKinds = {
    "街道", "办事处", "镇", "乡", "苏木", "自治", "地区", "省", "市", "区", "县", "旗", "州", "盟"};
constexpr std::size_t kTownshipKinds = 5;  // the first ones are those of townships
// What follows a bare name makes it a road's, a village's or a building's name.
constexpr std::array<std::string_view, 19> kRoads = {
    "路", "街",   "巷",   "弄",   "道",   "桥",   "村",   "屯",   "庄",  "里",
    "园", "大街", "大道", "大厦", "胡同", "东路", "西路", "南路", "北路"};
constexpr std::array<std::string_view, 4> kDirections = {"东", "西", "南", "北"};

bool starts_with_any(std::string_view text, Words words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.starts_with(word); });
}

bool names_road(std::string_view rest) {
  if (starts_with_any(rest, kRoads)) return true;
  if (!starts_with_any(rest, kDirections)) return false;
  rest.remove_prefix(kDirections[0].size());
  return rest.starts_with("街") || rest.starts_with("大街") || rest.starts_with("大道");
}

// Without spaces and punctuation; full-width digits made plain. Bytes that are no UTF-8 match no
// name.
std::string normalised(std::string_view text) {
  std::string out;
  text = text.substr(0, kAddressBytesMax);
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t size = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    const std::string_view one = text.substr(i, size);
    i += size;
    if (size == 1) {
      const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                         (byte >= 'A' && byte <= 'Z');
      if (plain) out += one;
    } else if (one.starts_with("\xEF\xBC") && one.size() == 3) {
      const int digit = static_cast<unsigned char>(one[2]) - 0x90;
      if (digit >= 0 && digit <= 9) out += static_cast<char>('0' + digit);
    } else if (size >= 3 && (one == "〇" || !one.starts_with("\xE3\x80")) &&
               !one.starts_with("\xE2\x80")) {
      out += one;
    }
  }
  return out;
}

// The kinds that people write behind the short name of this row, longest first.
Words kinds_of(const PlaceRow& row) {
  static constexpr std::array<std::string_view, 2> kRegion = {"自治区", "区"};
  static constexpr std::array<std::string_view, 2> kPrefecture = {"自治州", "州"};
  static constexpr std::array<std::string_view, 2> kCounty = {"自治县", "县"};
  static constexpr std::array<std::string_view, 2> kBanner = {"自治旗", "旗"};
  static constexpr std::array<std::string_view, 4> kStreet = {"街道办事处", "街道办", "街道",
                                                              "办事处"};
  static constexpr std::array<std::string_view, 2> kVillage = {"民族乡", "乡"};
  static constexpr std::array<std::string_view, 6> kPlain = {"省",   "市", "盟",
                                                             "地区", "镇", "苏木"};
  const std::string_view name = name_of(row);
  const std::string_view kind = name.substr(short_name_of(row).size());
  if (kind.empty()) return {};
  for (const Words words : {Words(kPrefecture), Words(kCounty), Words(kBanner), Words(kVillage)})
    if (kind.ends_with(words.back())) return words;
  if (kind.ends_with("街道") || kind.ends_with("办事处")) return kStreet;
  for (const std::string_view& word : kPlain)
    if (kind.ends_with(word)) return {&word, 1};
  return kind.ends_with("自治区") ? Words(kRegion) : Words(kRegion).last(1);
}

struct Fit {
  std::size_t size = 0;     // bytes of the text
  bool bare = false;        // without its kind
  bool needs_more = false;  // another kind follows, so that it may be another place's name
};

// The ways in which `text` begins with this row's name: at most full, short with a kind, short
// alone.
std::size_t fits(const PlaceRow& row, std::string_view text, std::span<Fit> out) {
  const std::string_view full = name_of(row);
  const std::string_view brief = short_name_of(row);
  std::size_t count = 0;
  if (!text.starts_with(brief)) return 0;
  const bool township = level_of(row) == CodeLevel::kTownship;
  const auto other_kind = [&](std::size_t size, std::size_t kinds) {
    return starts_with_any(text.substr(size), Words(kKinds).first(kinds));
  };
  // 古县镇 is not 古县; behind 石龙镇 may stand whatever there is.
  const auto with_kind = [&](std::size_t size) {
    return Fit{size, false, !township && other_kind(size, kTownshipKinds)};
  };
  if (text.starts_with(full)) out[count++] = with_kind(full.size());
  if (!is_agency(row) || brief.size() == full.size()) return count;
  const std::string_view rest = text.substr(brief.size());
  std::size_t kind_size = 0;
  for (const std::string_view kind : kinds_of(row))
    if (rest.starts_with(kind)) kind_size = std::max(kind_size, kind.size());
  if (kind_size > 0 && brief.size() + kind_size != full.size())
    out[count++] = with_kind(brief.size() + kind_size);
  if (!township || !names_road(rest))
    out[count++] = {brief.size(), true,
                    other_kind(brief.size(), township ? kTownshipKinds : kKinds.size())};
  return count;
}

// Whether a township row is written directly behind the name of `above`: its county, the city that
// has no counties, or the development zone that holds it.
bool stands_behind(const PlaceRow& township, const PlaceRow& above) {
  const std::uint32_t county = township.code / 1'000;
  if (county == above.code) return true;
  const PlaceRow* pseudo = find_place(county);
  return is_agency(above) && pseudo != nullptr && !is_agency(*pseudo) &&
         name_of(*pseudo) == name_of(above);
}

// The townships below `above` that fit best; empty where none does.
std::vector<std::uint32_t> townships(const PlaceRow& above, std::string_view text,
                                     bool bare_too = true) {
  std::vector<std::uint32_t> best;
  std::size_t longest = 0;
  for (const std::uint16_t index : place_children(is_agency(above) ? above.code : above.parent)) {
    const PlaceRow& row = place_rows()[index];
    if (row.code < kTownshipMin || !stands_behind(row, above)) continue;
    std::array<Fit, 4> found;
    std::size_t count = fits(row, text, found);
    // 济源市沁园街道 is a township's whole name, of which its city has been read already.
    if (name_of(row).starts_with(name_of(above))) {
      const std::string_view rest = name_of(row).substr(name_of(above).size());
      if (text.starts_with(rest) && !starts_with_any(rest, Words(kKinds).first(kTownshipKinds)))
        found[count++] = {rest.size(), false, false};
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (found[i].needs_more || found[i].size < longest || (found[i].bare && !bare_too)) continue;
      if (found[i].size > longest) best.clear();
      longest = found[i].size;
      if (best.empty() || best.back() != row.code) best.push_back(row.code);
    }
  }
  return best;
}

// Whether a place below `above` has a name that is longer than `size` bytes and that `text` begins
// with: 朝阳门街道 below 北京市 is not 朝阳.
bool begins_longer_name(const PlaceRow& above, std::string_view text, std::size_t size) {
  return std::ranges::any_of(place_children(above.code), [&](std::uint16_t index) {
    const PlaceRow& row = place_rows()[index];
    return (name_of(row).size() > size && text.starts_with(name_of(row))) ||
           begins_longer_name(row, text, size);
  });
}

std::span<const PlaceRow> township_rows() {
  const std::span<const PlaceRow> rows = place_rows();
  const auto first = std::ranges::lower_bound(rows, kTownshipMin, {}, &PlaceRow::code);
  return {first, rows.end()};
}

// The same for any township of the nation.
bool begins_township_name(std::string_view text, std::size_t size) {
  return std::ranges::any_of(township_rows(), [&](const PlaceRow& row) {
    return name_of(row).size() > size && text.starts_with(name_of(row));
  });
}

bool is_short_township_name(std::string_view text) {
  return std::ranges::any_of(township_rows(),
                             [&](const PlaceRow& row) { return short_name_of(row) == text; });
}

// A place and how far into the text its names reach.
struct End {
  const PlaceRow* row = nullptr;
  std::size_t consumed = 0;
};

class Search {
 public:
  explicit Search(std::string_view text) : text_(text) {
    for (const std::uint16_t index : places_beginning_like(text))
      step(place_rows()[index], 0, nullptr, true);
  }
  [[nodiscard]] const std::vector<End>& best() const { return best_; }

 private:
  // Tries `row` at `at`, read behind `above` (null: it begins the text), and below it every
  // county-level or higher place. True: some name of it counts.
  bool step(const PlaceRow& row, std::size_t at, const PlaceRow* above, bool bare_too) {
    std::array<Fit, 3> found;
    const std::size_t count = fits(row, text_.substr(at), found);
    bool any = false;
    for (std::size_t i = 0; i < count; ++i) {
      if (found[i].bare && !bare_too) continue;
      if (!descend(row, at + found[i].size) && !stands_alone(row, at, found[i], above)) continue;
      note({&row, at + found[i].size});
      any = true;
    }
    return any;
  }

  // No county or higher place stands behind this name: does it count? Where one of its townships
  // follows. Else not where its characters may begin the name of another place: a wrong guess is a
  // privacy breach. 安定门街道 is no county of 甘肃省, and 永兴 more often a town than the county.
  [[nodiscard]] bool stands_alone(const PlaceRow& row, std::size_t at, const Fit& fit,
                                  const PlaceRow* above) const {
    const std::string_view rest = text_.substr(at + fit.size);
    if (rest.empty())
      return !fit.bare || above != nullptr || level_of(row) != CodeLevel::kCounty ||
             !is_short_township_name(text_);
    const bool road = names_road(rest);
    if (!townships(row, rest, !road && !fit.needs_more).empty()) return true;
    if (fit.needs_more) return false;
    if (above != nullptr)
      return !fit.bare || (!road && !begins_longer_name(*above, text_.substr(at), fit.size));
    return !fit.bare && !begins_township_name(text_, fit.size);
  }

  bool descend(const PlaceRow& row, std::size_t at) {
    if (at >= text_.size()) return false;
    const bool bare_too = !names_road(text_.substr(at));
    bool any = false;
    if (level_of(row) == CodeLevel::kProvince || !is_agency(row)) {
      const std::uint32_t province = row.code / 10'000 * 10'000;
      const bool zone = !is_agency(row) && level_of(row) == CodeLevel::kCounty;
      if (zone) return false;
      for (const PlaceRow& lower : place_rows_of_province(province))
        if (lower.code != province && lower.code != row.code)
          any |= step(lower, at, find_place(province), bare_too);
    } else if (level_of(row) == CodeLevel::kPrefecture) {
      for (const std::uint16_t index : place_children(row.code)) {
        const PlaceRow& lower = place_rows()[index];
        if (lower.code < kTownshipMin) any |= step(lower, at, &row, bare_too);
      }
    }
    return any;
  }

  void note(End end) {
    if (!best_.empty() && end.consumed < best_.front().consumed) return;
    if (!best_.empty() && end.consumed > best_.front().consumed) best_.clear();
    if (std::ranges::none_of(best_, [&](const End& known) { return known.row == end.row; }))
      best_.push_back(end);
  }

  std::string_view text_;
  std::vector<End> best_;
};

bool covers(std::uint32_t above, std::uint32_t code) {
  while (code != 0 && code != above) code = parent_code(code);
  return code == above;
}

std::uint32_t lowest_covering(const std::vector<std::uint32_t>& codes) {
  std::uint32_t at = codes.front();
  while (at != 0 &&
         !std::ranges::all_of(codes, [&](std::uint32_t code) { return covers(at, code); }))
    at = parent_code(at);
  return at;
}

// Of places that fit equally well: the one that covers all others, or the only province among them.
std::vector<End> narrowed(std::vector<End> ends) {
  for (const End& end : ends) {
    const bool all = std::ranges::all_of(
        ends, [&](const End& other) { return covers(end.row->code, other.row->code); });
    if (all) return {end};
  }
  std::vector<End> provinces;
  std::ranges::copy_if(ends, std::back_inserter(provinces),
                       [](const End& end) { return level_of(*end.row) == CodeLevel::kProvince; });
  return provinces.size() == 1 ? provinces : ends;
}

// A province or prefecture of another province named behind the matched place: the text contradicts
// itself.
std::optional<std::uint32_t> contradiction(const PlaceRow& above, std::string_view text) {
  const std::uint32_t own = province_of(above.code);
  std::optional<std::uint32_t> other;
  for (const std::uint16_t index : places_beginning_like(text)) {
    const PlaceRow& row = place_rows()[index];
    const bool high =
        level_of(row) == CodeLevel::kProvince || level_of(row) == CodeLevel::kPrefecture;
    if (!high || !text.starts_with(name_of(row))) continue;
    if (province_of(row.code) == own) return std::nullopt;
    other = row.code;
  }
  return other;
}

AddressMatch several(std::vector<std::uint32_t> codes) {
  AddressMatch match;
  std::ranges::sort(codes);
  for (const std::uint32_t code : codes) match.provinces.push_back(province_of(code));
  std::ranges::sort(match.provinces);
  match.provinces.erase(std::ranges::unique(match.provinces).begin(), match.provinces.end());
  if (match.provinces.size() == 1) match.code = lowest_covering(codes);
  match.candidates = std::move(codes);
  return match;
}

}  // namespace

AddressMatch match_address(std::string_view address) {
  const std::string text = normalised(address);
  std::string_view rest = text;
  for (const std::string_view country : {"中华人民共和国", "中国"})
    if (rest.starts_with(country)) rest.remove_prefix(country.size());
  const std::vector<End> ends = narrowed(Search(rest).best());
  if (ends.empty()) return {};
  std::vector<std::uint32_t> codes;
  for (const End& end : ends)
    codes.push_back(is_agency(*end.row) ? end.row->code : end.row->parent);
  if (codes.size() > 1) return several(codes);

  const PlaceRow& above = *ends.front().row;
  rest.remove_prefix(ends.front().consumed);
  AddressMatch match;
  match.code = codes.front();
  match.provinces = {province_of(match.code)};
  if (rest.empty()) return match;
  if (const auto other = contradiction(above, rest)) return several({match.code, *other});
  std::vector<std::uint32_t> lower = townships(above, rest);
  if (lower.size() == 1) match.code = lower.front();
  if (lower.size() > 1) match.candidates = std::move(lower);
  return match;
}

}  // namespace xianjie::routing
