"""The tables of cases: private to this room. Others ask ``queries`` and act through ``actions``.

Who sees what stands in two columns that follow the book: ``branch_id`` and ``manager_id`` (a staff id). One
to whom a case was assigned serves it too. Codes stand in ``track.py`` and in the TOML files beside.
"""

from __future__ import annotations

from wanliu.cases.models.case import Case, CaseSign, Folder
from wanliu.cases.models.contact import Contact, NoteReview, Talk, Unfinished
from wanliu.cases.models.task import Offer, Task
from wanliu.cases.models.verdict import Dismissal, OutcomeCheck, Snooze
from wanliu.cases.models.worklist import Line, SavedFilter

__all__ = [
    "Case",
    "CaseSign",
    "Contact",
    "Dismissal",
    "Folder",
    "Line",
    "NoteReview",
    "Offer",
    "OutcomeCheck",
    "SavedFilter",
    "Snooze",
    "Talk",
    "Task",
    "Unfinished",
]
