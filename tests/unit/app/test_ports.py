"""A port that cannot be had is said in one sentence."""

import socket

import pytest

from app.ports import open_port
from domain.errors import InputError


def test_a_port_in_use_says_what_to_do() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()

        with pytest.raises(InputError, match=r"already in use.*--port"):
            open_port("127.0.0.1", other.getsockname()[1])


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("203.0.113.9", 0)])
def test_an_impossible_address_is_refused(host: str, port: int) -> None:
    with pytest.raises(InputError):
        open_port(host, port)


def test_a_free_port_is_opened() -> None:
    with open_port("127.0.0.1", 0) as listener:
        assert listener.getsockname()[1] > 0
