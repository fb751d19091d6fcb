"""The firm's own tariff: drafted by one person, approved by another, in force from its day."""
