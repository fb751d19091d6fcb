"""The playbook: what may be said and done to keep a client, as reviewed, versioned and locked content."""
