"""What this client may be offered today, why not the rest, and the words for it."""
