"""Take calls over Asterisk's AudioSocket: one TCP connection is one leg."""
