"""Follow one leg beside its readings, and tell what it said in order."""
