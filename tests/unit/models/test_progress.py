"""Bytes are shown on a terminal and nowhere else."""

import io

from rich.console import Console

from models.progress import Bars, Stage, Unwatched, watcher


def test_a_terminal_sees_the_model_the_stage_and_the_bytes() -> None:
    screen = io.StringIO()
    watching = watcher(Console(file=screen, force_terminal=True, width=120))

    with watching.stage("whisper-base", Stage.DOWNLOAD, 2 << 20) as advance:
        advance(1 << 20)

    assert isinstance(watching, Bars)
    assert "whisper-base" in screen.getvalue()
    assert "下载 download" in screen.getvalue()
    assert "2.0/2.0 MiB" in screen.getvalue()


def test_a_log_file_sees_nothing() -> None:
    screen = io.StringIO()
    watching = watcher(Console(file=screen))

    with watching.stage("whisper-base", Stage.VERIFY, None) as advance:
        advance(1)

    assert isinstance(watching, Unwatched)
    assert screen.getvalue() == ""


def test_a_stage_of_unknown_length_can_be_shown() -> None:
    screen = io.StringIO()

    with Bars(Console(file=screen, force_terminal=True, width=120)).stage(
        "e5", Stage.CONVERT, None
    ):
        pass

    assert "转换 convert" in screen.getvalue()
