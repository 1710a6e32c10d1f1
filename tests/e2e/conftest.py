"""Bring up the real product once for most tests, and what is done to it.

What takes its time (the demonstration, the survey of a product that was killed) goes on by itself while other tests
run. The names of the files put them in a good order for that; they pass in any order.
"""

from collections.abc import Iterator

import pytest

from tests.e2e.demonstration import Demonstration, missing_on_this_machine
from tests.e2e.killed import Killed, a_killed_product
from tests.e2e.product import Product, running_product


@pytest.fixture(scope="session")
def set_up() -> None:
    """What the product needs before it can start."""
    missing = missing_on_this_machine()
    if missing:
        pytest.skip(f"not set up: {', '.join(missing)}; run: hotline prepare")


@pytest.fixture(scope="session")
def product(set_up: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running_product(tmp_path_factory.mktemp("product")) as product:
        yield product
        assert product.stop() == 0


@pytest.fixture(scope="session")
def demonstration(product: Product) -> Iterator[Demonstration]:
    """`hotline rehearse`, not yet begun."""
    demonstration = Demonstration(product)
    yield demonstration
    demonstration.close()


@pytest.fixture(scope="session")
def killed(set_up: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killed]:
    with a_killed_product(tmp_path_factory.mktemp("killed")) as killed:
        yield killed
        assert killed.product.stop() == 0
