"""Tell how far apart two wrapping numbers are, the shorter way round."""


def sequence_distance(earlier: int, later: int) -> int:
    """From one 16-bit sequence number to another: -32768 … 32767."""
    return ((later - earlier + 0x8000) & 0xFFFF) - 0x8000


def timestamp_distance(earlier: int, later: int) -> int:
    """From one 32-bit timestamp to another: -2147483648 … 2147483647."""
    return ((later - earlier + 0x80000000) & 0xFFFFFFFF) - 0x80000000


class SequenceCount:
    """Count the cycles of a sequence number, for reports (RFC 3550 appendix A.1)."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.highest = first

    def see(self, sequence: int) -> None:
        ahead = sequence_distance(self.highest & 0xFFFF, sequence)
        if ahead > 0:
            self.highest += ahead

    @property
    def expected(self) -> int:
        """How many packets there were from the first to the highest."""
        return self.highest - self.first + 1
