"""The signs: one file each, and the file's name is the sign's id. Found by themselves, listed nowhere."""
