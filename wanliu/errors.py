"""What can go wrong, as one root with few children; each says what happened and what to do.

The exit codes of the command line stand here and nowhere else.
"""

from __future__ import annotations

from wanliu.text import Text

DONE = 0


class WanliuError(Exception):
    """The root. ``message`` says what happened and what to do, in both languages."""

    exit_code = 1

    def __init__(self, message: Text) -> None:
        super().__init__(message.en)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class UsageError(WanliuError):
    """The command was asked for something that it cannot mean (unknown rule set, a day without data …)."""

    exit_code = 2


class BookRefused(WanliuError):
    """The delivery or the book has faults; no result is made from it."""

    exit_code = 3


class ContentRefused(WanliuError):
    """The playbook's content has faults; none of it is used."""

    exit_code = 3


class ArchiveRefused(WanliuError):
    """The backup is damaged, foreign, or of a later version; nothing was restored from it."""

    exit_code = 3


class EnvironmentFailed(WanliuError):
    """The machine failed us: disk full, engine unreachable, a needed part not installed."""

    exit_code = 4


class Busy(EnvironmentFailed):
    """Another program of ours is at it at this moment; nothing was done here."""


class Refused(WanliuError):
    """A rule of the house forbids this now; nothing was changed."""


class NotAllowed(WanliuError):
    """This person may not do this, or not for this client."""


class NotFound(WanliuError):
    """There is no such thing, or none that this person may see."""


class Changed(WanliuError):
    """Somebody else changed it meanwhile; nothing was overwritten."""


class RecordsBroken(WanliuError):
    """The chain of the records does not hold: something was changed, removed or cut off."""
