"""Hold what Twilio and we must agree on."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioSettings:
    """Without ``auth_token`` anybody who reaches the port may bring a call, as on the other wires.

    ``public_url`` is our address as the TwiML writes it (``wss://hotline.example``), where a proxy hides it.
    """

    auth_token: str | None = field(default=None, repr=False)
    public_url: str | None = None
