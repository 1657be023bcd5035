// Writes the seeds of every target from the real encoders and made-up data. Two runs write the same
// bytes. Files that are not its own (what once crashed) stay.
//   make_corpus tests/fuzz/corpus
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "adapters/archive_segment.h"
#include "broker/month_tables.h"
#include "broker/tables.h"
#include "crypto/statement.h"
#include "schemas/api.h"
#include "schemas/consignment.h"
#include "node/holders/request.h"
#include "tests/support/evidence_sample.h"
#include "tests/support/holders.h"
#include "tests/support/one_broker.h"
#include "tests/support/sheet_samples.h"

namespace xianjie::fuzz {
namespace {

class Corpus {
 public:
  explicit Corpus(std::filesystem::path root) : root_(std::move(root)) {}
  void add(const char* target, const std::string& name, ByteView bytes) const {
    XJ_CHECK(bytes.size() <= 4096);
    std::filesystem::create_directories(root_ / target);
    std::ofstream out(root_ / target / name, std::ios::binary | std::ios::trunc);
    out.write(as_text(bytes).data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    XJ_CHECK(!out.fail());
  }
  void add(const char* target, const std::string& name, std::string_view text) const {
    add(target, name, as_bytes(text));
  }

 private:
  std::filesystem::path root_;
};

Record sample_of(RecordType type) {
  Record record = tests::sample_receipts(type == RecordType::kReceipts ? 3 : 0);
  record.type = type;
  record.issuer = tests::kTownship;
  record.target = tests::kPrison;
  if (type == RecordType::kEpoch) record.epoch = 0x0102030405060708;
  if (type == RecordType::kInquiry || type == RecordType::kRecall)
    record.inquiries = {{tests::envelope_id(1), Hash{1, 2, 3}}};
  if (type == RecordType::kStanding)
    record.standing = {{tests::kDecember, Kind::kPreReleaseNotice, StandingColumn::kAccepted, 7}};
  if (type >= RecordType::kManifest && type <= RecordType::kManifestAnswer) {
    record.epoch = 0x0102030405060708;
    record.manifest.period = tests::kDecember;
    record.manifest.taker_epoch = 7;
    record.manifest.number = 2;
    record.manifest.count = 1;
    record.manifest.root = Hash{4, 5, 6};
  }
  if (type == RecordType::kHead) {
    record.epoch = 0x0102030405060708;
    record.audit_number = 77;
    record.audit_head = Hash{7, 7};
  }
  if (type == RecordType::kCustody) {
    record.about = tests::kPrison;
    record.inquiries = {{tests::envelope_id(1), Hash{1, 2, 3}}};
    record.statements = {1, 2, 3};
  }
  const ManifestEntry entry{tests::kPrison, tests::envelope_id(1), Hash{1, 2, 3}};
  if (type == RecordType::kManifest) record.manifest.destinations = {{tests::kTownship, 1}};
  if (type == RecordType::kManifestList) {
    record.manifest.parts = 1;
    record.manifest.entries = {entry};
  }
  if (type == RecordType::kManifestAnswer) {
    record.manifest.state = ManifestState::kDiffers;
    record.manifest.missing = {entry};
  }
  return record;
}

void add_frames(const Corpus& corpus) {
  auto frames = tests::sample_frames();
  std::get<Hello>(frames.front()).known_epoch = 0x1112131415161718;
  for (const Frame& frame : frames)
    if (!std::holds_alternative<EnvelopeBatch>(frame) && !std::holds_alternative<Records>(frame) &&
        !std::holds_alternative<Credit>(frame) && !std::holds_alternative<Pong>(frame))
      corpus.add("frames", std::string(frame_name(frame)), encode(frame));
  // These verify against the snapshot that the target checks with.
  tests::Writer writer(tests::kPrison);
  std::vector<Envelope> envelopes;
  envelopes.push_back(
      writer.write(tests::kTownship, Kind::kPreReleaseNotice, tests::kEarly, tests::kDecember));
  corpus.add("frames", "batch", encode(Frame{EnvelopeBatch{9, 4, envelopes}}));
  Records records{3, {}};
  for (const RecordType type : {RecordType::kReceipts, RecordType::kInquiry, RecordType::kEpoch,
                                RecordType::kStanding, RecordType::kManifest})
    records.records.push_back(
        crypto::sign_record(sample_of(type), tests::office_keys(tests::kTownship)));
  corpus.add("frames", "records", encode(Frame{records}));
}

void add_envelope(const Corpus& corpus) {
  const Envelope sample = tests::sample_envelope();
  corpus.add("envelope", "header", sample.header);
  corpus.add("envelope", "slots", sample.slots);
  corpus.add("envelope", "proof", sample.proof);
  Header answer = tests::sample_header();
  answer.kind = Kind::kCheckResult;
  answer.in_reply_to = tests::envelope_id(1);
  answer.replaces = tests::envelope_id(2);
  answer.not_before = answer.due = {};
  corpus.add("envelope", "header-answer", encode(answer));
}

void add_records(const Corpus& corpus) {
  corpus.add("records", "receipts", encode_record_body(sample_of(RecordType::kReceipts)));
  corpus.add("records", "inquiry", encode_record_body(sample_of(RecordType::kInquiry)));
  corpus.add("records", "epoch", encode_record_body(sample_of(RecordType::kEpoch)));
  corpus.add("records", "standing", encode_record_body(sample_of(RecordType::kStanding)));
  corpus.add("records", "manifest", encode_record_body(sample_of(RecordType::kManifest)));
  corpus.add("records", "manifest-list", encode_record_body(sample_of(RecordType::kManifestList)));
  corpus.add("records", "manifest-answer",
             encode_record_body(sample_of(RecordType::kManifestAnswer)));
  corpus.add("records", "head", encode_record_body(sample_of(RecordType::kHead)));
  corpus.add("records", "recall", encode_record_body(sample_of(RecordType::kRecall)));
  corpus.add("records", "custody", encode_record_body(sample_of(RecordType::kCustody)));
  corpus.add("records", "signed", encode(tests::sample_signed_record()));
  Consignment disk;
  disk.from = tests::kTownship;
  disk.key = {1};
  disk.to = tests::kCounty;
  disk.store_epoch = 7;
  disk.number = 17;
  disk.created = tests::kNow;
  disk.expires = tests::kNow + days(14);
  disk.seal = "封条 0017";
  disk.courier = "测试丙";
  disk.files = {{1000, {}}, {20, {}}};
  const Bytes body = encode_consignment_body(disk);
  corpus.add("records", "consignment", body);
  corpus.add("records", "signed-consignment", encode(SignedConsignment{body, {}}));
}

void add_directory(const Corpus& corpus) {
  DirectoryContents small = tests::sample_directory();
  for (OfficeRecord& record : small.offices)  // no link key twice: the tree's sense is checked too
    for (OfficeKeySet& key : record.keys) key.link[0] = static_cast<std::uint8_t>(record.id.code());
  const Bytes body = encode_directory_body(small);
  corpus.add("directory", "body", body);
  DirectoryContents chain = tests::nation().contents();
  chain.offices.resize(8);
  for (OfficeRecord& record : chain.offices) record.name = to_text(record.id);
  corpus.add("directory", "chain", encode_directory_body(chain));
  tests::SeededRandom random(7);
  const auto holder = crypto::SigningPair::generate(random);
  corpus.add("directory", "signed",
             encode(SignedDirectory{body, {crypto::sign_directory(body, holder)}}));
}

void add_payload(const Corpus& corpus) {
  corpus.add("payload", "notice", encode(Payload{tests::sample_notice()}));
  corpus.add("payload", "check-result",
             encode(Payload{
                 CheckResultPayload{tests::envelope_id(1), CheckOutcome::kUnlinked, "查无此人"}}));
}

void add_api(const Corpus& corpus) {
  corpus.add("api", "submit",
             encode(ApiRequest{7,
                               "submit",
                               {{"kind", "pre_release_notice"}, {"period", "2026-12"}},
                               to_bytes(as_bytes("姓名,身份证号\r\n"))}));
  corpus.add(
      "api", "progress",
      encode(ApiReply{
          .id = 7, .final = false, .ok = true, .text = "", .json = R"({"done":1})", .body = {}}));
  corpus.add("api", "refused",
             encode(ApiReply{.id = 7, .text = "no such kind", .json = "", .body = {1, 2}}));
}

void add_keys(const Corpus& corpus) {
  for (const OfficeId office : {tests::kTownship, tests::kPrison})
    corpus.add("keys", std::string(office_type_row(office.type()).word),
               tests::office_keys(office).serialise().view());
}

void add_rows(const Corpus& corpus) {
  using namespace broker;
  const EnvelopeKey key{tests::kPrison, tests::envelope_id(7)};
  StateRow state;
  state.leaf.fill(9);
  state.late = true;
  state.from = tests::kBureau;
  state.next = tests::kPrefecture;
  state.not_before = tests::kProvinceGate;
  state.taken = state.changed = tests::kNow;
  state.bytes = 1900;
  state.kind = Kind::kPreReleaseNotice;
  state.period = tests::kDecember;
  state.destination = tests::kTownship;
  corpus.add("rows", "state", encode(state));
  Envelope envelope = tests::sample_envelope(1, 272);
  corpus.add("rows", "envelope", encode_envelope_row(envelope));
  corpus.add("rows", "queue-key",
             queue_key({tests::kBureau, Lane::kNormal, tests::kProvinceGate, 7}));
  corpus.add("rows", "batch",
             encode(BatchRow{ChannelClass::kVpn, 0, {{key, state.leaf}}, Bytes(40, 3)}));
  corpus.add("rows", "inbox",
             encode(InboxRow{key, true, false, Kind::kPreReleaseNotice, tests::kDecember}));
  LedgerRow ledger;
  ledger.kind = Kind::kPreReleaseNotice;
  ledger.period = tests::kDecember;
  ledger.destination = tests::kTownship;
  ledger.row = 12;
  ledger.code = 610802001;
  ledger.accepted = tests::kEarly;
  ledger.due = tests::kNow;
  ledger.checked_by = tests::kTownship;
  ledger.answers.push_back({Kind::kArrivalReport, {tests::kTownship, key.id}, tests::kNow});
  corpus.add("rows", "ledger", encode(ledger));
  corpus.add("rows", "held", encode(HeldRow{"route_disagrees: ask", tests::kCounty, tests::kNow}));
  corpus.add("rows", "standing", encode(StandingRow{tests::kNow, 7, Bytes(40, 3)}));
  ArrivingRow arriving;
  arriving.from = tests::kCounty;
  arriving.next = tests::kPrefecture;
  arriving.here = {true, false, true};
  arriving.envelope = envelope;
  corpus.add("rows", "arriving", encode(arriving));
  ManifestRow manifest;
  manifest.number = 2;
  manifest.parts = 2;
  manifest.done = {1, 0};
  manifest.missing = {{key.origin, key.id, state.leaf}};
  corpus.add("rows", "manifest", encode(manifest));
}

// One of each section as `type ‖ bytes` (evidence.cc), and a small file.
void add_evidence(const Corpus& corpus) {
  using namespace node::evidence;
  tests::EvidenceSample sample;
  sample.disclose();
  sample.add_audit();
  const auto add = [&](const char* name, SectionType type, const Bytes& bytes) {
    corpus.add("evidence", name, Encoder().u8(static_cast<std::uint8_t>(type)).raw(bytes).bytes());
  };
  add("envelope", SectionType::kEnvelope, encode(sample.pieces.envelopes[0]));
  add("custody", SectionType::kCustody, encode(sample.pieces.custodies[0]));
  add("content", SectionType::kContent, encode(sample.pieces.contents[0]));
  add("audit", SectionType::kAudit, encode(sample.pieces.audits[0]));
  sample.make_month();
  add("ledger", SectionType::kLedger, encode(*sample.pieces.ledger));
  add("passages", SectionType::kPassages, encode(sample.pieces.passages[0]));
  Pieces small;
  small.custodies = sample.pieces.custodies;
  small.asked = {{tests::kCounty, true}};
  corpus.add("evidence", "file", *build(small, tests::office_keys(tests::kPrison), tests::kNow));
}

void add_archive(const Corpus& corpus) {
  Hash head{};
  Bytes segment = adapters::segment_head(1, head);
  std::uint64_t number = 0;
  for (const char* text : {"ab", "", "taken origin=prison:610000-01"}) {
    const Bytes bytes = to_bytes(as_bytes(text));
    head = adapters::chain(head, ++number, bytes);
    segment = Encoder()
                  .raw(segment)
                  .u32(static_cast<std::uint32_t>(bytes.size()))
                  .u64(number)
                  .raw(head)
                  .raw(bytes)
                  .bytes();
  }
  corpus.add("archive", "three", segment);
  segment.resize(segment.size() - 5);
  corpus.add("archive", "torn", segment);
}

constexpr std::string_view kConfig = R"(office = "township:610802001"
keys = "office.keys"
directory = "directory.xjd"
store = "store"
archive = "audit"
api = "api.sock"
root = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"
)";
constexpr std::string_view kConfigRest = R"(
[limits]
store_bytes = 67_108_864
[calendar]
gate_hour = 9
[clock]
vouched = true
[rehearsal]
start = "2026-12-09T12:00:00+08:00"
real_epoch = "2026-11-22T10:00:00Z"
rate = 28800.0
[[ferry]]
neighbour = "county:610802"
out = "out"
in = "/srv/ferry/in"
[log]
level = "debug"
format = "json"
)";

constexpr std::string_view kNation = R"([[office]]
id = "ministry:000000"
name = "司法部"

[[office]]
id = "province:610000"
name = "陕西省司法厅"
parent = "ministry:000000"

[[office]]
id = "prison:610000-03"
name = 'a made-up prison'
parent = "province:610000"
laterals = ["ministry:000000"] # beside

[[office]]
id = "county:610802"
parent = "province:610000"
name = "\u6986\u9633"
remark = { kept = false, since = 2026-01-01 }
)";

