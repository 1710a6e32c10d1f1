"""Give one process a disk that is read-only or tiny: a mount only it can see, which takes no rights."""

import shutil
import subprocess
from pathlib import Path

import pytest

NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]
READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
TINY = 'mount -t tmpfs -o size="$1" tmpfs "$0" && shift && exec "$@"'


def _may_be_had() -> bool:
    if shutil.which("unshare") is None:
        return False
    tried = subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False)
    return tried.returncode == 0


needs_own_disk = pytest.mark.skipif(
    not _may_be_had(), reason="this system allows no user namespaces (unshare --user --mount)"
)


def on_read_only(folder: Path, command: list[str]) -> list[str]:
    """The command, which will find that it cannot write in a folder that is there."""
    return [*NAMESPACE, "sh", "-c", READ_ONLY, str(folder), *command]


def on_tiny_disk(folder: Path, size_bytes: int, command: list[str]) -> list[str]:
    """The command, which will find a disk of that size mounted at a folder that is there."""
    return [*NAMESPACE, "sh", "-c", TINY, str(folder), str(size_bytes), *command]


def seen_by(pid: int, path: Path) -> Path:
    """Where we can reach what that process sees at ``path``."""
    return Path(f"/proc/{pid}/root") / path.relative_to("/")
