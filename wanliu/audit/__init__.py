"""What was done, by whom and when: events that are only added, each bound by its hash to the one before."""
