"""Find organisations by the word their names end with."""

import re
from collections.abc import Iterator

from domain.understanding import EntityKind
from nlu.entities.chinese_name import NAME_CHAR as C
from nlu.entities.mention import Mention

_CHINESE_ENDINGS = (
    "有限责任公司|股份有限公司|有限公司|分公司|公司|集团|工厂|药厂|电厂|水厂|银行|医院|卫生院|诊所|大学|学院|中学|小学|学校|幼儿园"
    "|派出所|公安局|公安分局|社保局|人社局|税务局|住建局|城管局|环保局|民政局|教育局|交通局|供电局|街道办事处|街道办|居委会|村委会|业委会"
    "|物业公司|物业|自来水公司|供热公司|燃气公司|劳动局|劳动监察大队|仲裁委|法院|检察院|大使馆|总领馆|总领事馆|领事馆|超市|酒店|宾馆|饭店|餐厅|餐馆"
    "|电视台|报社|航空公司|旅行社|公积金中心|政务服务中心|会展中心"
)
_CHINESE = re.compile(rf"{C}{{2,12}}?(?:{_CHINESE_ENDINGS})(?![一-鿿]*?(?:有限公司))")
_ENGLISH = re.compile(
    r"\b(?:[A-Z][\w&'-]*\s+){1,4}(?:Company|Corporation|Group|Bank|Hospital|University|College|School|Hotel|Embassy"
    r"|Consulate|Bureau|Clinic|Factory|Airlines|Ltd|Inc|Co)\b\.?"
    r"|\b[Bb]ank of [A-Z]\w+|\b(?:[A-Z]\w+ )?(?:[Ee]mbassy|[Cc]onsulate) in [A-Z]\w+"
)
# What is left when only a description stands before the ending: "some small company" is nobody's name.
_NO_NAME = re.compile(
    r"(?:一[家个间]|几[家个]|某|哪|小|大|老|新|旧|外|本|该|原|前|以|其|有|当地|附近|公立|私立|民营|国有|外资|建筑|装修|培训|合法|外国|国外|所有|每|开|欠|告)+"
    r"|The|My|Our|Your|This|That|A|An|In|At|I"
)
_LEADING = re.compile(r"^(?:The|My|Our|Your|This|That|A|An|In|At|From|I|And|But)\s+")


def find_organisations(text: str) -> Iterator[Mention]:
    for match in _CHINESE.finditer(text):
        ending = re.search(rf"(?:{_CHINESE_ENDINGS})$", match.group())
        name = match.group()[: ending.start()] if ending else match.group()
        if len(name) >= 2 and _NO_NAME.fullmatch(name) is None:
            yield _mention(text, *match.span())
    for match in _ENGLISH.finditer(text):
        leading = _LEADING.match(match.group())
        start = match.start() + (leading.end() if leading else 0)
        if " " in text[start : match.end()]:
            yield _mention(text, start, match.end())


def _mention(text: str, start: int, end: int) -> Mention:
    value = " ".join(text[start:end].split())
    return Mention(kind=EntityKind.ORGANISATION, value=value, start_char=start, end_char=end)
