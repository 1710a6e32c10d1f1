import os
from pathlib import Path

import pytest

from app.transcript_output import Format, Output, outputs
from domain.errors import InputError


def a_recording(path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"sound")
    os.utime(path, (1_000, 1_000))
    return path


def test_a_transcript_lies_beside_its_recording_or_in_a_folder_made_for_it(tmp_path: Path) -> None:
    recording = a_recording(tmp_path / "call.wav")

    (beside,) = outputs([recording], Format.VTT, None)
    (apart,) = outputs([recording], Format.VCON, tmp_path / "new" / "folder")

    assert beside.target == tmp_path / "call.vtt"
    assert apart.target == tmp_path / "new" / "folder" / "call.vcon.json"
    assert apart.target.parent.is_dir()


def test_two_recordings_never_share_one_transcript(tmp_path: Path) -> None:
    first, second = a_recording(tmp_path / "call.wav"), a_recording(tmp_path / "call.mp3")

    with pytest.raises(InputError, match="would both become call"):
        outputs([first, second], Format.TXT, None)


def test_the_same_file_named_twice_is_written_once(tmp_path: Path) -> None:
    recording = a_recording(tmp_path / "call.wav")

    assert len(outputs([recording, recording], Format.TXT, None)) == 1


def test_a_recording_is_never_replaced_by_its_transcript(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="would replace its own recording"):
        outputs([a_recording(tmp_path / "call.txt")], Format.TXT, None)


def test_what_is_written_is_done_until_the_recording_changes(tmp_path: Path) -> None:
    recording = a_recording(tmp_path / "call.wav")
    output = Output(recording=recording, target=tmp_path / "call.vtt", format=Format.VTT)

    done = [output.is_done]
    output.target.write_text("WEBVTT")
    done.append(output.is_done)
    os.utime(output.target, (500, 500))
    done.append(output.is_done)

    assert done == [False, True, False]
