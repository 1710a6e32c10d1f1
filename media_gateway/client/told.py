"""Write what we know about a call that we place as the flat texts a dial-plan or TwiML can carry."""

from media_gateway.client.metadata import Metadata


def told(metadata: Metadata) -> dict[str, str]:
    """Only what is known."""
    fields = {
        "from": metadata.caller_number,
        "to": metadata.dialled_number,
        "direction": metadata.direction.value,
        "title": metadata.title,
        "synthetic": "true" if metadata.synthetic else None,
        "call_id": metadata.call_id,
        "campaign_contact": metadata.campaign_contact,
    }
    return {name: value for name, value in fields.items() if value is not None}
