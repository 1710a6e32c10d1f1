import pytest

from domain.errors import InputError
from media_gateway.sip.numbers import number_in, uri_for


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ('"Zhang" <sip:13800138000@10.0.0.1;user=phone>;tag=1', "13800138000"),
        ("<tel:+8613800138000;phone-context=x>", "+8613800138000"),
        ("sip:%2B8613800138000@host", "+8613800138000"),
        ("sip:agent:secret@host", "agent"),
        ("<sip:anonymous@anonymous.invalid>", None),
        ("sip:10.0.0.1:5060", None),
        ("", None),
        (None, None),
    ],
)
def test_a_number_is_what_a_header_names(value: str | None, number: str | None) -> None:
    assert number_in(value) == number


def test_a_number_becomes_a_uri_of_the_trunk() -> None:
    assert uri_for("+86 138 0013-8000", "sip:t.example:5070;transport=tcp") == (
        "sip:+8613800138000@t.example:5070;transport=tcp"
    )


def test_what_would_be_more_than_a_number_is_not_dialled() -> None:
    with pytest.raises(InputError):
        uri_for("1@evil.example>\r\nX: y", "sip:t.example")
