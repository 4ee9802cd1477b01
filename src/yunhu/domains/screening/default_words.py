"""The word lists that the product ships: common wording of fraud, gambling and marketing, nothing secret.

Lists of politics, pornography and violence are the operator's to upload: they change by instruction of the
authorities and do not belong in source code. Short words that honest texts use as well (优惠, 贷款, 红包) are left
out or stand inside a phrase.
"""

from types import MappingProxyType

_FRAUD = """
安全账户 资金清查 刷单返利 刷单兼职 兼职刷单 注销校园贷 校园贷 征信修复 修复征信 洗白征信 内部消息 稳赚不赔 保本高收益
无抵押贷款 无抵押放款 低息贷款 免息贷款 快速放款 秒批贷款 秒到账贷款 代办信用卡 信用卡套现 套现提额 花呗套现 贷款额度已批
共享屏幕操作 下载会议软件 告知验证码 提供验证码 涉嫌洗钱 通缉令 冻结您的账户 账户异常请转账 转账至指定账户 缴纳保证金 缴纳解冻金
冒充客服 理赔退款双倍 快递丢失理赔 中奖信息 恭喜您中奖 领取奖金 虚拟币投资 数字货币投资 杀猪盘 跑分 收购银行卡 出租银行卡
收购电话卡 办理假证 代开发票 代开增值税发票 出售发票
"""
_GAMBLING = """
网上赌场 在线赌场 澳门赌场 赌场开户 真人荷官 百家乐 时时彩 北京赛车 六合彩 赌球 外围投注 体育投注 博彩网站 博彩平台 赌博网站
赌博平台 线上棋牌 棋牌送金 注册送彩金 首存送 下注返水 开户送金 老虎机 牛牛房卡 赌博
"""
_MARKETING = """
优惠活动 优惠大酬宾 限时优惠 限时抢购 限时特价 特价促销 促销活动 大促 打折促销 折扣优惠 全场折扣 清仓甩卖 买一送一 买就送
免费领取 免费试用 免费体验课 免费送 赠送礼品 领取礼品 到店有礼 进店有礼 抽奖活动 现金红包 红包大派送 领红包 领券 优惠券 代金券
抵用券 会员充值 充值送 充值返现 返现活动 新品上市 新店开业 盛大开业 隆重开业 楼盘开盘 首付低至 投资理财 理财产品 高额回报
保险推销 办卡有礼 办卡优惠 加盟招商 招商加盟 诚邀加盟 名额有限 先到先得 欲购从速 赶快抢购 点击链接 退订回t 回t退订 拒收请回复r
详情咨询客服 专享优惠 尊享特惠 特惠来袭 低至一折 团购 秒杀 拼团 直播间下单 扫码领取
"""

DEFAULT_LISTS = MappingProxyType(
    {
        "fraud": tuple(_FRAUD.split()),
        "gambling": tuple(_GAMBLING.split()),
        "marketing": tuple(_MARKETING.split()),
    }
)
DEFAULT_VERSION = 0
