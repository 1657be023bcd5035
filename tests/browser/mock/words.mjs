// The words of the bus as GET /api/words tells them, made from GLOSSARY and schemas/vocabulary.cc.
const list = (text) =>
  text.split(" ").map((pair) => {
    const [word, zh] = pair.split("=");
    return { word, zh };
  });
const field = (name, zh, type = "text", required = false, max = 64, choices = []) => ({
  name,
  zh,
  type,
  required,
  max,
  choices: choices.length ? list(choices) : [],
});
const name = field("name", "姓名", "text", true, 128);
const idNumber = field("id_number", "身份证号", "id_number");
const address = field("registration_address", "户籍地址", "text", false, 512);
const code = field("registration_code", "户籍地代码", "code");
const content = field("content", "内容", "text", true, 10000);
const remarks = field("remarks", "备注", "text", false, 10000);
const reason = field("reason", "理由", "text", true, 10000);
const form = (formName, zh, fields, answer = "", table = []) => ({
  name: formName,
  zh,
  kind: formName.split(".")[0],
  subject: formName.split(".")[1] || "",
  fields,
  table,
  answer,
});

const kinds = list(
  "pre_release_notice=预释放人员信息 ad_hoc_report=随时上报 arrival_report=衔接反馈 unlinked_return=未衔接人员上报 assistance_request=协查信息 assistance_feedback=协查反馈 collaboration_notice=网络化协作通报 statistical_report=统计信息上报 detailed_report=详细信息上报 work_order=工单 work_order_feedback=办理反馈 alert=越界告警 notice=通知 record_batch=数据同步批次 attachment=附件 check_result=核查结果 manifest=交接清单 directory_update=机构目录更新 exchange_test=跨省信息交换测试 receipt=回执",
);
const answers = {
  pre_release_notice: "check_result",
  ad_hoc_report: "check_result",
  unlinked_return: "check_result",
  assistance_request: "assistance_feedback",
  work_order: "work_order_feedback",
};
const maySend = [
  "assistance_request",
  "assistance_feedback",
  "collaboration_notice",
  "work_order",
  "work_order_feedback",
  "alert",
  "notice",
  "record_batch",
  "statistical_report",
  "detailed_report",
];
for (const kind of kinds) {
  kind.class =
    kind.word.includes("report") && !kind.word.startsWith("ad") ? "statistical" : "personal";
  kind.may_send =
    maySend.includes(kind.word) || kind.word.startsWith("pre") || kind.word.startsWith("ad_");
  kind.answer = answers[kind.word] || "";
}

