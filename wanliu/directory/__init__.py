"""The room of what the last nightly run published for the pages."""
