"""Write text as people write it, with the names this hotline knows."""
