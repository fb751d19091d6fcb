"""What every chart is made of: colours, shapes, and SVG drawn without a browser and without a network.

Two things differ by colour and by shape, so that nobody needs to see colours; every chart has its table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from wanliu.errors import EnvironmentFailed
from wanliu.text import Language, Text

COLOURS = ["#0072B2", "#D55E00"]
"""Blue and vermilion of Okabe and Ito: told apart with any kind of colour vision."""
SHAPES = ["circle", "triangle-up"]
GREY = "#555555"
FONT = "Noto Sans CJK SC, Microsoft YaHei, PingFang SC, Arial, sans-serif"
WIDE = 560
NEEDED = ("altair", "vl_convert")


def check_can_draw() -> None:
    """Raises EnvironmentFailed where the extra that draws is not installed."""
    if missing := [module for module in NEEDED if find_spec(module) is None]:
        raise EnvironmentFailed(_NO_PACKAGE.format(missing=", ".join(missing)))


class Drawing:
    """Charts in one language, declared as data."""

    def __init__(self, language: Language) -> None:
        import altair

        self.alt, self.language = altair, language

    def data(self, rows: Sequence[Mapping[str, Any]]) -> Any:
        return self.alt.Data(values=[dict(row) for row in rows])  # type: ignore[no-untyped-call]  # altair has no type here

    def colour(self, field: str, names: Sequence[str], title: Text | None = None) -> Any:
        scale = self.alt.Scale(domain=list(names), range=COLOURS[: len(names)])
        return self.alt.Color(f"{field}:N", scale=scale, title=title.to(self.language) if title else None)

    def shape(self, field: str, names: Sequence[str], title: Text | None = None) -> Any:
        scale = self.alt.Scale(domain=list(names), range=SHAPES[: len(names)])
        return self.alt.Shape(f"{field}:N", scale=scale, title=title.to(self.language) if title else None)

    def svg(self, chart: Any) -> str:
        import vl_convert

        styled = chart.configure(font=FONT, background="white").configure_axis(
            labelFontSize=11, titleFontSize=11
        )
        drawn: str = vl_convert.vegalite_to_svg(styled.to_dict())
        return drawn


_NO_PACKAGE = Text(
    zh="画图的部件没有安装（缺少 {missing}）。请运行 pip install 'wanliu[model]' 后重试。",
    en="What draws the charts is not installed ({missing} missing). Run pip install 'wanliu[model]' and "
    "try again.",
)
