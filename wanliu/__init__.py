"""挽留 wanliu: which clients of a securities brokerage show the signs of leaving, and why."""

__version__ = "0.1.0"
