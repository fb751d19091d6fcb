"""The second road: both rule sets computed again, slowly, from the contract's words alone.

Nothing here imports the package's own indicators, and nothing there imports this: where the two
roads meet on the same answer, a mistake would have to be made twice.
"""
