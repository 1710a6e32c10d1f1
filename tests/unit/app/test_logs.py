"""Logs are JSON lines, and what people said stays out of them."""

import io
import json
import logging

import pytest

from app.logs import JsonLines


def lines_of(*, keep_pii: bool) -> tuple[logging.Logger, io.StringIO]:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines(keep_pii=keep_pii))
    logger = logging.getLogger(f"tests.logs.{keep_pii}")
    logger.handlers[:] = [handler]
    logger.propagate = False
    logger.setLevel(logging.INFO)
    return logger, written


def test_a_line_says_what_happened_and_not_what_was_said() -> None:
    logger, written = lines_of(keep_pii=False)

    logger.info("utterance understood", extra={"intent": "card_lost", "pii.text": "我叫王芳"})

    line = json.loads(written.getvalue())
    assert (line["message"], line["intent"]) == ("utterance understood", "card_lost")
    assert "王芳" not in written.getvalue()


def test_a_laboratory_may_keep_what_was_said() -> None:
    logger, written = lines_of(keep_pii=True)

    logger.info("utterance understood", extra={"pii.text": "我叫王芳"})

    assert json.loads(written.getvalue())["pii.text"] == "我叫王芳"


def test_an_exception_is_named_without_quoting_its_text() -> None:
    logger, written = lines_of(keep_pii=False)

    try:
        int("13812345678 王芳")
    except ValueError:
        logger.exception("could not be read")

    line = json.loads(written.getvalue())
    assert line["error"] == "ValueError"
    assert "test_logs.py" in line["at"]
    assert "王芳" not in written.getvalue()


@pytest.mark.parametrize("key", ["pii.text", "caller.pii.number"])
def test_any_key_with_a_pii_segment_is_dropped(key: str) -> None:
    logger, written = lines_of(keep_pii=False)

    logger.info("heard", extra={key: "13812345678"})

    assert "13812345678" not in written.getvalue()
