"""How a notification can end, in words: as its last call or text did, or by a decision of ours."""

from collections.abc import Mapping

CALL_ENDINGS: Mapping[str, str] = {
    "answered": "已接听",
    "machine": "语音信箱",
    "assistant": "语音助手代接",
    "busy": "忙线",
    "no_answer": "无人接听",
    "rejected": "拒接",
    "powered_off": "关机",
    "unreachable": "不在服务区",
    "suspended": "停机",
    "no_such_number": "空号",
    "barred": "被拦截",
    "congestion": "网络拥塞",
    "trunk_failure": "线路故障",
    "own_line_blocked": "本方线路停机",
    "cancelled": "已取消",
    "unknown": "结果未知",
}
TEXT_STATES: Mapping[str, str] = {
    "submitting": "提交中",
    "submitted": "已提交",
    "delivered": "已送达",
    "undelivered": "未送达",
    "rejected": "被短信中心拒绝",
    "unknown": "结果未知",
}
ENDINGS: Mapping[str, str] = {
    **TEXT_STATES,
    **CALL_ENDINGS,
    "expired": "已过时",
    "refused": "不予发送",
    "superseded": "被取代",
}
