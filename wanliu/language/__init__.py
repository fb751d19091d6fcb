"""How a sentence is read: made plain, cut into groups of characters, sorted by what exemplars taught."""
