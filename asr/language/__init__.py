"""Form an opinion about the language of a leg, slowly, and with the right not to know."""
