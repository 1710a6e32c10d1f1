"""Tell a question from a backchannel by its words alone."""

import re

_FILLERS = re.compile(
    r"(?:嗯+|啊+|哦+|噢+|呃+|额+|唉|哎|诶|喂+|好+的?|对+|是+的?|行+|那个|这个|然后|就是"
    r"|uh+|um+|hm+|mm+|ah+|oh+|yeah|yes|yep|no|ok|okay|right|well)+",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_ASKS = re.compile(
    r"[??؟]|吗|呢|怎么|咋|如何|什么|啥|哪|多少|几[个天号点年月]|多久|能不能|可不可以|是不是|为什么|谁"
    r"|\b(?:how|what|where|when|which|who|why|can (?:i|we|you)|could (?:i|we|you)|do (?:i|we|you)|is (?:it|there)|may i)\b"
    r"|\b(?:comment|pourquoi|quand|est-ce que|cómo|dónde|cuándo|cuánto|wie|wo|wann|warum|welche)\b"
    r"|\b(?:как|где|когда|почему|сколько)\b|كيف|أين|متى|هل|ですか|ますか|어떻게|어디|언제",
    re.IGNORECASE,
)


def is_noise(text: str) -> bool:
    """Nothing but fillers, interjections or punctuation: not worth a thought."""
    return all(_FILLERS.fullmatch(word) for word in _WORD.findall(text))


def asks(text: str) -> bool:
    return _ASKS.search(text) is not None