// The numbers of nobody: birth years 1800 to 1809, or 1 January 1900.
constexpr std::string_view kNotices =
    "呈报单位,姓名,性别,身份证号,户籍地代码,户籍地址,释放日期,释放类型,危险度,重点帮教,身份存疑,"
    "备注\n"
    "prison:610000-03,甲一,男,110101180001010015,610802001,,2027-01-15,刑满释放,一般,否,否,\n"
    "红石监狱,乙二,,110101000101001,,陕西省榆林市榆阳区,2027年1月5日,,,,,\"a, \"\"b\"\"\nc\"\n"
    "prison:110000-01,丙三,女,1.1E+17,１１０１０１,,2027/1/8,,,是,是,\n"
    "prison:610000-03,丁四,男,,110103,,20270108,,,否,是,\"x\ny\"\n"
    "prison:610000-03,戊五,男,,110103,"
    "北京市一个很长的假地址一个很长的假地址一个很长的假地址一个很长的假地址一个很长的假地址,"
    "20270108,,,否,是,\n";

constexpr std::string_view kJsonNotices =
    R"({"origin":"prison:610000-03","name":"甲一","id_number":"110101180001010015","focus":true}
{"呈报单位":"prison:610000-03","姓名":"乙\u4e8c","身份证号":null,"户籍地代码":610802}
{"姓名":"丙三","origin":"红石监狱","registration_code":610802,"identity_doubtful":true}
{"origin":"prison:610000-03","name":"x","name":"y"}
)";

