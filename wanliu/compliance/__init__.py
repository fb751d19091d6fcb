"""What may not be said: sentences against the rules, whole messages against their required parts."""