export const words = {
  kinds,
  states: list(
    "gated=待放行 ready=待发送 sent=已发待确认 deferred=待重发 held=已挂起 inbox=待办 settled=已办结 dead=无法投递 corrupt=已损坏(隔离) passed_on=已转出 copy=留存副本",
  ),
  channels: list("public=公网 vpn=VPN网络 dedicated=内部专用网络 media=介质盘 ferry=网闸摆渡"),
  classes: list(
    "statistical=统计信息 internal=内部信息 personal=个人信息 detailed=详细信息 control=系统报文",
  ),
  lanes: list("urgent=紧急 normal=普通 bulk=批量"),
  receipts: list(
    "accepted=已登记 delivered=已送达 collected=已签收 processed=已办理 returned=已退回 rejected=已拒收 expired=已失效",
  ),
  confidence: list(
    "exact=代码相符 successor=区划变更换算 address=地址匹配 id_prefix=身份证前六位推定 ambiguous=待人工指派",
  ),
  roles: list(
    "viewer=查看员 clerk=经办人 operator=运维员 system-administrator=系统管理员 security-administrator=安全管理员 auditor=审计员",
  ),
  proofs: list("proved=已证实 attested=经声明 rehearsal=演练"),
  link_states: list(
    "idle=空闲 sending=发送中 greeting=握手中 down=中断 courier=专人传递 folder=目录摆渡 refused_as_clone=疑似克隆被拒",
  ),
  standing: list(
    "accepted=已登记 delivered=已送达 returned=已退回 held=已挂起 in_transit=在途 own_area=属本辖区 unlinked=未衔接 unchecked=未核查 received=已接收 open=待办 late=迟报 stopped=挂起待处理 waiting=待转出 passed_on=已转出 manifests_agreed=清单相符 manifests_differ=清单不符 manifests_missing=清单未到 missing=未报 not_yet_on_the_bus=未上线 overdue_checks=逾期未核查",
  ),
  must_act: list(
    "held=已挂起 in_transit=在途 waiting=待转出 stopped=挂起待处理 missing=未报 manifests_unanswered=清单未答复 manifests_differ=清单不符 manifest_missing=清单未到 not_over=本月时点未过",
  ),
  outcomes: list("own-area=属本辖区 unlinked=未衔接"),
  step_actions: list("assigned=指派 returned=退回 distributed=二次分发 moved=机构变更"),
  return_reasons: list(
    "not-ours=不属本辖区 not-found=查无此人 false-identity=身份不实 found=已查明",
  ),
  attachment_types: list("photograph=照片 fingerprint=指纹 document=扫描件"),
  report_states: list("received=已报 late=迟报 missing=未报 not_on_the_bus=未上线"),
  owed: list("check=核查 arrival=衔接反馈 answer=反馈 collect=签收 report=报表"),
  health: list("good=正常 warning=警告 bad=异常 silent=失联 unknown=未知 not_on_the_bus=未上线"),
  office_types: list(
    "ministry=司法部 province=省(区、市)司法厅(局) prefecture=地市司法局 county=区县司法局 township=司法所 prison-bureau=监狱管理局 prison=监狱 police=公安厅(局) population-police=公安人口管理部门 detention-house=看守所",
  ),
  quotas: list("climbing=上行 descending=下行 origin=本单位发出 inbox=待办 copies=留存副本"),
  expiries: list("root=根 snapshot=名录 timestamp=时间戳 key=本单位密钥"),
  audit_heads: list("agrees=一致 cut=日志被截短 differs=不一致 moved_away=已归档移出"),
  audit_events: list(
    "inbox=到达待办 receipt=回执 held=挂起 released=恢复发送 note=记事 settled=已办结 manifest=发出清单 accepted=已登记 operator=人工操作",
  ),
  account_events: list(
    "signed_in=登录 sign_in_failed=登录失败 signed_out=退出 locked=锁定 unlocked=解锁 added=新增 role_changed=更改角色 password_changed=修改密码 reset=重置密码",
  ),
  consignment_states: list("prepared=已备好 on_the_way=运送中 acknowledged=已确认 overdue=逾期"),
  forms: [
    form("arrival_report", "衔接反馈", [
      field("date", "日期", "date", true),
      field(
        "how",
        "衔接方式",
        "choice",
        true,
        64,
        "met_by_office=司法所接回 met_by_family=家属接回 came_alone=自行报到 did_not_arrive=未报到",
      ),
      remarks,
    ]),
    form(
      "assistance_request.verify",
      "核查",
      [name, idNumber, code, address, content],
      "assistance_feedback.verify",
    ),
    form(
      "assistance_request.query",
      "查询",
      [name, idNumber, code, address, content],
      "assistance_feedback.query",
    ),
    form("assistance_feedback.verify", "核查反馈", [
      field(
        "result",
        "结果",
        "choice",
        true,
        64,
        "confirmed=属实 not_confirmed=不属实 unknown=无法核实",
      ),
      remarks,
    ]),
    form("assistance_feedback.query", "查询反馈", [content]),
    form("collaboration_notice", "网络化协作通报", [name, idNumber, code, address, content]),
    form(
      "work_order.service",
      "法律服务",
      [field("number", "编号", "text", true), name, content],
      "work_order_feedback.service",
    ),
    form("work_order_feedback.service", "服务反馈", [
      field("result", "结果", "choice", true, 64, "answered=答复 closed=办结"),
      content,
    ]),
    form("notice", "通知", [field("title", "标题", "text", true, 256), content]),
    form("check_result.correction", "更正", [
      reason,
      field("name", "姓名"),
      idNumber,
      code,
      address,
      field("release_date", "释放日期", "date"),
      remarks,
    ]),
    form("check_result.addition", "补录", [
      reason,
      name,
      idNumber,
      field("registration_address", "户籍地址", "text", true, 512),
      field("release_date", "释放日期", "date", true),
      remarks,
    ]),
  ],
  notice_columns: [
    field("origin", "呈报单位", "text", true),
    name,
    field("sex", "性别"),
    idNumber,
    code,
    address,
    field("release_date", "释放日期", "date"),
    field("release_type", "释放类型"),
    field("risk", "危险度"),
    field("focus", "重点帮教"),
    field("identity_doubtful", "身份存疑"),
    remarks,
  ],
  attachment_endings: ["jpg", "jpeg", "png"]
    .map((word) => ({ word, type: "photograph" }))
    .concat(["wsq", "fpt"].map((word) => ({ word, type: "fingerprint" })))
    .concat(["pdf", "tif", "tiff"].map((word) => ({ word, type: "document" }))),
  refusals: list(
    "missing=缺少 malformed=格式有误 check_digit=校验码有误 birth_date=出生日期有误 unknown_code=代码不存在 duplicate=重复上报 excel_number=数字被表格软件截断",
  ),
  hold_reasons: list("no_route=无路可达 route_disagrees=路由不一致 channel=没有允许的通道 operator=人工挂起"),
  file_fields: list("row=整行 header=表头 file=整个文件"),
  payload_fields: list(
    "resolved_code=解析代码 confidence=定位依据 birth_date=出生日期 remarks=备注 residence=现居住地 telephone=联系电话 offence=罪名 sentence=刑期 education=文化程度 outcome=核查结果 checked_by=核查单位 type=类型 size=大小",
  ),
  report_items: list(
    "released=刑满释放人数 connected=已衔接人数 unlinked=未衔接人数 resettled=已安置人数 not_resettled=未安置人数 helped=已帮教人数 in_bases=基地安置人数 in_enterprises=企业安置人数 reoffended=重新犯罪人数 bases=安置基地个数 enterprises=安置企业个数",
  ),
};
for (const item of words.report_items) item.name = item.word;
