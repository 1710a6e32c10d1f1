"""Letters are a witness of the language, and a cautious one."""

import pytest

from asr.text.writing import languages_written
from domain.language import HOTLINE_LANGUAGES


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("Let me look that up for you.", ("en", "fr", "de", "es")),
        ("我的社保卡丢了", ("zh", "ja")),
        ("すみません、お願いします", ("ja",)),
        ("ありがとうございます", ("ja",)),
        ("안녕하세요 저는", ("ko",)),
        ("Здравствуйте", ("ru",)),
        ("مرحبا بكم", ("ar",)),
    ],
)
def test_one_script_narrows_the_languages(text: str, languages: tuple[str, ...]) -> None:
    assert languages_written(text) == languages


@pytest.mark.parametrize("text", ["", "OK", "13812345678", "我要下载APP怎么办"])
def test_few_or_mixed_letters_narrow_nothing(text: str) -> None:
    assert languages_written(text) == HOTLINE_LANGUAGES
