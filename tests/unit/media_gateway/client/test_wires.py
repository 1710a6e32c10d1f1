"""Every wire can be ordered by name, and its client is where the name leads."""

import ast
from importlib.util import find_spec
from pathlib import Path

import pytest

from domain.errors import InputError
from media_gateway.client.audio_fork import AudioForkCall
from media_gateway.client.audiosocket import AudioSocketCall
from media_gateway.client.file_wire import FileCall
from media_gateway.client.metadata import Metadata
from media_gateway.client.mouth import Mouth
from media_gateway.client.wires import WIRES, Order, new_call, wire_client

PRODUCT = "http://hotline.example:8000"


def order(wire: str, *, fast: bool = False, at: str | None = None, key: str | None = None) -> Order:
    return Order(wire=wire, product=PRODUCT, metadata=Metadata(), fast=fast, at=at, key=key)


@pytest.mark.parametrize("wire", WIRES)
def test_a_wires_client_is_where_its_name_leads(wire: str) -> None:
    client = WIRES[wire]
    spec = find_spec(f"media_gateway.client.{client.module}")

    assert spec is not None
    assert spec.origin is not None
    module = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    named = [node.name for node in module.body if isinstance(node, ast.ClassDef)]
    assert client.name in named, "found by reading: loading them all would load their libraries"


def test_a_wire_is_on_the_products_host_unless_it_is_said() -> None:
    assert wire_client("twilio").address(PRODUCT) == PRODUCT
    assert wire_client("audiosocket").address(PRODUCT) == "tcp://hotline.example:9092"
    assert wire_client("sip").address("http://[::1]:8000") == "sip:[::1]:5060"


def test_a_call_is_made_of_an_order() -> None:
    assert isinstance(new_call(order("audio_fork")), AudioForkCall)
    assert isinstance(new_call(order("audiosocket", at="tcp://x:1")), AudioSocketCall)
    assert isinstance(new_call(order("file", fast=True)), FileCall)


def test_an_order_nobody_can_fill_is_refused() -> None:
    with pytest.raises(InputError, match="audio_fork, audiohook"):
        new_call(order("carrier pigeon"))
    with pytest.raises(InputError, match="leave out --fast"):
        new_call(order("audio_fork", fast=True))
    with pytest.raises(InputError, match="leave out --key"):
        new_call(order("audio_fork", key="secret"))
    with pytest.raises(InputError, match="tcp://"):
        new_call(order("audiosocket", at="udp://x"))


def test_a_source_is_brought_to_the_only_rate_a_wire_has() -> None:
    source = Mouth(sample_rate_hz=16_000)

    assert wire_client("audiohook").carried(source).sample_rate_hz == 8_000
    assert wire_client("audio_fork").carried(source) is source
