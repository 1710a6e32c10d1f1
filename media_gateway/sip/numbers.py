"""Read telephone numbers out of SIP headers, and write numbers as URIs."""

import re
from urllib.parse import unquote

from domain.errors import InputError
from media_gateway.sip.message import uri_of

NUMBER_AT_MOST = 64
NOBODY = frozenset({"anonymous", "unknown", "unavailable", "restricted", "asterisk", "-"})

_USER = re.compile(r"(?:sips?:|tel:)?([^@;?>]+)", re.IGNORECASE)
_DIALLABLE = re.compile(r"[+*#0-9A-Za-z.\-_]{1,64}")


def number_in(value: str | None) -> str | None:
    """The user part of a header or URI; None when it names nobody. An address without a user is no number."""
    if not value:
        return None
    uri = uri_of(value)
    has_user = "@" in uri or uri.lower().startswith("tel:")
    found = _USER.match(uri)
    if not has_user or found is None:
        return None
    user = unquote(found[1].partition(":")[0]).strip()
    if not user or user.lower() in NOBODY or len(user) > NUMBER_AT_MOST:
        return None
    return user


def uri_for(number: str, trunk: str) -> str:
    """``sip:13800000000@trunk.example;transport=tls``. Raises InputError when the number cannot be dialled."""
    compact = re.sub(r"[\s()\-]", "", number) if number[:1] in "+0123456789(" else number
    if not _DIALLABLE.fullmatch(compact):
        raise InputError(
            "media_gateway.sip_number",
            "expected a number of digits, +, * or #, got something else; check the campaign's list",
        )
    scheme, _, rest = trunk.partition(":")
    host = rest.rpartition("@")[2]
    return f"{scheme}:{compact}@{host}"
