"""Turn audio_fork metadata, which everybody writes differently, into a call offer.

What the switch must get right (rate, mix, legs) is checked; what only decorates the call (numbers, title) is taken if it
is usable and left out if not: a call is never refused because its label is odd.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from domain.audio import KNOWN_RATES_HZ, Leg
from domain.call import Direction
from domain.errors import InputError
from domain.ids import CallId
from media_gateway.offer import CallOffer

# jambonz merges the application's fields into the metadata or nests them, by version and by verb.
NESTS = ("metadata", "customerData", "customer_data")
LABEL_LENGTH = 200


def _label(value: object) -> str | None:
    """A short printable text, or None when there is nothing usable."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    printable = "".join(c for c in str(value)[: 4 * LABEL_LENGTH] if c.isprintable())
    return printable.strip()[:LABEL_LENGTH] or None


def _direction(value: object) -> Direction:
    return Direction.OUTBOUND if value == Direction.OUTBOUND else Direction.INBOUND


def _leg_names(value: object) -> object:
    return [name.strip() for name in value.split(",")] if isinstance(value, str) else value


Label = Annotated[str | None, BeforeValidator(_label)]
HeardLeg = Literal[Leg.CALLER, Leg.AGENT]


class Metadata(BaseModel):
    """The fields we read; all others are the customer's own."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    sample_rate_hz: int = Field(8_000, alias="sampleRate")
    mix: Literal["mono", "mixed", "stereo"] = Field("mono", alias="mixType")
    legs: Annotated[tuple[HeardLeg, ...] | None, BeforeValidator(_leg_names)] = None
    direction: Annotated[Direction, BeforeValidator(_direction)] = Direction.INBOUND
    caller_number: Label = Field(None, alias="from")
    dialled_number: Label = Field(None, alias="to")
    wire_call_id: Label = Field(
        None, validation_alias=AliasChoices("callSid", "callId", "callid", "uuid")
    )
    title: Label = None
    synthetic: bool = False
    call_id: Label = None
    campaign_contact: Label = None


def offer_from(fields: Mapping[str, object]) -> CallOffer:
    """Read merged or nested metadata. Raises InputError when the sound could not be understood with it."""
    metadata = _validated(fields)
    return CallOffer(
        sample_rate_hz=_rate(metadata),
        legs=_legs(metadata),
        direction=metadata.direction,
        caller_number=metadata.caller_number,
        dialled_number=metadata.dialled_number,
        title=metadata.title,
        synthetic=metadata.synthetic,
        claimed_call_id=CallId(metadata.call_id) if metadata.call_id else None,
        campaign_contact=metadata.campaign_contact,
        wire_call_id=metadata.wire_call_id,
    )


def _validated(fields: Mapping[str, object]) -> Metadata:
    nested = [inner for nest in NESTS if isinstance(inner := fields.get(nest), dict)]
    merged: dict[str, object] = {}
    for layer in (*nested, fields):
        merged.update(layer)
    try:
        return Metadata.model_validate(merged)
    except ValidationError as error:
        field = ".".join(str(part) for part in error.errors(include_url=False)[0]["loc"])
        raise InputError(
            "media_gateway.metadata", f"expected usable metadata, got an unusable {field!r}"
        ) from None


def _rate(metadata: Metadata) -> int:
    if metadata.sample_rate_hz not in KNOWN_RATES_HZ:
        raise InputError(
            "media_gateway.sample_rate",
            f"expected sampleRate to be one of {KNOWN_RATES_HZ}, got {metadata.sample_rate_hz}",
        )
    return metadata.sample_rate_hz


def _legs(metadata: Metadata) -> tuple[Leg, ...]:
    """Whose sound each channel is: said by the wire or by the customer, never guessed."""
    channels = 2 if metadata.mix == "stereo" else 1
    if metadata.legs is None:
        if metadata.mix == "mixed":
            raise InputError(
                "media_gateway.mixed",
                "expected mixType mono or stereo, got mixed, in which nobody can tell who speaks; "
                "set stereo, or name the leg it shall count as in 'legs'",
            )
        return (Leg.CALLER, Leg.AGENT)[:channels]
    if len(metadata.legs) != channels or len(set(metadata.legs)) != channels:
        raise InputError(
            "media_gateway.legs",
            f"expected 'legs' to name {channels} different leg(s) for mixType {metadata.mix}, got {len(metadata.legs)}",
        )
    return metadata.legs
