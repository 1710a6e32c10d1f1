"""An address says where a wire is, with or without what can be known."""

import pytest

from domain.errors import InputError
from media_gateway.client.address import HostPort, host_of, host_port


@pytest.mark.parametrize(
    ("address", "read"),
    [
        ("tcp://hotline.example:9999", HostPort(host="hotline.example", port=9999)),
        ("hotline.example", HostPort(host="hotline.example", port=9092)),
        ("127.0.0.1:7", HostPort(host="127.0.0.1", port=7)),
        ("tcp://[::1]:7", HostPort(host="::1", port=7)),
    ],
)
def test_scheme_and_port_may_be_left_out(address: str, read: HostPort) -> None:
    assert host_port(address, scheme="tcp", default_port=9092) == read


@pytest.mark.parametrize("address", ["", "http://x:1", "tcp://", "tcp://x:port", "tcp://[::1"])
def test_what_is_no_address_is_refused_with_an_example(address: str) -> None:
    with pytest.raises(InputError, match=r"tcp://127\.0\.0\.1:9092"):
        host_port(address, scheme="tcp", default_port=9092)


def test_a_wire_is_on_the_products_host() -> None:
    assert host_of("http://hotline.example:8000") == "hotline.example"
    assert host_of("http://[::1]:8000") == "[::1]"
    with pytest.raises(InputError, match="http://"):
        host_of("hotline")
