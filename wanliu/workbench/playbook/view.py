"""话术库: what may be said and done, why, and since when; read-only. Changes come through approvals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from wanliu.cases.offers import playbook
from wanliu.clock import today
from wanliu.people.user import User
from wanliu.playbook.items import Item
from wanliu.playbook.load import Playbook
from wanliu.text import Text
from wanliu.workbench.pages import page
from wanliu.workbench.playbook import words
from wanliu.workbench.playbook.beside import beside
from wanliu.workbench.playbook.entries import Entry, entry, of_kind, title

MOST_TEXT = 64


@page("playbook", action="content.view", nav=Text(zh="话术库", en="Playbook"), order=55)
def playbook_list(request: HttpRequest, user: User) -> HttpResponse:  # noqa: ARG001 (the matrix has let them in)
    text = request.GET.get("text", "").strip()[:MOST_TEXT]
    kind = request.GET.get("kind", "reasons")
    kind = kind if kind in words.KINDS else "reasons"
    book = playbook()
    found = [replace(entry(one, book), name=title(one, book)) for one in _search(book, text)] if text else []
    shown = found if text else [entry(one, book) for one in of_kind(book, kind)]
    context = {
        "text": text,
        "kind": kind,
        "kinds": [(code, name, len(of_kind(book, code))) for code, name in words.KINDS.items()],
        "about": words.ABOUT[kind],
        "groups": _grouped(shown, by_kind=bool(text)),
        "number": len(shown),
    }
    return render(request, "playbook/page.html", context)


@page("playbook/<str:kind>/<str:item_id>", action="content.view")
def playbook_item(request: HttpRequest, user: User, kind: str, item_id: str) -> HttpResponse:  # noqa: ARG001 (as above)
    book = playbook()
    item = book.items.get(kind, {}).get(item_id)
    if item is None or kind not in words.KINDS:
        raise Http404
    context: dict[str, Any] = {
        "item": item,
        "kind": kind,
        "kind_name": words.KINDS[kind],
        "title": title(item, book),
        "late": item.review_by < today(),
        "hash": book.hashes.get(f"{kind}/{item_id}", "")[:12],
        "changes": item.changes[::-1],
        "part": f"playbook/{kind}.html",
        "guide": words.section(item.guide) if hasattr(item, "guide") else None,
        **beside(item, book),
    }
    return render(request, "playbook/item.html", context)


def _grouped(shown: list[Entry], *, by_kind: bool) -> list[tuple[Text | None, list[Entry]]]:
    found: dict[Text | None, list[Entry]] = {}
    for one in shown:
        found.setdefault(words.KINDS[one.kind] if by_kind else one.under, []).append(one)
    return list(found.items())


# --- searching ------------------------------------------------------------------------------------


def _search(book: Playbook, text: str) -> Iterator[Item]:
    """Whatever has the words in either language, in the order of the kinds."""
    asked = text.casefold().split()
    for kind in words.KINDS:
        for item in of_kind(book, kind):
            said = " ".join((item.id, *_said(item), str(title(item, book)))).casefold()
            if all(one in said for one in asked):
                yield item


def _said(value: object) -> Iterator[str]:
    """Every word for people in an item, however deep; never the patterns."""
    if isinstance(value, Text):
        yield from (value.zh, value.en)
    elif isinstance(value, tuple):
        for one in value:
            yield from _said(one)
    elif isinstance(value, Item):
        for name in type(value).model_fields:
            if name not in ("changes", "patterns"):
                yield from _said(getattr(value, name))
