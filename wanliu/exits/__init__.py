"""The room of the exit desk."""
