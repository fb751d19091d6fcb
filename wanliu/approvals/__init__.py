"""What one person asks and another decides: how far it goes, the decision, its reason and its day."""
