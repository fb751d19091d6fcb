"""The room of the client's own rights: all that is held on one client, and forgetting it in due time."""
