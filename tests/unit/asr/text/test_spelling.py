"""What a machine heard is shown as people write it."""

import pickle
import subprocess
import sys

import pytest

from asr.settings import TextSettings
from asr.text.spelling import Spelling
from domain.language import EN, ZH
from spoken_text import Script


def test_figures_come_out_and_characters_are_simplified() -> None:
    assert Spelling()("我用隨身辦打幺二三四五", ZH) == "我用随身办打12345"


def test_a_mobile_number_that_ends_in_eight_is_not_a_question() -> None:
    assert Spelling()("我的电话是138 1234 567吧", ZH).startswith("我的电话是13812345678")
    assert "123吧" in Spelling()("是123吧", ZH)
    assert "13812345678吧" in Spelling()("是13812345678吧", ZH)


def test_traditional_characters_are_shown_by_choice() -> None:
    assert Spelling(TextSettings(script=Script.TAIWAN))("我用电话", ZH) == "我用電話"


def test_other_languages_have_their_own_spelling() -> None:
    assert Spelling()("hello", EN) == "Hello"


def test_it_travels_to_another_process() -> None:
    there = pickle.loads(pickle.dumps(Spelling()))  # noqa: S301 — our own bytes

    assert there == Spelling()


@pytest.mark.parametrize("dictionary", ["jieba", "pypinyin"])
def test_a_machine_that_writes_needs_no_dictionary(dictionary: str) -> None:
    code = f"import sys, asr.text.spelling, asr.engines.whisper; assert {dictionary!r} not in sys.modules"

    subprocess.run([sys.executable, "-c", code], check=True)
