"""Long work for export."""

from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.domains.identity.public import Scope

_KINDS = {
    "exports.write": "导出表格",
    "consent.import": "导入同意凭证",
    "evidence.build": "生成证据包",
    "reports.send_mail": "发送报表邮件",
    "billing.reconcile": "对账",
    "equipment.test_trunk": "测试中继",
    "equipment.test_smsc": "测试短信账号",
    "call_cards.test_carrier": "测试名片通道",
}
_STATES = {"queued": "排队中", "running": "进行中", "done": "已完成", "failed": "失败", "cancelled": "已取消"}
TASKS = ListOffer(
    name="tasks",
    title_zh="后台任务",
    title="Long work",
    tenant=Door("/tasks", Scope.DOCUMENTS_READ),
    operator=Door("/operator/tasks", Scope.OPERATOR_DOCUMENTS),
    columns=(
        Column("kind", "任务", "Work", width=20, words=_KINDS),
        Column("state", "状态", "State", width=10, words=_STATES),
        Column("done_units", "已完成数量", "Done", CellKind.NUMBER, 12),
        Column("total_units", "总数量", "Of", CellKind.NUMBER, 12),
        Column("message", "说明", "Message", width=40),
        Column("created_by", "发起人", "Begun by"),
        Column("created_at", "发起时间", "Asked for at", CellKind.MOMENT, 20),
        Column("started_at", "开始时间", "Begun at", CellKind.MOMENT, 20),
        Column("finished_at", "结束时间", "Ended at", CellKind.MOMENT, 20),
        Column("report", "结果", "Report", width=60),
        Column("id", "任务编号", "Id", width=38),
    ),
)
OFFERS = (TASKS,)
