"""What people see of a run: files for spreadsheets, the summary in the terminal, sums in words."""
