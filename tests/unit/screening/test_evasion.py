"""What people do to get past a screen, one row each, and what honest variables look like."""

import pytest

from yunhu.domains.screening.default_words import DEFAULT_LISTS
from yunhu.domains.screening.public import Screen, WordList
from yunhu.speech.reading import Slot, SlotKind

WORDS = {
    "fraud": WordList(("无抵押贷款", "安全账户", "刷单返利", "代开发票")),
    "gambling": WordList(("澳门赌场", "赌博", "casino")),
    "politics": WordList(("敏感词甲",)),
    "marketing": WordList(("优惠活动", "限时抢购", "免费领取")),
}
SCREEN = Screen(7, WORDS)
TEXT = Slot("matter", SlotKind.TEXT)

FORBIDDEN = [
    ("无抵押贷款", "fraud"),
    ("办理无抵押贷款业务", "fraud"),
    ("无 抵 押 贷 款", "fraud"),
    ("无-抵-押-贷-款", "fraud"),
    ("无.抵.押.贷.款", "fraud"),
    ("无，抵、押。贷！款", "fraud"),
    ("无*抵*押*贷*款", "fraud"),
    ("【无】【抵】【押】【贷】【款】", "fraud"),
    ("无\u200b抵\u200b押\u200b贷\u200b款", "fraud"),
    ("无\ufeff抵押贷\u2060款", "fraud"),
    ("无\u00ad抵押\u200d贷款", "fraud"),
    ("无抵\u0336押\u0336贷款", "fraud"),
    ("無抵押貸款", "fraud"),
    ("無 抵 押 貸 款", "fraud"),
    ("无抵押😀贷😀款", "fraud"),
    ("wudiyadaikuan", "fraud"),
    ("WuDiYaDaiKuan", "fraud"),
    ("wu di ya dai kuan", "fraud"),
    ("无抵押dai款", "fraud"),
    ("无di押daikuan", "fraud"),
    ("ｗｕｄｉｙａｄａｉｋｕａｎ", "fraud"),
    ("wu-di-ya-dai-kuan", "fraud"),
    ("qingzhuanrudao anquanzhanghu", "fraud"),
    ("安全賬戶", "fraud"),
    ("安全\u3000账户", "fraud"),
    ("刷單返利", "fraud"),
    ("shuadan返利", "fraud"),
    ("㈹开发票代开发票", "fraud"),
    ("代|开|发|票", "fraud"),
    ("澳門賭場", "gambling"),
    ("澳门du场", "gambling"),
    ("赌\n博", "gambling"),
    ("賭博", "gambling"),
    ("du bo", "gambling"),
    ("赌bo", "gambling"),
    ("casino", "gambling"),
    ("CASINO", "gambling"),
    ("ｃａｓｉｎｏ", "gambling"),
    ("c a s i n o", "gambling"),
    ("саsinо", "gambling"),  # Cyrillic с, а, о
    ("ⓒⓐⓢⓘⓝⓞ", "gambling"),
    ("𝐜𝐚𝐬𝐢𝐧𝐨", "gambling"),
    ("敏·感·词·甲", "politics"),
    ("敏感詞甲", "politics"),
    ("min感词甲", "politics"),
    ("优惠活动", "marketing"),
    ("優惠活動", "marketing"),
    ("限时~抢~购", "marketing"),
    ("免费lingqu", "marketing"),
    ("全场8折", "marketing"),
    ("全场８．５折起", "marketing"),
    ("仅需99元", "marketing"),
    ("买二送一", "marketing"),
    ("回T退订", "marketing"),
    ("http://a.cn", "link"),
    ("HTTPS://EXAMPLE.COM/x", "link"),
    ("ｗｗｗ．ｂａｉｄｕ．ｃｏｍ", "link"),
    ("www.baidu.com", "link"),
    ("baidu.com", "link"),
    ("baidu。com", "link"),
    ("baidu点com", "link"),
    ("baidu(dot)com", "link"),
    ("b a i d u . c o m", "link"),
    ("bаidu.com", "link"),  # Cyrillic а
    ("t.cn/A6abc", "link"),
    ("政务.中国", "link"),
    ("192.168.1.1", "link"),
    ("me@example.org", "link"),
    ("13812345678", "phone_number"),
    ("138 1234 5678", "phone_number"),
    ("138-1234-5678", "phone_number"),
    ("1 3 8 1 2 3 4 5 6 7 8", "phone_number"),
    ("１３８１２３４５６７８", "phone_number"),
    ("①③⑧①②③④⑤⑥⑦⑧", "phone_number"),
    ("➀➂➇➀➁➂➃➄➅➆➇", "phone_number"),
    ("一三八一二三四五六七八", "phone_number"),
    ("幺三八幺二三四五六七八", "phone_number"),
    ("壹叁捌壹贰叁肆伍陆柒捌", "phone_number"),
    ("壹三8壹2三肆5陆七八", "phone_number"),
    ("l38 oo13 8ooo", "phone_number"),
    ("1️⃣3️⃣8️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣", "phone_number"),
    ("+86 138 1234 5678", "phone_number"),
    ("8613812345678", "phone_number"),
    ("029-88886666", "phone_number"),
    ("(029)8888 6666", "phone_number"),
    ("400-123-4567", "phone_number"),
    ("A001 13812345678", "phone_number"),
    ("联系电话88886666", "phone_number"),
    ("致电：9 5 5 8 8 8", "phone_number"),
    ("138.1234.5678", "phone_number"),
    ("١٣٨١٢٣٤٥٦٧٨", "phone_number"),
    ("加微信", "messenger_id"),
    ("加V我", "messenger_id"),
    ("➕薇信", "messenger_id"),
    ("微信号abc12345", "messenger_id"),
    ("微 信 ： abc_12345", "messenger_id"),
    ("VX:abc12345", "messenger_id"),
    ("ＶＸ：abc12345", "messenger_id"),
    ("wechat abc12345", "messenger_id"),
    ("QQ123456789", "messenger_id"),
    ("q q 1 2 3 4 5 6 7", "messenger_id"),
    ("扣扣 12345678", "messenger_id"),
    ("添加客服微信", "messenger_id"),
]

