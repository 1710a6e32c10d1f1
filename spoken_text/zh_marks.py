"""Keep width, spaces and marks of Chinese text in order."""

import re

HAN = "\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_FULL_WIDTH_LETTERS = {
    code: chr(code - 0xFEE0)
    for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_WIDE = {",": "，", "?": "？", "!": "！", ";": "；", ":": "：", ".": "。"}
_WIDE_MARKS = "，。？！；：、…“”‘’《》（）【】「」『』"
_NARROW_BEHIND_HAN = re.compile(
    rf"(?<=[{HAN}”’》）】」』0-9%]) *([,?!;:])(?=[ ]*(?:[{HAN}“‘《（【「『]|$))|(?<=[{HAN}]) *([,?!;:])"
)
_NARROW_STOP = re.compile(rf"(?<=[{HAN}”’》）】」』]) *\.(?=\s|$|[{HAN}])")
_SPACE_BESIDE_HAN = re.compile(
    rf" +(?=[{HAN}{_WIDE_MARKS}0-9])(?<=[{HAN}{_WIDE_MARKS}] )|(?<=[{HAN}{_WIDE_MARKS}]) +(?=[{HAN}{_WIDE_MARKS}0-9])|(?<=[0-9%]) +(?=[{HAN}{_WIDE_MARKS}])|(?<=[A-Za-z]) +(?=[{_WIDE_MARKS}])|(?<=[{_WIDE_MARKS}]) +(?=[A-Za-z])"
)
_ANY_MARK = re.compile(f"[{_WIDE_MARKS},.?!;:]")
_ASKS_WHAT = "什么|怎么|哪|谁|几|多少|为何|如何|咋|吗|是不是|有没有|[能会要]不[能会要]"
_ASKS = re.compile(rf"吗$|(?:{_ASKS_WHAT}).*呢$")
_STATES = re.compile(rf"^(?!.*(?:{_ASKS_WHAT})).*(?:[啦嘛]|[^为除]了)$")


def even_width(text: str) -> str:
    """Figures and Latin letters narrow, marks beside Chinese characters wide, runs of white space one space."""
    even = " ".join(text.translate(_FULL_WIDTH_LETTERS).split())
    if not re.search(f"[{HAN}]", even):
        return even
    even = _NARROW_BEHIND_HAN.sub(lambda match: _WIDE[match[1] or match[2]], even)
    return _NARROW_STOP.sub("。", even)


def close_up(text: str) -> str:
    """No space between Chinese characters, their marks and figures; those around Latin words stay."""
    return _SPACE_BESIDE_HAN.sub("", text)


def end_sentence(text: str) -> str:
    """A text without any mark gets its last one when its final particle leaves no doubt which."""
    if not text or _ANY_MARK.search(text):
        return text
    if _ASKS.search(text):
        return text + "？"
    return text + "。" if _STATES.search(text) else text