void add_trust(const Corpus& corpus) {
  tests::Holders holders(11);
  DirectoryContents contents = tests::sample_directory();
  DirectoryBundle bundle;
  bundle.roots = {holders.next_root(contents.header.created)};
  bundle.snapshot = holders.sign_snapshot(encode_directory_body(contents));
  bundle.timestamp = holders.next_timestamp(*bundle.snapshot, contents.header.created);
  corpus.add("trust", "bundle", encode(bundle));
  DirectoryBundle news;
  news.roots = {holders.next_root(contents.header.created + days(1))};
  ++contents.header.version;
  contents.offices.back().name += "'";
  const Bytes next = encode_directory_body(contents);
  news.deltas = {*make_delta(bundle.snapshot->body, next)};
  news.deltas[0].base = crypto::hash(bundle.snapshot->body);
  news.deltas[0].result = crypto::hash(next);
  news.denials = {holders.sign_denial(
      {contents.offices.back().id, {0}, contents.header.created, contents.header.created, "x"})};
  corpus.add("trust", "news", encode(news));
  tests::SeededRandom random(5);
  const auto keys = crypto::OfficeKeys::generate(contents.offices.back().id, {2}, random);
  OfficeRecord office = contents.offices.back();
  corpus.add("trust", "request",
             node::holders::make_request(office, keys, contents.header.created));
}

