"""Whether a client has been there long enough for a sign to be judged."""

from __future__ import annotations

from collections.abc import Iterable

from wanliu.indicator.facts import Rows, client, table_start
from wanliu.indicator.term import Term
from wanliu.indicator.windows import Window


def there_since_start_of(window: Window, *, of: Rows | None = None) -> Term:
    """True where the client, and the table read if one is named, began no later than the window.

    For a calendar month this says that the month is *complete*. False, not unknown, where the window
    begins before the calendar or the table has no row yet.
    """
    there = client.opened_on <= window.first
    if of is not None:
        there = there & (table_start(of) <= window.first)
    return there.or_else(False)


def there_in_all(windows: Iterable[Window], *, of: Rows | None = None) -> Term:
    first, *rest = (there_since_start_of(window, of=of) for window in windows)
    for other in rest:
        first = first & other
    return first
