"""A start that cannot succeed says why, and what to do, in one sentence."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from tests.e2e.own_disk import needs_own_disk, on_read_only
from tests.e2e.product import HOTLINE, Finished, environment, free_port, hotline

CORRUPT_BYTES = 50_000


def test_a_port_in_use_is_named_with_the_option_that_helps(set_up: None, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        finished = hotline("serve", "--port", port, data_dir=tmp_path / "data")

    assert finished.returncode == 2
    assert f"port {port}" in the_sentence(finished)
    assert "--port" in the_sentence(finished)
    assert not (tmp_path / "data").exists()


def test_a_corrupt_database_is_not_touched(set_up: None, tmp_path: Path) -> None:
    database = tmp_path / "openhotline.db"
    garbage = os.urandom(CORRUPT_BYTES)
    database.write_bytes(garbage)

    finished = hotline("serve", "--port", free_port(), data_dir=tmp_path)

    assert finished.returncode == 1
    assert "backup" in the_sentence(finished)
    assert database.read_bytes() == garbage


@pytest.mark.parametrize(
    ("command", "below"), [(["serve"], ""), (["run", "--no-demonstration"], "deeper")]
)
def test_a_file_where_the_data_directory_should_be_is_named_and_kept(
    command: list[str], below: str, set_up: None, tmp_path: Path
) -> None:
    file = tmp_path / "a-file"
    file.write_text("kept", encoding="utf-8")

    finished = hotline(*command, "--port", free_port(), data_dir=file / below)

    assert finished.returncode == 1
    assert str(file / below) in the_sentence(finished)
    assert file.read_text(encoding="utf-8") == "kept"


@needs_own_disk
def test_a_data_directory_that_cannot_be_written_is_said(set_up: None, tmp_path: Path) -> None:
    """On a read-only mount of its own, because the superuser may write everywhere else."""
    finished = subprocess.run(
        on_read_only(tmp_path, [HOTLINE, "serve", "--port", str(free_port())]),
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert finished.returncode == 1
    assert "data directory" in the_sentence(finished)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("HOTLINE_ASR__WHISPER__BEAM", "99", "between 1 and 10"),
        ("HOTLINE_DRAIN_SECONDS", "soon", "HOTLINE_DRAIN_SECONDS"),
        ("HOTLINE_DATA_DIRR", "var", "HOTLINE_DATA_DIR"),
    ],
)
def test_a_wrong_setting_is_said_before_anything_starts(
    name: str, value: str, said: str, tmp_path: Path
) -> None:
    finished = hotline("serve", "--port", free_port(), data_dir=tmp_path / "data", **{name: value})

    assert finished.returncode == 2
    assert said in the_sentence(finished)
    assert not (tmp_path / "data").exists()


def test_a_client_without_a_product_says_how_to_start_one(tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"

    finished = hotline("calls", "list", "--json", "--url", nobody, data_dir=tmp_path)

    assert finished.returncode == 1
    assert "hotline serve" in the_sentence(finished)


def the_sentence(finished: Finished) -> str:
    """All that was said."""
    lines = finished.stderr.splitlines()
    assert finished.stdout == ""
    assert len(lines) == 1, finished.stderr
    assert lines[0].startswith("hotline: ")
    return lines[0]
