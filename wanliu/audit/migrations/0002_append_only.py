"""Events can be added and read. The database itself refuses to change or delete one."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE = """CREATE TRIGGER audit_event_no_{what} BEFORE {what} ON audit_event
    BEGIN SELECT RAISE(ABORT, 'events are only ever added'); END"""
POSTGRES_FUNCTION = """CREATE OR REPLACE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'events are only ever added'; END $$"""
POSTGRES_TRIGGER = """CREATE TRIGGER audit_event_no_{what} BEFORE {what} ON audit_event
    FOR EACH {each} EXECUTE FUNCTION audit_event_refuse()"""


def refuse(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "sqlite":
        for what in ("update", "delete"):
            editor.execute(SQLITE.format(what=what))
        return
    editor.execute(POSTGRES_FUNCTION)
    for what in ("update", "delete"):
        editor.execute(POSTGRES_TRIGGER.format(what=what, each="ROW"))


def allow(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    on_table = "" if editor.connection.vendor == "sqlite" else " ON audit_event"
    for what in ("update", "delete"):
        editor.execute(f"DROP TRIGGER IF EXISTS audit_event_no_{what}{on_table}")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(refuse, allow)]
