"""``study.html`` of a study of cuts: one file that opens without a network; answers first, then charts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Any

from wanliu.commission.study.answers import alarms
from wanliu.commission.study.whole import Compared, PriceStudy
from wanliu.report import price_said as said
from wanliu.report.price_charts import PriceCharts
from wanliu.report.price_words import (
    ARMS,
    SERIES,
    arms_of,
    cuts_of,
    first_lines,
    part_name,
    parts_of,
    per_yuan,
    points,
    share,
)
from wanliu.report.study_page import STYLE
from wanliu.report.study_words import number
from wanliu.text import Language, Text

TEN_THOUSAND = 10_000
Told = tuple[Text | str, Callable[[Any], str]]


def price_page(study: PriceStudy, language: Language, *, book: str) -> str:
    """The whole page as text."""
    return "\n".join(_Page(study, language, book).lines()) + "\n"


class _Page:
    def __init__(self, study: PriceStudy, language: Language, book: str) -> None:
        self.study, self.language, self.book = study, language, book
        self.charts = PriceCharts(study, language)

    def lines(self) -> Iterator[str]:
        title = self._to(said.TITLE.format(book=self.book))
        lang = "zh-CN" if self.language == "zh" else "en"
        yield f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        yield f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><h1>{escape(title)}</h1>"
        yield f'<p class="note">{escape(self._span())}</p><section class="first">'
        yield from (f"<p>{escape(line)}</p>" for line in first_lines(self.study, self.language))
        yield "</section>"
        for part in (
            self._cuts,
            self._parts,
            self._paths,
            self._checks,
            self._levels,
            self._service,
            self._overlap,
            self._how,
        ):
            yield from part()
        yield "</body></html>"

    def _span(self) -> str:
        study = self.study
        return self._to(
            said.SPAN.format(
                first=study.landmarks[0],
                last=study.landmarks[-1],
                weeks=len(study.landmarks),
                left_out=study.left_out,
                level=round(study.numbers.confidence * 100),
                print=study.book[:12],
            )
        )

    # --- sections -----------------------------------------------------------------------------------

    def _cuts(self) -> Iterator[str]:
        yield self._head(said.CUTS_HEAD, said.CUTS_SAID)
        yield self.charts.cuts()
        yield self._compared(cuts_of(self.study))
        counted = " · ".join(
            self._to(said.COUNTED.format(nth=nth, count=f"{count:,}"))
            for nth, count in sorted(self.study.cuts.items())
        )
        later = share(self.study.cut_later, self.language)
        yield f'<p class="note">{escape(self._to(said.LATER.format(counted=counted, later=later)))}</p>'

    def _parts(self) -> Iterator[str]:
        numbers = self.study.numbers
        words = said.PARTS_SAID.format(
            years=f"{numbers.loyal_years:g}", active=share(numbers.loyal_active, self.language)
        )
        yield self._head(said.PARTS_HEAD, words)
        yield self.charts.parts()
        yield self._compared(parts_of(self.study))
        if (loyalty := self.study.loyalty) is not None:
            words = said.LOYALTY.format(
                loyal=self._share_with(loyalty.loyal),
                others=self._share_with(loyalty.others),
                difference=points(loyalty.difference, self.language),
                clients=f"{loyalty.clients:,}",
            )
            yield f"<p>{escape(self._to(words))}</p>"

    def _paths(self) -> Iterator[str]:
        yield self._head(said.PATHS_HEAD, said.PATHS_SAID)
        if not self.study.steps:
            yield self._note(said.NO_PATHS)
            return
        for series, name in SERIES.items():
            yield f"<h3>{escape(self._to(name))}</h3>{self.charts.steps(series)}"
            rows = [one for one in self.study.steps if one.series == series]
            yield self._folded(
                self._table(
                    rows,
                    [
                        (said.STEP, lambda one: f"{one.step:+d}"),
                        (said.WITH, lambda one: number(one.treated, self.language, 3)),
                        (said.THEIR_LIKE, lambda one: number(one.others, self.language, 3)),
                        (
                            said.DIFFERENCE,
                            lambda one: (
                                f"{one.difference.value:+.3f} ({one.difference.low:+.3f} … "
                                f"{one.difference.high:+.3f})"
                            ),
                        ),
                        (said.ROWS, lambda one: f"{one.rows:,}"),
                    ],
                )
            )

    def _checks(self) -> Iterator[str]:
        yield self._head(said.CHECKS_HEAD, said.CHECKS_SAID)
        yield self.charts.checks()
        yield self._compared(self.study.placebos)
        found = alarms(self.study)
        yield from (self._note(one) for one in found)
        if not found:
            told = [one for one in self.study.placebos if one.effect is not None]
            yield self._note(said.PASSED if told or self.study.steps else said.NOT_CHECKED)

    def _levels(self) -> Iterator[str]:
        yield self._head(said.LEVELS_HEAD, said.LEVELS_SAID)
        if self.study.no_levels is not None:
            yield self._note(self.study.no_levels)
            return
        yield self.charts.levels()
        yield self._table(
            self.study.levels,
            [
                (said.RATE, lambda one: f"{one.low * TEN_THOUSAND:.2f}–{one.high * TEN_THOUSAND:.2f}"),
                (said.ROWS, lambda one: f"{one.rows:,}"),
                (said.LEAVERS, lambda one: f"{one.leavers:,}"),
                (said.BARE, lambda one: self._share_with(one.bare)),
                (said.LIKE_ALL, lambda one: self._share_with(one.like)),
            ],
        )

    def _service(self) -> Iterator[str]:
        yield self._head(said.SERVICE_HEAD, said.SERVICE_SAID)
        yield self.charts.service()
        yield self._compared(arms_of(self.study), arms=True, priced=True)
        if self.study.absent:
            yield self._note(said.ABSENT.format(tables=", ".join(self.study.absent)))

    def _overlap(self) -> Iterator[str]:
        yield self._head(said.OVERLAP_HEAD, said.OVERLAP_SAID)
        yield self.charts.overlap()
        rows = [one for one in self.study.compared if one.effect is not None]
        told: list[Told] = [
            (said.OF, lambda one: self._to(ARMS[one.arm])),
            (said.PART, lambda one: part_name(self.study, one.part, self.language)),
            (said.WITHIN, lambda one: f"{one.horizon}"),
            (said.CHANCE_WITH, lambda one: _spread(one.effect.overlap.spread_treated)),
            (said.CHANCE_WITHOUT, lambda one: _spread(one.effect.overlap.spread_without)),
            (said.EFFECTIVE, lambda one: f"{one.effect.overlap.effective:,.0f}"),
            (said.TRIMMED, lambda one: f"{one.effect.overlap.trimmed:,}"),
        ]
        yield self._folded(self._table(rows, told))

    def _how(self) -> Iterator[str]:
        numbers = self.study.numbers
        yield self._head(
            said.HOW_HEAD,
            said.HOW_SAID.format(
                window=numbers.window,
                folds=numbers.folds,
                most=share(numbers.most_propensity, self.language),
                treated=numbers.fewest_treated,
                leavers=numbers.fewest_leavers,
                effective=round(numbers.fewest_effective),
                margin=f"{numbers.margin * 100:g}",
            ),
        )

    # --- small parts --------------------------------------------------------------------------------

    def _compared(self, rows: Sequence[Compared], *, arms: bool = False, priced: bool = False) -> str:
        """A row per comparison; a refused one says why in place of its numbers."""
        first = said.OF if arms else said.PART
        heads = [first, said.WITHIN, said.TREATED, said.LEFT, said.WITHOUT, said.EFFECT, said.NAIVE] + (
            [said.PER_YUAN] if priced else []
        )
        lines = []
        for one in rows:
            name = self._to(ARMS[one.arm]) if arms else part_name(self.study, one.part, self.language)
            cells = [name, str(one.horizon), *self._effect(one)]
            if priced and one.effect is not None:
                cells.append(self._priced(one))
            if one.effect is None:
                span = len(heads) - len(cells)
                cells_html = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
                why = escape(self._to(one.refused)) if one.refused else ""
                lines.append(f'<tr>{cells_html}<td class="l" colspan="{span}">{why}</td></tr>')
            else:
                lines.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
        head = "".join(f"<th>{escape(self._to(one))}</th>" for one in heads)
        body = f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody>"
        return f'<div class="wide"><table>{body}</table></div>'

    def _effect(self, one: Compared) -> list[str]:
        if one.effect is None:
            return [f"{one.treated:,}"]
        return [
            f"{one.effect.treated:,}",
            share(one.effect.rate, self.language),
            share(one.effect.without, self.language),
            points(one.effect.estimate, self.language),
            points(one.effect.naive, self.language),
        ]

    def _priced(self, one: Compared) -> str:
        words = per_yuan(self.study, one, self.language)
        yuan = self.study.yuan[one.arm]
        return f"{words.partition(') ')[2]} · {number(yuan, self.language, 2)}"

    def _share_with(self, estimate: Any) -> str:
        low, high = (share(value, self.language) for value in (max(0.0, estimate.low), estimate.high))
        return f"{share(estimate.value, self.language)} ({low}–{high})"

    def _head(self, head: Text, below: Text) -> str:
        return f"<h2>{escape(self._to(head))}</h2><p>{escape(self._to(below))}</p>"

    def _note(self, words: Text) -> str:
        return f'<p class="note">{escape(self._to(words))}</p>'

    def _to(self, words: Text | str) -> str:
        return words if isinstance(words, str) else words.to(self.language)

    def _table(self, rows: Sequence[Any], told: Sequence[Told]) -> str:
        heads = "".join(f"<th>{escape(self._to(head))}</th>" for head, _ in told)
        lines = "".join(
            "<tr>" + "".join(f"<td>{escape(cell(row))}</td>" for _, cell in told) + "</tr>" for row in rows
        )
        return f'<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>'

    def _folded(self, table: str) -> str:
        return f"<details><summary>{escape(self._to(said.NUMBERS))}</summary>{table}</details>"


def _spread(quantiles: Sequence[float]) -> str:
    return " / ".join(f"{one:.3f}" for one in quantiles)
