"""What was sent is looked at once, before any page: too much of it, or no text, is refused as it stands.

A NUL no database keeps; what is no UTF-8 would be kept as other signs than were meant.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Final

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError

from wanliu.text import Text
from wanliu.workbench.pages import fault_page

log = logging.getLogger("wanliu.workbench")
FORM: Final = "application/x-www-form-urlencoded"
UNREADABLE: Final = ("\x00", "\ufffd")
"""NUL, and the sign that stands where bytes were no text; half characters (surrogates) become the latter."""


class Readable:
    """Middleware: 413 for too much, 400 for what is no text; logged without a word of it."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            is_text = _is_utf8(request) and not any(
                sign in text for text in _texts(request) for sign in UNREADABLE
            )
        except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent) as fault:
            log.warning("refused: %s", type(fault).__name__)
            return fault_page(request, _TOO_MUCH, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except MultiPartParserError:
            is_text = False
        if not is_text:
            log.warning("refused: no text")
            return fault_page(request, _NO_TEXT, HTTPStatus.BAD_REQUEST)
        return self.answer(request)


def _is_utf8(request: HttpRequest) -> bool:
    """A form's bytes. Django would read what is no UTF-8 as Latin-1, and nobody would notice."""
    if request.content_type != FORM:
        return True
    try:
        request.body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _texts(request: HttpRequest) -> Iterator[str]:
    """The address, and every name and value of query and form."""
    yield request.path_info
    for sent in (request.GET, request.POST):
        for name, values in sent.lists():
            yield name
            yield from values


_TOO_MUCH = Text(
    zh="提交的内容太多，没有作任何更改。请精简后再提交。",
    en="Too much was sent; nothing was changed. Shorten it and submit again.",
)
_NO_TEXT = Text(
    zh="提交的内容里有无法识别的字符，没有作任何更改。请删去后重试。",
    en="What was sent holds characters that cannot be read; nothing was changed. Remove them and try again.",
)
