"""Talk with browsers and softphones over WebRTC, let in by WHIP (RFC 9725)."""