// Small whole files, and the parts inside one as sheets.cc takes them.
void add_sheets(const Corpus& corpus) {
  constexpr std::string_view kRows =
      "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c t=\"inlineStr\"><is>"
      "<r><t>a</t></r></is></c></row><row r=\"3\"><c s=\"1\"><v>46402</v></c><c t=\"b\"><v>1</v>"
      "</c><c r=\"E3\" t=\"str\"><f>1</f><v>_x000D_</v></c></row></sheetData></worksheet>";
  const tests::Parts parts = tests::xlsx_parts("<row><c><v>1.5</v></c></row>", "<si><t>a</t></si>");
  corpus.add("sheets", "xlsx", tests::zip_of(parts));
  corpus.add("sheets", "rows", "r" + std::string(kRows));
  corpus.add("sheets", "strings", "s<sst><si><t>a</t></si><si><r><t>b</t></r></si></sst>");
  corpus.add("sheets", "styles", "y" + parts.at("xl/styles.xml"));
  corpus.add("sheets", "workbook", "b" + parts.at("xl/workbook.xml"));
  tests::BiffWriter strings, cells;
  strings.begin(0x00FC).u32(1).u32(1).u16(3).u8(9).u16(0).u16('a').u16(0x7532);
  strings.begin(0x003C).u8(0).u8('b');
  cells.begin(0x00FD).place(0, 0).u32(0);
  cells.begin(0x00BD).u16(1).u16(0).u16(1).u32(46402U << 2 | 2).u16(0).u32(6 << 2 | 3).u16(1);
  cells.begin(0x0006).place(2, 0).u16(0).u32(0).u16(0xFFFF).u16(0).u32(0);
  cells.begin(0x0207).text(u"text");
  cells.begin(0x0205).place(3, 0).u8(7).u8(1);
  const Bytes stream = tests::xls_stream(strings.bytes(), cells.bytes());
  corpus.add("sheets", "xls", tests::compound_file_of(stream));
  corpus.add("sheets", "records", "x" + std::string(as_text(stream)));
}

