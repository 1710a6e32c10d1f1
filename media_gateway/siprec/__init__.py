"""Be a SIPREC session recording server: answer recordings, know who speaks on which stream, and never refuse odd metadata."""
