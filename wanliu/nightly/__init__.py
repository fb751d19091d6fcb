"""The room of the nightly run."""
