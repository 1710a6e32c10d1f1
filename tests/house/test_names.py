"""Our flat top-level names are ours alone, and every list of them agrees."""

from importlib.metadata import packages_distributions

from tests.house.project import PACKAGES, PYPROJECT, ROOT


def test_no_installed_distribution_owns_one_of_our_names() -> None:
    owners = packages_distributions()

    taken = {
        package: owners[package]
        for package in PACKAGES
        if set(owners.get(package, [])) - {"openhotline"}
    }

    assert taken == {}


def test_the_wheel_the_linter_and_the_disk_agree_on_the_packages() -> None:
    on_disk = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}

    assert set(PACKAGES) == on_disk
    assert set(PYPROJECT["tool"]["importlinter"]["root_packages"]) == on_disk


def test_tests_never_travel_in_the_wheel() -> None:
    assert "tests" not in PACKAGES
