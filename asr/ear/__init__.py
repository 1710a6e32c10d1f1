"""Hear: samples counted, pauses measured, utterances found."""
