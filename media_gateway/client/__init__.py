"""Play the telephone system: place calls on a running server over the same wire a real switch uses."""

from media_gateway.client.audio_fork import AudioForkCall, wire_url
from media_gateway.client.farewell import Farewell
from media_gateway.client.metadata import Metadata
from media_gateway.client.mouth import Mouth
from media_gateway.client.pacing import Pacer
from media_gateway.client.recording import load_recording

__all__ = [
    "AudioForkCall",
    "Farewell",
    "Metadata",
    "Mouth",
    "Pacer",
    "load_recording",
    "wire_url",
]
