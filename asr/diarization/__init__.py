"""Tell the voices of a mono recording apart, and admit where we cannot."""
