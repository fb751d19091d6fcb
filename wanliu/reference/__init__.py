"""The reference: indicators, tables, rule sets, playbook, from their declarations, in both languages."""
