"""What was heard in the middle of music, or said by the telephone system, is nobody's words."""

from asr.belief.judgement import instead_of_words
from asr.desk.reading import Reading
from asr.settings import PassageSettings
from domain.language import ZH
from domain.passage import PassageKind
from tests.fakes.utterance_reader import sure_of


def judged(
    text: str, confidence: float | None, *, amid_music: bool, is_sure_of_language: bool = True
) -> PassageKind | None:
    reading = Reading(
        text=text,
        language=ZH,
        is_sure_of_language=is_sure_of_language,
        odds=sure_of(ZH),
        engine="scripted",
        confidence=confidence,
        fault=None,
    )
    return instead_of_words(reading, amid_music=amid_music, settings=PassageSettings())


def test_a_doubtful_word_amid_music_is_music() -> None:
    assert judged("啊", 0.3, amid_music=True) is PassageKind.HOLD_MUSIC


def test_the_same_word_without_music_stands() -> None:
    assert judged("啊", 0.3, amid_music=False) is None


def test_a_clear_sentence_over_music_stands() -> None:
    assert judged("您好，还在吗", 0.7, amid_music=True) is None


def test_a_machine_that_gives_no_confidence_is_believed() -> None:
    assert judged("您好", None, amid_music=True) is None


def test_a_doubtful_syllable_in_no_certain_language_is_noise() -> None:
    assert judged("嗯", 0.3, amid_music=False, is_sure_of_language=False) is PassageKind.NOISE
    assert judged("嗯", 0.5, amid_music=False, is_sure_of_language=False) is None
    assert judged("我要挂失社保卡", 0.3, amid_music=False, is_sure_of_language=False) is None


def test_what_the_telephone_system_says_is_an_announcement() -> None:
    assert judged("您拨打的用户正忙，请稍后再拨", 0.9, amid_music=False) is PassageKind.ANNOUNCEMENT


def test_nothing_read_is_unreadable() -> None:
    assert judged("", None, amid_music=False) is PassageKind.UNREADABLE
