"""What each permission means, for the console and the reference."""

from collections.abc import Mapping

from yunhu.domains.identity.scopes import Scope

MEANINGS: Mapping[Scope, tuple[str, str]] = {
    Scope.EVENTS_WRITE: ("Push queue events", "推送叫号事件"),
    Scope.NOTIFICATIONS_WRITE: ("Create and cancel notifications", "创建、取消通知"),
    Scope.NOTIFICATIONS_READ: ("See notifications and what became of them", "查看通知及结果"),
    Scope.CALLBACKS_MANAGE: ("Manage callback endpoints and redeliver", "管理回调地址与重发"),
    Scope.KEYS_MANAGE: ("Manage API keys", "管理 API 密钥"),
    Scope.CALLS_READ: ("See calls, their timelines and recordings", "查看通话、时间线与录音"),
    Scope.REFUSALS_WRITE: ("Record and lift refusals", "登记、解除拒绝来电"),
    Scope.SCRIPTS_READ: ("See scripts and their versions", "查看话术及版本"),
    Scope.SCRIPTS_WRITE: ("Write scripts", "编辑话术"),
    Scope.FILINGS_READ: ("See filings", "查看备案"),
    Scope.FILINGS_SUBMIT: ("Submit and withdraw filings", "提交、撤回备案"),
    Scope.NUMBERS_READ: ("See caller numbers, their use and health", "查看外显号码及健康状况"),
    Scope.CONTRACTS_READ: ("See the contract", "查看合同"),
    Scope.BILLING_READ: ("See use, statements and balance", "查看用量、账单与余额"),
    Scope.CONSENTS_READ: ("See consent evidence", "查看同意凭证"),
    Scope.CONSENTS_WRITE: ("Add, import and withdraw consent evidence", "登记、导入、撤回同意凭证"),
    Scope.COMPLAINTS_READ: ("See complaints", "查看投诉"),
    Scope.COMPLAINTS_WRITE: ("Take and answer complaints", "登记、答复投诉"),
    Scope.EVIDENCE_READ: ("Build and fetch evidence packs", "生成、下载证据包"),
    Scope.CARDS_READ: ("See call-card profiles and pushes", "查看来电名片及推送"),
    Scope.CARDS_WRITE: ("Write call-card profiles", "编辑来电名片"),
    Scope.INCIDENTS_READ: ("See notices and fault reports", "查看公告与障碍申报"),
    Scope.INCIDENTS_WRITE: ("Report faults, acknowledge notices", "申报障碍、确认公告"),
    Scope.DOCUMENTS_READ: ("Fetch documents", "下载文件"),
    Scope.DOCUMENTS_WRITE: ("Upload documents", "上传文件"),
    Scope.PHONES_REVEAL: ("See a whole phone number; each look is recorded", "查看完整号码（每次均留痕）"),
    Scope.MONITOR_READ: ("Watch running calls, see pauses and alarms", "查看实时监控、暂停与告警"),
    Scope.MONITOR_CONTROL: (
        "Stop calls, pause and resume, acknowledge alarms",
        "挂断通话、暂停与恢复、确认告警",
    ),
    Scope.SCENARIOS_READ: ("See scenarios and their versions", "查看场景及版本"),
    Scope.SCENARIOS_WRITE: ("Change scenarios; try them in the sandbox", "编辑场景、沙箱试用"),
    Scope.USERS_MANAGE: (
        "Manage the tenant's users, roles and sign-in policy",
        "管理本租户用户、角色与登录策略",
    ),
    Scope.GRANTS_MANAGE: ("Open content to the operator, and close it", "向运营方授权、撤销授权"),
    Scope.AUDIT_READ: ("Read history and the audit log", "查看历史与审计日志"),
    Scope.OPERATOR_TENANTS: ("Manage tenants", "管理租户"),
    Scope.OPERATOR_CONTRACTS: ("Manage contracts, suspensions and settlements", "管理合同、停复机与结算"),
    Scope.OPERATOR_BILLING: (
        "Manage metering, payments, statements, reconciliation",
        "管理计量、收款、账单与对账",
    ),
    Scope.OPERATOR_NUMBERS: (
        "Import, allocate, hold and release caller numbers",
        "导入、分配、停用、释放外显号码",
    ),
    Scope.OPERATOR_FILINGS: ("Review filings", "审核备案"),
    Scope.OPERATOR_SCREENING: ("Manage word lists and screening", "管理词库与内容审核"),
    Scope.OPERATOR_CONSENTS: ("Look after refusals and consent across tenants", "管理全平台拒绝与同意"),
    Scope.OPERATOR_COMPLAINTS: ("Handle complaints of every tenant", "处理各租户投诉"),
    Scope.OPERATOR_EVIDENCE: (
        "Build evidence packs; read content under a grant",
        "生成证据包；经授权查看内容",
    ),
    Scope.OPERATOR_CARDS: ("Approve call-card profiles", "审核来电名片"),
    Scope.OPERATOR_INCIDENTS: ("Publish notices, answer fault reports", "发布公告、处理障碍"),
    Scope.OPERATOR_DOCUMENTS: ("Handle tenants' papers", "管理租户资料"),
    Scope.OPERATOR_CALENDAR: ("Upload working-day tables", "维护工作日历"),
    Scope.OPERATOR_MONITOR: (
        "Watch every tenant's calls without content, stop and pause, see alarms",
        "查看全平台实时监控（不含内容）、挂断与暂停、查看告警",
    ),
    Scope.OPERATOR_EQUIPMENT: ("Manage and test trunks and SMSC accounts", "管理、测试中继与短信账号"),
    Scope.OPERATOR_USERS: ("Manage the operator's users, roles and keys", "管理运营方用户、角色与密钥"),
    Scope.OPERATOR_AUDIT: ("Read the audit log, anchors and grants", "查看审计日志、锚点与授权"),
}
"""English and Chinese."""
