"""Words and figures on pages: both languages side by side, and what is unknown said so."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html

from wanliu import __version__
from wanliu.cases.track import LEVELS
from wanliu.clock import SHANGHAI, day_of
from wanliu.text import Text
from wanliu.workbench.forms import new_key

register = template.Library()
UNKNOWN = Text(zh="未知", en="unknown")
TEN_THOUSAND = Decimal(10_000)
Missing = Literal[""]
"""What a template gives where there is no such thing at all: as unknown as None."""


@register.simple_tag
def t(zh: str, en: str, **values: object) -> str:
    """One sentence in the page's language; ``{names}`` are filled in. Escaped like everything else."""
    said = Text(zh=zh, en=en)
    return str(said.format(**values) if values else said)


@register.simple_tag
def posts(name: str, *place: object) -> str:
    """The attributes of a form: a refusal is told beside it, and what was typed stays."""
    address = reverse(name, args=place)
    return format_html(
        'method="post" action="{}" hx-post="{}" hx-swap="none" hx-sync="this:drop"', address, address
    )


@register.simple_tag
def once() -> str:
    """A form's own key: sent twice, it is saved once."""
    return format_html('<input type="hidden" name="key" value="{}">', new_key())


@register.simple_tag
def opens(name: str, *place: object, back: str = "") -> str:
    """The attributes of a link: its page comes in the drawer, or as a page where there is no script."""
    address = reverse(name, args=place) + (f"?back={back}" if back else "")
    return format_html('href="{}" hx-get="{}" hx-target="#drawer-place"', address, address)


@register.simple_tag
def asset(name: str) -> str:
    """The address of a file of ours; another version is another address."""
    return f"{static(name)}?v={__version__}"


@register.filter
def money(value: Decimal | Missing | None) -> str:
    """CNY, whole yuan."""
    return str(UNKNOWN) if value is None or value == "" else f"{value:,.0f}"


@register.filter
def fen(value: Decimal) -> str:
    """CNY, to the fen."""
    return f"{value:,.2f}"


@register.filter
def amount(value: Decimal | Missing | None) -> str:
    """CNY as people say it in a list: 万 in Chinese, thousands in English."""
    if value is None or value == "":
        return str(UNKNOWN)
    if abs(value) < TEN_THOUSAND:
        return f"{value:,.0f}"
    return str(Text(zh=f"{value / TEN_THOUSAND:,.1f} 万", en=f"{value / 1000:,.0f}k"))


@register.filter
def percent(share: Decimal | float | Missing | None) -> str:
    return str(UNKNOWN) if share is None or share == "" else f"{share:.1%}"


@register.filter
def per_mille(share: Decimal) -> str:
    """A commission rate, as brokers write it: 0.0003 is 0.3‰."""
    return f"{(share * 1000).normalize():f}‰"


@register.filter
def day(value: date | datetime | Missing | None) -> str:
    """A day; of a moment, its day in Shanghai."""
    if value is None or value == "":
        return str(UNKNOWN)
    return (day_of(value) if isinstance(value, datetime) else value).isoformat()


@register.filter
def moment(value: datetime | Missing | None) -> str:
    return str(UNKNOWN) if value is None or value == "" else f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


@register.filter
def known(value: object) -> object:
    return UNKNOWN if value is None or value == "" else value


@register.inclusion_tag("workbench/level.html")
def level(code: str) -> dict[str, object]:
    """The badge of a level: a colour and its name; never a colour alone."""
    return {"code": code, "name": LEVELS.get(code, Text(zh="未评分", en="Not judged"))}  # type: ignore[call-overload]  # from a row
