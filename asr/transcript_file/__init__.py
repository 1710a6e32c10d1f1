"""Write what was said in a recording the way other programs read it."""
