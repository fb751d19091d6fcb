"""The reference pages: indicators, tables and rule sets, from their declarations, in both languages."""
