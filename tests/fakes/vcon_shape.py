"""Hold a conversation container to draft-ietf-vcon-vcon-core-02, its parties to draft-ietf-vcon-cc-extension-02.

What draft-ietf-vcon-vcon-container wants besides (``vcon``, ``parties``, ``dialog``, ``analysis``) is required too.
Only the parameters that we write; one that neither draft knows is refused.
"""

from base64 import urlsafe_b64decode
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _is_unpadded(text: str) -> str:
    """RFC 7515 section 2."""
    urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if "=" in text or "+" in text or "/" in text:
        raise ValueError("base64url without padding is wanted")
    return text


Index = Annotated[int, Field(ge=0)]
Unpadded = Annotated[str, AfterValidator(_is_unpadded)]
Hash = Annotated[str, Field(pattern=r"^sha512-[A-Za-z0-9_-]{86}$")]
MediaType = Annotated[str, Field(pattern=r"^[a-z]+/[A-Za-z0-9.+-]+$")]


class Party(_Part):
    name: str
    role: str | None = None


class Dialog(_Part):
    """A recording; inline content has a body and says how it is encoded."""

    type: Literal["recording"]
    start: AwareDatetime
    duration: Annotated[float, Field(ge=0)]
    parties: list[Index]
    mediatype: MediaType
    filename: str
    content_hash: Hash
    body: Unpadded | None = None
    encoding: Literal["base64url"] | None = None

    @model_validator(mode="after")
    def _body_and_encoding_go_together(self) -> Self:
        if (self.body is None) != (self.encoding is None):
            raise ValueError("body and encoding come together or not at all")
        return self


class Analysis(_Part):
    """``body`` is always a string, of JSON where ``encoding`` says so."""

    type: Literal["transcript"]
    dialog: Index
    vendor: str
    product: str
    schema_: Annotated[str, Field(alias="schema")]
    mediatype: MediaType
    encoding: Literal["json"]
    body: str


class Container(_Part):
    vcon: Literal["0.4.0"]
    uuid: UUID
    created_at: AwareDatetime
    extensions: list[str]
    parties: list[Party]
    dialog: list[Dialog]
    analysis: list[Analysis]

    @model_validator(mode="after")
    def _what_is_pointed_at_is_there(self) -> Self:
        if any(index >= len(self.parties) for dialog in self.dialog for index in dialog.parties):
            raise ValueError("a dialog has a party that is not there")
        if any(analysis.dialog >= len(self.dialog) for analysis in self.analysis):
            raise ValueError("an analysis is of a dialog that is not there")
        return self

    @model_validator(mode="after")
    def _a_role_needs_its_extension(self) -> Self:
        if any(party.role for party in self.parties) and "CC" not in self.extensions:
            raise ValueError("the extension that gives parties a role is not named")
        return self
