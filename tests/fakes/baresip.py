"""Run baresip, a telephone that is not ours, without a sound card: it hums a tone and records what it hears."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

MODULES = ("g711", "g722", "aufile", "aubridge", "sndfile", "uuid", "srtp")
READY = "baresip is ready"
READY_S = 8
QUIT_S = 5
HUM_HZ = 440
HUM_S = 20


def is_installed() -> bool:
    return shutil.which("baresip") is not None


@dataclass(slots=True, kw_only=True)
class Baresip:
    """A telephone in progress."""

    process: asyncio.subprocess.Process
    folder: Path

    @property
    def said(self) -> str:
        return (self.folder / "said.txt").read_text(errors="replace")

    async def until(self, words: str) -> None:
        """Wait until it said so; a test that would wait for ever fails."""
        try:
            async with asyncio.timeout(READY_S):
                while words not in self.said:  # noqa: ASYNC110 - a program writes it
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"baresip never said {words!r}: {self.said}") from None

    async def quit(self) -> None:
        """End its calls and itself, so that its files are complete."""
        if self.process.returncode is None:
            self.process.terminate()
        try:
            async with asyncio.timeout(QUIT_S):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()

    def heard(self) -> tuple[NDArray[np.float64], int]:
        """What it heard, and at what rate."""
        dump = max(self.folder.glob("dump-*-dec.wav"), key=lambda path: path.stat().st_size)
        sound, rate_hz = soundfile.read(dump)
        return np.asarray(sound, np.float64), rate_hz


@asynccontextmanager
async def baresip(
    folder: Path,
    *,
    port: int = 0,
    dial: str | None = None,
    account: str = "",
    rate_hz: int = 8_000,
) -> AsyncIterator[Baresip]:
    """A telephone ``sip:bare@127.0.0.1`` that answers by itself, or dials; ``rate_hz`` is its codec's."""
    time = np.arange(HUM_S * rate_hz) / rate_hz
    soundfile.write(folder / "hum.wav", 0.3 * np.sin(2 * np.pi * HUM_HZ * time), rate_hz)
    config = [
        f"sip_listen 127.0.0.1:{port}",
        "net_interface 127.0.0.1",
        f"audio_source aufile,{folder / 'hum.wav'}",
        "audio_player aubridge,nobody",
        "audio_alert aubridge,nobody",
        f"snd_path {folder}",
        "module_path /usr/lib/baresip/modules",
        *(f"module {name}.so" for name in MODULES),
        "module_tmp account.so",
        "module_app menu.so",
    ]
    (folder / "config").write_text("\n".join(config) + "\n")
    own = f"<sip:bare@127.0.0.1>;regint=0;answermode=auto{account}"
    (folder / "accounts").write_text(own + "\n")
    with (folder / "said.txt").open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            *("baresip", "-4", "-f", str(folder), "-v"),
            *(("-e", f"/dial {dial}") if dial is not None else ()),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
    telephone = Baresip(process=process, folder=folder)
    try:
        await telephone.until(READY)
        yield telephone
    finally:
        await telephone.quit()


def strength(sound: NDArray[np.float64], rate_hz: int, hz: float) -> float:
    """How much of a sound's power is one tone."""
    spectrum = np.abs(np.fft.rfft(sound)) ** 2
    frequencies = np.fft.rfftfreq(len(sound), 1 / rate_hz)
    near = np.abs(frequencies - hz) < 15
    total = float(spectrum[1:].sum())
    return float(spectrum[near].sum()) / total if total else 0.0
