"""Hold the limits and the house's own names for recording sessions."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SiprecSettings:
    """``inside_hosts`` and ``inside_numbers`` (prefixes) tell our own people from those who call us.

    ``extension_digits``: of two parties the one with at most this many digits is ours, when the other has more;
    0 turns that rule off. ``snapshot_ms`` is how long an SRC may take to answer when we ask for full metadata.
    """

    inside_hosts: tuple[str, ...] = ()
    inside_numbers: tuple[str, ...] = ()
    extension_digits: int = 6
    snapshot_ms: int = 5_000
    most_streams: int = 4
    abandoned_ms: int = 300_000  # neither RTP nor RTCP on any stream, though none is on hold
    deaf_ms: int = 10_000  # a stream on which nothing ever came by then is worth a warning
