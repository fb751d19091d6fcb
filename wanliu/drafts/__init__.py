"""Drafts of rule sets: numbers that somebody proposes beside the live ones, until they are decided on."""