void add_texts(const Corpus& corpus) {
  corpus.add("config", "least", kConfig);
  corpus.add("config", "whole", std::string(kConfig) + std::string(kConfigRest));
  corpus.add("nation", "four", kNation);
  corpus.add("notices", "csv", kNotices);
  corpus.add("notices", "json", kJsonNotices);
  corpus.add(
      "notices", "bom-crlf",
      "\xef\xbb\xbfName,origin,ID_number\r\n\"甲,一\",prison:610000-03,110101180001010015\r\n"
      "\"乙\"二,prison:610000-03,1\r\n");
  // origin,name,id_number; 甲一 in GB18030
  corpus.add("notices", "gb18030",
             "origin,name,id_number,remarks\n"
             "prison:610000-03,\xbc\xd7\xd2\xbb,110101180001010015,\x81\x30\x81\x30\n");
  corpus.add("resolve", "code", "610802001002\n\n");
  corpus.add("resolve", "abolished", "430404\n湖南省衡阳市石鼓区\n110101180001010015");
  corpus.add("resolve", "address", "\n陕西省榆林市榆阳区崇文路街道试验路1号\n");
  corpus.add("resolve", "id-number", "\n城关镇\n１１０１０１１８０００１０１００１５");
  corpus.add("resolve", "old-id-number", "\n\n110101000101001");
  corpus.add("words", "office", "prison:610000-03");
  corpus.add("words", "envelope", "019b0b0d0a4007010203040506070807");
  corpus.add("words", "time", "2026-12-10T09:00:00.000+08:00");
  corpus.add("words", "date", "2026-12-10");
  corpus.add("words", "period", "2026-12");
  corpus.add("words", "address", "fe80::1%eth0");
  corpus.add("words", "network", "10.0.0.0/8");
  corpus.add("words", "refused-date", "2027年１月15日");
}

void make(const Corpus& corpus) {
  add_frames(corpus);
  add_envelope(corpus);
  add_records(corpus);
  add_directory(corpus);
  add_payload(corpus);
  add_api(corpus);
  add_keys(corpus);
  add_rows(corpus);
  add_archive(corpus);
  add_evidence(corpus);
  add_trust(corpus);
  add_texts(corpus);
  add_sheets(corpus);
}

}  // namespace
}  // namespace xianjie::fuzz

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: make_corpus FOLDER\n", stderr);
    return 2;
  }
  xianjie::fuzz::make(xianjie::fuzz::Corpus(argv[1]));
  return 0;
}
