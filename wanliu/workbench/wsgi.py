"""Where a server finds the workbench."""

from __future__ import annotations

import os
import threading
from contextlib import suppress

from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wanliu.settings")
application = get_wsgi_application()


def prepare() -> None:
    """Loads what reads words, which may have to be learnt first: the first note need not wait for it."""
    from wanliu.cases.linting import linter
    from wanliu.errors import EnvironmentFailed
    from wanliu.reasons.words import diagnose
    from wanliu.workbench.forms import forget_old

    with suppress(DatabaseError):  # one that is away is asked again at the next start
        forget_old()
    with suppress(EnvironmentFailed):  # without the extra for text there is nothing to load
        linter()
        diagnose("佣金")


threading.Thread(target=prepare, daemon=True).start()
