"""The room of the pages."""
