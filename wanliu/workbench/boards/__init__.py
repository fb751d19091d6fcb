"""A page of the workbench."""
