"""List the changes, oldest first; each says which one it follows."""
