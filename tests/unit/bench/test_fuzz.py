"""Two thousand spoiled inputs for every parser that strangers reach: nothing but a clear refusal comes of them."""

import pytest

from bench.fuzz.figures import fuzz_figures
from bench.fuzz.mutation import mutants
from bench.fuzz.target import Target, tried
from bench.fuzz.targets import TARGETS, WIRES, named, of_wire
from domain.errors import InputError
from media_gateway.client.wires import WIRES as CLIENT_WIRES

INPUTS = 2_000


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_whatever_strangers_send_they_get_a_clear_refusal(target: Target) -> None:
    findings = [found for data in mutants(target.seeds, INPUTS) if (found := tried(target, data))]

    assert findings == []


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_every_seed_is_an_input_that_is_understood(target: Target) -> None:
    for seed in target.seeds:
        target.read(seed)


def test_every_wire_that_a_call_can_come_over_is_fuzzed() -> None:
    assert set(WIRES) == set(CLIENT_WIRES)


def test_a_parser_that_breaks_is_found_with_its_input_and_place() -> None:
    def breaks(data: bytes) -> None:
        raise IndexError("out of range")

    found = tried(Target(wire="w", parser="p", read=breaks, seeds=()), b"\1\2")

    assert found is not None
    assert (found.target, found.error) == ("w.p", "IndexError: out of range")
    assert found.data_hex == "0102"


def test_the_same_mutants_come_every_time_and_none_is_too_long() -> None:
    one = list(mutants((b"hello",), 500))

    assert one == list(mutants((b"hello",), 500))
    assert len(one) == 500
    assert max(len(data) for data in one) <= 4_096


def test_a_wire_or_target_nobody_knows_is_refused() -> None:
    with pytest.raises(InputError, match="audio_fork"):
        of_wire("telex")
    with pytest.raises(InputError, match=r"audio_fork\.opening"):
        named("telex.tape")
    with pytest.raises(InputError, match="above 0"):
        fuzz_figures(0, ())