HONEST = [
    "不动产登记",
    "不动产（预告）登记/转移",
    "个体工商户设立登记",
    "社保卡补办",
    "老年人优待证办理",
    "残疾人两项补贴",
    "住房公积金贷款提取",
    "微信公众号缴费咨询",
    "身份证办理 第2次",
    "车辆年检3号线",
    "2026年2月9日",
    "案号2026020900012",
    "（2026）陕01民初123号",
    "带宽安装",
    "营业执照 A-12",
    "张三",
    "欧阳·买买提",
    "Li Ming",
    "Zhang Wei Dong",
    "综合窗口3-1",
    "12.5元",
    "三点半到四点",
    "医保报销，工伤认定",
    "户口迁移（市内）",
    "新生儿出生一件事",
    "一二三四号窗口",
    "开办企业“一网通办”",
]


@pytest.mark.parametrize(("value", "category"), FORBIDDEN)
def test_given_a_disguised_variable_when_screened_then_its_category_is_found(
    value: str, category: str
) -> None:
    hits = SCREEN.variable_findings(TEXT, value)

    assert category in {hit.category for hit in hits}
    assert all(hit.where == "matter" for hit in hits)


@pytest.mark.parametrize("value", HONEST)
def test_given_an_honest_variable_when_screened_then_nothing_is_found(value: str) -> None:
    assert SCREEN.variable_findings(TEXT, value) == []


@pytest.mark.parametrize("value", HONEST)
def test_given_the_shipped_lists_when_an_honest_variable_is_screened_then_nothing_is_found(
    value: str,
) -> None:
    shipped = Screen(0, {category: WordList(words) for category, words in DEFAULT_LISTS.items()})

    assert shipped.variable_findings(TEXT, value) == []
