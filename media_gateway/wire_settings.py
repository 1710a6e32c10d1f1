"""Gather the settings of every wire under one roof."""

from dataclasses import dataclass, field

from media_gateway.asterisk_media_settings import AsteriskMediaSettings
from media_gateway.audiohook_settings import AudioHookSettings
from media_gateway.audiosocket.settings import AudioSocketSettings
from media_gateway.file_wire.settings import FileWireSettings
from media_gateway.rtp.settings import RtpSettings
from media_gateway.sip.settings import SipSettings
from media_gateway.siprec.settings import SiprecSettings
from media_gateway.twilio_settings import TwilioSettings
from media_gateway.webrtc.settings import WebRtcSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class WireSettings:
    """What comes over HTTP is on; what needs a port of its own (SIP, AudioSocket) is off until it is given one."""

    audiohook: AudioHookSettings = field(default_factory=AudioHookSettings)
    twilio: TwilioSettings = field(default_factory=TwilioSettings)
    asterisk: AsteriskMediaSettings = field(default_factory=AsteriskMediaSettings)
    audiosocket: AudioSocketSettings = field(default_factory=AudioSocketSettings)
    rtp: RtpSettings = field(default_factory=RtpSettings)
    sip: SipSettings = field(default_factory=SipSettings)
    siprec: SiprecSettings = field(default_factory=SiprecSettings)
    webrtc: WebRtcSettings = field(default_factory=WebRtcSettings)
    file: FileWireSettings = field(default_factory=FileWireSettings)
