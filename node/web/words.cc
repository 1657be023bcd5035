#include "node/web/words.h"

#include <array>
#include <nlohmann/json.hpp>

#include "broker/event.h"
#include "node/office/alarms.h"
#include "node/office/attachments.h"
#include "node/office/forms.h"
#include "node/office/kinds_view.h"
#include "node/office/notice_columns.h"
#include "node/office/obligations.h"
#include "node/office/report_forms.h"
#include "node/office/reports.h"
#include "node/web/accounts.h"
#include "routing/kinds.h"

namespace xianjie::node {
namespace {

using nlohmann::json;

// What the views say beside the vocabulary's enums; English is the word itself.
struct Extra {
  std::string_view word, zh;
};
constexpr std::array kLinkStates{Extra{"idle", "空闲"},
                                 Extra{"sending", "发送中"},
                                 Extra{"greeting", "握手中"},
                                 Extra{"down", "不通"},
                                 Extra{"courier", "人工递送"},
                                 Extra{"folder", "文件夹摆渡"},
                                 Extra{"refused_as_clone", "因身份重复被拒"}};
constexpr std::array kHealth{Extra{"good", "正常"},      Extra{"warning", "有警告"},
                             Extra{"bad", "有严重告警"}, Extra{"silent", "失联"},
                             Extra{"unknown", "未知"},   Extra{"not_on_the_bus", "未上线"}};
constexpr std::array kOutcomes{Extra{"own-area", "属本辖区"}, Extra{"unlinked", "未衔接"}};
constexpr std::array kMustAct{Extra{"not_over", "未到最后放行时点"},
                              Extra{"held", "挂起或无法投递"},
                              Extra{"in_transit", "在途"},
                              Extra{"waiting", "待转出"},
                              Extra{"stopped", "途中受阻"},
                              Extra{"missing", "未报"},
                              Extra{"manifest_missing", "交接清单未到"},
                              Extra{"manifests_unanswered", "交接清单未核"},
                              Extra{"manifests_differ", "交接清单不符"}};
constexpr std::array kQuotas{Extra{"climbing", "上行报文"}, Extra{"descending", "下行报文"},
                             Extra{"origin", "本单位上报"}, Extra{"inbox", "待办"},
                             Extra{"copies", "留存副本"}};
constexpr std::array kExpiries{Extra{"root", "根"}, Extra{"snapshot", "机构目录"},
                               Extra{"timestamp", "时间戳"}, Extra{"key", "本单位密钥"}};
constexpr std::array kHeads{Extra{"agrees", "相符"}, Extra{"cut", "日志被截断"},
                            Extra{"differs", "不符"}, Extra{"moved_away", "旧段已移出"}};
constexpr std::array kConsignments{Extra{"prepared", "已制备"}, Extra{"on_the_way", "在途"},
                                   Extra{"acknowledged", "已确认"}, Extra{"overdue", "逾期"}};
constexpr std::array kAccountEvents{Extra{"sign_in", "登录"},
                                    Extra{"sign_in_refused", "登录被拒"},
                                    Extra{"sign_out", "退出"},
                                    Extra{"password_changed", "修改密码"},
                                    Extra{"second_factor_on", "启用二次验证"},
                                    Extra{"second_factor_off", "停用二次验证"},
                                    Extra{"account", "账号变更"}};
// What the broker writes into the audit log.
constexpr std::array kAuditEvents{Extra{"accepted", "已登记"},
                                  Extra{"inbox", "到达待办"},
                                  Extra{"collected", "已签收"},
                                  Extra{"settled", "已办结"},
                                  Extra{"settled_before", "此前已办结"},
                                  Extra{"receipt", "回执"},
                                  Extra{"held", "挂起"},
                                  Extra{"released", "恢复发送"},
                                  Extra{"operator", "人工操作"},
                                  Extra{"note", "记事"},
                                  Extra{"continued", "已转办"},
                                  Extra{"handed_out", "交付"},
                                  Extra{"kept_back", "暂缓交付"},
                                  Extra{"manifest", "发出清单"},
                                  Extra{"manifest_checked", "核对清单"},
                                  Extra{"manifest_differs", "清单不符"},
                                  Extra{"manifest_refused", "拒收清单"},
                                  Extra{"month_closed", "月度办结"},
                                  Extra{"refused", "拒收"},
                                  Extra{"rejected", "拒绝办理"},
                                  Extra{"batch_refused", "拒收批次"},
                                  Extra{"chunk_refused", "拒收分块"},
                                  Extra{"receipt_refused", "拒收回执"},
                                  Extra{"ack_refused", "拒收确认"},
                                  Extra{"head_refused", "拒收链头"},
                                  Extra{"hello_refused", "拒绝握手"},
                                  Extra{"channel_refused", "拒用通道"},
                                  Extra{"outcome_refused", "拒收核查结果"},
                                  Extra{"records_refused", "拒收记录"},
                                  Extra{"standing_refused", "拒收运行状况"},
                                  Extra{"stranger", "未知单位"},
                                  Extra{"repeat", "重复到达"},
                                  Extra{"repeat_batch", "重复批次"},
                                  Extra{"repeated", "重复接收"},
                                  Extra{"resend", "重发"},
                                  Extra{"rerouted", "改道"},
                                  Extra{"replaced", "已替换"},
                                  Extra{"stands_in", "替代"},
                                  Extra{"set_aside", "隔离存放"},
                                  Extra{"corrupt", "损坏"},
                                  Extra{"conflict", "内容冲突"},
                                  Extra{"consigned", "装入介质"},
                                  Extra{"consignment_taken", "接收介质批次"},
                                  Extra{"consignment_acknowledged", "介质批次已确认"},
                                  Extra{"consignment_failed", "介质批次失败"},
                                  Extra{"arrival_abandoned", "接收中断"},
                                  Extra{"landed", "落地"},
                                  Extra{"copy_dropped", "副本已清理"},
                                  Extra{"copy_not_kept", "副本未留存"},
                                  Extra{"no_copy", "无副本"},
                                  Extra{"record_dropped", "记录已清理"},
                                  Extra{"records_held", "记录暂存"},
                                  Extra{"key", "密钥"},
                                  Extra{"retired_key", "旧密钥"},
                                  Extra{"revoked_collected", "撤销签收"},
                                  Extra{"clock", "时钟"},
                                  Extra{"clone", "重复运行"},
                                  Extra{"epoch", "存储代次"},
                                  Extra{"peer_epoch", "对方存储代次"},
                                  Extra{"older_store", "旧存储"},
                                  Extra{"restored", "已恢复备份"},
                                  Extra{"unknown_own", "本单位报文缺失"},
                                  Extra{"custody_not_told", "经手未告知"}};
constexpr std::array kMoreStates{Extra{"passed_on", "已转出"}, Extra{"copy", "留存副本"},
                                 Extra{"continued", "已转办"}, Extra{"collected", "已签收"}};
constexpr std::array kMoreColumns{Extra{"in_transit", "在途"}, Extra{"missing", "未报"},
                                  Extra{"not_yet_on_the_bus", "未上线"}};
constexpr std::array kRefusals{Extra{"missing", "缺少必填项"},
                               Extra{"malformed", "格式不正确"},
                               Extra{"check_digit", "校验位错误"},
                               Extra{"birth_date", "出生日期不存在"},
                               Extra{"unknown_code", "区划代码不存在"},
                               Extra{"unknown_origin", "呈报单位不存在"},
                               Extra{"not_here", "不属本单位"},
                               Extra{"duplicate", "重复上报"},
                               Extra{"several_places", "对应多个地方"},
                               Extra{"too_long", "超长"},
                               Extra{"excel_number", "被表格软件改成数字"},
                               Extra{"broken_line", "行不完整"},
                               Extra{"empty", "空文件"},
                               Extra{"encoding", "编码错误"},
                               Extra{"unknown_header", "表头不认识"},
                               Extra{"too_many_rows", "行数过多"},
                               Extra{"release_period", "释放日期不在上报月份的下月"},
                               Extra{"joins_next_period", "转入下月补报"},
                               Extra{"place_prefix", "身份证号前六位不是有效区划"},
                               Extra{"sex_digit", "性别与身份证号不符"},
                               Extra{"attachment_name", "附件名称不正确"},
                               Extra{"attachments", "附件不符合要求"},
                               Extra{"kind", "业务类型不符"},
                               Extra{"office", "单位不符"},
                               Extra{"over", "已结束"},
                               Extra{"period", "上报月份不正确"}};
// Why something is held: what stands before the colon of a reason (broker; ops/RUNBOOK.md, held).
constexpr std::array kHoldReasons{Extra{"no_route", "机构目录中无路可达"},
                                  Extra{"route_disagrees", "上下两级的路由不一致"},
                                  Extra{"channel", "没有允许的通道"},
                                  Extra{"conflict", "下一单位已有同号而内容不同的报文"},
                                  Extra{"refused_by_next", "下一单位拒收"},
                                  Extra{"revoked_key", "签名密钥已吊销"},
                                  Extra{"operator", "人工挂起"}};
constexpr std::array kFileFields{Extra{"row", "整行"}, Extra{"header", "表头"},
                                 Extra{"file", "文件"}};
constexpr std::array kPayloadFields{Extra{"birth_date", "出生日期"},
                                    Extra{"resolved_code", "定位代码"},
                                    Extra{"confidence", "定位依据"},
                                    Extra{"ethnicity", "民族"},
                                    Extra{"education", "文化程度"},
                                    Extra{"marital_status", "婚姻状况"},
                                    Extra{"registration_type", "户籍性质"},
                                    Extra{"residence", "现居住地"},
                                    Extra{"telephone", "联系电话"},
                                    Extra{"offence", "罪名类别"},
                                    Extra{"sentence", "刑期"},
                                    Extra{"family_contact", "家属联系方式"}};

void append(json& out, std::span<const Extra> rows) {
  for (const Extra& row : rows) out.push_back({{"word", row.word}, {"zh", row.zh}});
}
json extra(std::span<const Extra> rows) {
  json out = json::array();
  append(out, rows);
  return out;
}
json with(json out, std::span<const Extra> rows) {
  append(out, rows);
  return out;
}

template <class E>
json words() {
  json out = json::array();
  for (const Word& word : words_of(E{})) out.push_back({{"word", word.word}, {"zh", word.zh}});
  return out;
}

json kinds(OfficeType sender) {
  json out = json::array();
  for (const routing::KindRow& row : routing::kinds()) {
    json kind = kind_view(row);
    kind["word"] = to_word(row.kind);
    kind["zh"] = to_zh(row.kind);
    kind["may_send"] = routing::may_send(row.kind, sender);
    kind["answer"] = row.answer_kind == Kind::kNone ? "" : to_word(row.answer_kind);
    out.push_back(std::move(kind));
  }
  return out;
}

json field_view(const FormField& field) {
  constexpr std::array kTypes{"text", "date", "instant", "id_number", "code", "choice", "count"};
  json choices = json::array();
  for (const FormChoice& choice : field.choices)
    choices.push_back({{"word", choice.word}, {"zh", choice.zh}});
  return {{"name", field.word},
          {"zh", field.zh},
          {"type", kTypes[static_cast<std::size_t>(field.type)]},
          {"required", field.required},
          {"max", field.characters_max},
          {"choices", std::move(choices)}};
}

json form_views() {
  json out = json::array();
  for (const Form& form : forms()) {
    json fields = json::array(), table = json::array();
    for (const FormField& field : form.fields) fields.push_back(field_view(field));
    for (const FormField& field : form.table) table.push_back(field_view(field));
    out.push_back({{"name", form.name},
                   {"zh", form.zh},
                   {"kind", to_word(form.kind)},
                   {"subject", form.subject},
                   {"fields", std::move(fields)},
                   {"table", std::move(table)},
                   {"answer", form.answer}});
  }
  return out;
}

json office_type_views() {
  json out = json::array();
  for (const OfficeTypeRow& row : office_types())
    out.push_back({{"word", row.word}, {"zh", row.name_zh}});
  return out;
}

json notice_column_views() {
  json out = json::array();
  for (const ColumnRow& row : notice_columns())
    out.push_back({{"name", row.word},
                   {"word", row.word},
                   {"zh", row.zh},
                   {"type", "text"},
                   {"required", row.required},
                   {"max", row.characters_max},
                   {"choices", json::array()}});
  return out;
}

json attachment_ending_views() {
  json out = json::array();
  for (const auto& [ending, type] : attachment_ending_rows())
    out.push_back({{"word", ending}, {"type", to_word(type)}});
  return out;
}

json report_item_views() {
  json out = json::array();
  for (const ReportItem& item : report_form().items)
    out.push_back({{"word", item.word}, {"zh", item.zh}});
  return out;
}

json alarm_views() {
  json out = json::array();
  for (const AlarmRow& row : alarm_rows()) {
    out.push_back(alarm_row_view(row));
    out.back()["word"] = row.id;
  }
  return out;
}

}  // namespace

json words_view(OfficeId office) {
  return {{"kinds", kinds(office.type())},
          {"forms", form_views()},
          {"office_types", office_type_views()},
          {"classes", words<Class>()},
          {"lanes", words<Lane>()},
          {"channels", words<ChannelClass>()},
          {"proofs", words<Proof>()},
          {"states", with(words<State>(), kMoreStates)},
          {"receipts", words<ReceiptType>()},
          {"confidence", words<Confidence>()},
          {"step_actions", words<StepAction>()},
          {"return_reasons", words<ReturnReason>()},
          {"attachment_types", words<AttachmentType>()},
          {"attachment_endings", attachment_ending_views()},
          {"standing", with(words<StandingColumn>(), kMoreColumns)},
          {"manifests", words<ManifestState>()},
          {"clock_doubts", words<ClockDoubt>()},
          {"owed", words<Owed>()},
          {"report_states", words<ChildState>()},
          {"roles", words<Role>()},
          {"acts", words<broker::Act>()},
          {"alarm_levels", words<AlarmLevel>()},
          {"alarms", alarm_views()},
          {"notice_columns", notice_column_views()},
          {"report_items", report_item_views()},
          {"link_states", extra(kLinkStates)},
          {"health", extra(kHealth)},
          {"outcomes", extra(kOutcomes)},
          {"must_act", extra(kMustAct)},
          {"quotas", extra(kQuotas)},
          {"expiries", extra(kExpiries)},
          {"audit_heads", extra(kHeads)},
          {"consignment_states", extra(kConsignments)},
          {"account_events", extra(kAccountEvents)},
          {"audit_events", extra(kAuditEvents)},
          {"refusals", extra(kRefusals)},
          {"hold_reasons", extra(kHoldReasons)},
          {"file_fields", extra(kFileFields)},
          {"payload_fields", extra(kPayloadFields)}};
}

}  // namespace xianjie::node
