"""A bench counts broken promises itself instead of believing that there are none."""

from bench.word_watch import Shown, WordWatch, committed_changed


def shown(text: str, committed: int = 0, *, is_final: bool = False) -> Shown:
    return Shown(text=text, committed=committed, is_final=is_final)


def test_grey_words_may_change() -> None:
    line = [shown("I want to rebort"), shown("I want to report"), shown("Me too.", is_final=True)]

    assert committed_changed(line) == 0


def test_promised_words_may_not() -> None:
    line = [shown("the card is lost", 8), shown("the cart is lost", 0)]

    assert committed_changed(line) == 1


def test_a_final_that_takes_promised_words_back_is_counted() -> None:
    assert committed_changed([shown("社保卡丢了", 3), shown("", is_final=True)]) == 3


def test_a_final_is_a_promise_too() -> None:
    line = [shown("yes", is_final=True), shown("no", is_final=True)]

    assert committed_changed(line) == 1


def test_a_promise_that_grows_is_kept() -> None:
    line = [shown("a b", 1), shown("a b c", 3), shown("a b c d", is_final=True)]

    assert committed_changed(line) == 0


def test_flicker_is_words_taken_back_per_firm_word() -> None:
    watch = WordWatch()
    for text, is_final in (("我的色", False), ("我的社保", False), ("我的社保卡", True)):
        watch.note(
            {
                "type": "segment",
                "segment_id": "s1",
                "text": text,
                "committed": 0,
                "is_final": is_final,
            }
        )
    watch.note({"type": "heartbeat", "position": 1})

    figures = watch.figures()
    assert figures["flicker"] == 0.2
    assert (figures["partials"], figures["committed_changed"]) == (2, 0)
