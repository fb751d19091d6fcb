"""The room of cases, promises and contacts."""
