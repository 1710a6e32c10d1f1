"""Golden table of situations → decisions, and what must hold for every situation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd import AcdSettings, Policy, RoutingFacts, decide, load_policy
from acd.replay import differences

POLICY = load_policy(AcdSettings().rules)

GOLDEN = [
    ({}, "language-unknown", "mandarin"),
    ({"language": "zh", "language_percent": 97}, "language-mandarin", "mandarin"),
    ({"language": "en", "language_percent": 97}, "language-english", "english"),
    ({"language": "fr", "language_percent": 90}, "language-needs-interpreter", "interpreter"),
    ({"language": "fr", "language_percent": 40}, "language-unknown", "mandarin"),
    (
        {"language": "en", "language_percent": 95, "urgency": "urgent"},
        "emergency-first",
        "emergency",
    ),
    ({"language": "en", "language_percent": 95, "key": "1"}, "key-mandarin", "mandarin"),
    (
        {"language": "zh", "language_percent": 95, "category": "consular"},
        "consular-desk",
        "consular",
    ),
    (
        {"language": "ja", "language_percent": 95, "category": "consular"},
        "language-needs-interpreter",
        "interpreter",
    ),
    ({"direction": "outbound"}, "outbound-is-a-return-visit", "return-visit"),
]


@pytest.mark.parametrize(("known", "rule_id", "queue"), GOLDEN)
def test_the_starter_rules_decide_as_written(
    known: dict[str, object], rule_id: str, queue: str
) -> None:
    facts = RoutingFacts(**{"direction": "inbound", **known})  # type: ignore[arg-type]

    decision = decide(facts, POLICY)

    assert (decision.rule_id, decision.queue) == (rule_id, queue)


any_facts = st.builds(
    RoutingFacts,
    direction=st.sampled_from(["inbound", "outbound"]),
    dialled_number=st.none() | st.sampled_from(["12345", "12308"]),
    key=st.none() | st.sampled_from(list("0123456789*#")),
    language=st.none() | st.sampled_from(["zh", "en", "fr", "ko", "pt"]),
    language_percent=st.integers(0, 100),
    urgency=st.none() | st.sampled_from(["urgent", "pressing", "normal"]),
    category=st.none() | st.sampled_from(["consular", "social_security"]),
)


@given(any_facts)
def test_every_call_has_a_queue_and_the_decision_can_be_replayed(facts: RoutingFacts) -> None:
    decision = decide(facts, POLICY)

    assert decision.queue
    assert RoutingFacts.from_inputs(decision.inputs) == facts
    assert differences([decision], POLICY) == ()


@given(any_facts)
def test_an_emergency_never_waits_behind_another_rule(facts: RoutingFacts) -> None:
    decision = decide(facts, POLICY)

    assert (decision.queue == "emergency") == (facts.urgency == "urgent")


def test_a_changed_policy_shows_which_past_decisions_it_would_not_repeat() -> None:
    past = decide(RoutingFacts(direction="inbound", language="fr", language_percent=90), POLICY)
    nobody_interprets = Policy(language_min_percent=70, rules=POLICY.rules[-1:])

    changed = differences([past], nobody_interprets)

    assert [d.now.queue for d in changed] == ["mandarin"]
