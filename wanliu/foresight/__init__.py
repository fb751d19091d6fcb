"""Who left, and how well that was seen before: labels, back-tests, the model and its measures."""
