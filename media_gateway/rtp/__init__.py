"""Turn RTP packets into sound with its own time, and sound into RTP packets, for every wire that speaks RTP."""
