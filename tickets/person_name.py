"""Find the name a caller gives."""

import re
from dataclasses import dataclass

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪"
    "龚汤陶黎温莫易樊乔文安殷颜庄章鲁倪庞邢俞翟蓝聂齐向申葛柴伍覃骆关焦柳欧祝纪尚毕耿芦左季管符辛苗詹曲靳祁路涂兰甘裴梅童翁霍游阮尤岳柯牟滕谷舒卜成饶宁凌盛查单冉鲍华包屈房喻解蒲卫简时连车项闵邬吉党阳司费"
    "蒙席晏隋古强穆姬宫景米麦谈柏瞿艾沙鄢桂窦郁缪畅巩卓褚栾戚全娄甄郎池丛边岑农苟迟保商臧佘卞虞刁冷应匡栗仇练楚揭师官佟封燕桑巫敖原植邝仲荆储宗楼干苑寇盖南屠鞠荣井乐银奚明麻雍花闻冼木郜廉衣蔺和冀占公门帅利满"
)
_DOUBLE = "欧阳|司马|上官|诸葛|皇甫|慕容|司徒|令狐|尉迟|端木|公孙|夏侯|东方|独孤|南宫|长孙"
_NOT_IN_A_NAME = "的了啊呢吧是在我你他她今想要来打住身就这那有电,,。.!!??男女和跟说问叫"
_SURNAME = rf"(?:{_DOUBLE}|[{_SURNAMES}])"
_GIVEN = rf"[^\W\d_a-zA-Z{_NOT_IN_A_NAME}]{{1,2}}"
_FULL = re.compile(
    rf"(?:我叫做?|我的(?:名字|姓名)(?:是|叫)|^(?:姓名|名字)(?:是|叫)?|姓[{_SURNAMES}][,, ]?(?:名字)?叫)\s?(?P<name>{_SURNAME}{_GIVEN})"
)
_SURNAME_ONLY = re.compile(rf"(?:我是?姓|免贵姓|^姓)\s?(?P<name>{_SURNAME})")
_WORD = r"[A-ZÀ-ÖØ-ÞА-Я][\w'’-]+"
_ELSEWHERE = re.compile(
    rf"(?:[Mm]y name is|[Tt]his is|I am called|[Jj]e m'appelle|[Mm]on nom est|[Mm]e llamo|[Mm]i nombre es"
    rf"|[Мм]еня зовут|[Ii]ch heiße|[Mm]ein Name ist)\s+(?P<name>{_WORD}(?:\s{_WORD}){{0,2}})"
)
_EAST = re.compile(
    r"(?:私の名前は|わたしの名前は)(?P<ja>[^\W\d_]{2,8}?)(?:です|と|$)|제 이름은\s?(?P<ko>[가-힣]{2,4}?)(?:이에요|예요|입니다|이고|$)"
    r"|اسمي\s(?P<ar>\w+(?:\s\w+)?)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonName:
    """``text[start_char:end_char] == name``."""

    name: str
    start_char: int
    end_char: int


def find_name(text: str) -> PersonName | None:
    """The fullest name somebody gives as their own; a surname alone is better than nothing."""
    for pattern in (_FULL, _SURNAME_ONLY, _ELSEWHERE, _EAST):
        match = pattern.search(text)
        if match is not None:
            group = next(name for name, value in match.groupdict().items() if value)
            return PersonName(
                name=match[group], start_char=match.start(group), end_char=match.end(group)
            )
    return None
