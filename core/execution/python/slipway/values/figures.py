"""Figures as pictures, and as the JSON of their own library where there is one. Equal figures give equal bytes."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

from ..runner.request import StepInput
from .json_values import canonical_json
from .python_type import is_of, package_of, python_type
from .staging import Staging, Stored, StoredPart, media

_MOST_SVG_POINTS = 50_000  # beyond that an SVG is slower to show than to compute
_PNG_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA", "I;16"})


def store_figure(value: Any, staging: Staging) -> Stored | None:
    figure = _matplotlib_figure(value)
    if figure is not None:
        return _store_matplotlib(figure, staging)
    if is_of(value, "plotly.basedatatypes.BaseFigure"):
        content = canonical_json(json.loads(value.to_json()))
        return Stored("figure", media.PLOTLY, staging.write(content, "json"), summary={"library": "plotly"})
    if package_of(value) == "altair" and hasattr(value, "to_json") and hasattr(value, "to_dict"):
        content = canonical_json(json.loads(value.to_json()))
        return Stored("figure", media.VEGA, staging.write(content, "json"), summary={"library": "altair"})
    if is_of(value, "bokeh.model.model.Model") and is_of(value, "bokeh.models.layouts.LayoutDOM"):
        return _store_bokeh(value, staging)
    if is_of(value, "PIL.Image.Image") and value.mode in _PNG_MODES and getattr(value, "n_frames", 1) == 1:
        return _store_image(value, staging)
    return None


def load_figure(given: StepInput) -> Any:
    """plotly, altair and bokeh figures as themselves; pictures as a PIL image."""
    library = given.summary.get("library")
    if library == "plotly":
        import plotly.io

        return plotly.io.from_json(_text(given.file), skip_invalid=False)
    if library == "altair":
        import altair

        return altair.Chart.from_json(_text(given.file))
    if library == "bokeh":
        from bokeh.document import Document

        return Document.from_json(json.loads(_text(given.file))).roots[0]
    import PIL.Image

    part = given.part("png")
    with PIL.Image.open(part.file if part else given.file) as image:
        image.load()
        return image.copy()


def close_figures() -> None:
    """Figures of a step that has ended must not pile up in the next one."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")


def _matplotlib_figure(value: Any) -> Any:
    """A Figure, the figure of Axes (one or an array of them), or of a seaborn grid."""
    if is_of(value, "matplotlib.figure.Figure"):
        return value
    if is_of(value, "matplotlib.axes._base._AxesBase"):
        return value.get_figure()
    if package_of(value) == "seaborn" and is_of(getattr(value, "figure", None), "matplotlib.figure.Figure"):
        return value.figure
    if python_type(value) == "numpy.ndarray" and value.dtype == object and value.size:
        return _matplotlib_figure(value.flat[0]) if is_of(value.flat[0], "matplotlib.axes._base._AxesBase") else None
    return None


def _store_matplotlib(figure: Any, staging: Staging) -> Stored:
    import matplotlib

    png, svg = io.BytesIO(), io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "slipway"}):
        figure.savefig(png, format="png", metadata={"Software": None})
        parts = [StoredPart("png", media.PNG, staging.write(png.getvalue(), "png"))]
        if _count_points(figure) <= _MOST_SVG_POINTS:
            figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
            parts.append(StoredPart("svg", media.SVG, staging.write(svg.getvalue(), "svg")))
    width, height = (round(size * figure.dpi) for size in figure.get_size_inches())
    summary = {"library": "matplotlib", "width": width, "height": height, "titles": _titles(figure)}
    return Stored("figure", media.TREE, None, tuple(parts), summary=summary)


def _count_points(figure: Any) -> int:
    lines = sum(len(line.get_xdata(orig=True)) for axes in figure.axes for line in axes.lines)
    return lines + sum(len(drawn.get_offsets()) for axes in figure.axes for drawn in axes.collections)


def _titles(figure: Any) -> list[str]:
    return [title for title in (axes.get_title() for axes in figure.axes) if title][:10]


def _store_image(value: Any, staging: Staging) -> Stored:
    import PIL.Image

    plain = PIL.Image.new(value.mode, value.size)
    if value.mode == "P":
        plain.putpalette(value.getpalette())
    plain.paste(value)  # leaves text chunks, times and profiles behind
    png = io.BytesIO()
    plain.save(png, format="PNG")
    summary = {"library": "PIL", "width": value.width, "height": value.height, "mode": value.mode}
    return Stored("figure", media.PNG, staging.write(png.getvalue(), "png"), summary=summary)


def _store_bokeh(value: Any, staging: Staging) -> Stored:
    from bokeh.core.json_encoder import serialize_json
    from bokeh.document import Document

    document = value.document or Document()
    if value.document is None:
        document.add_root(value)
    # In the order in which bokeh writes it: a reference must come after what it refers to.
    content = serialize_json(document.to_json(), pretty=False, indent=None).encode("utf-8")
    return Stored("figure", media.BOKEH, staging.write(content, "json"), summary={"library": "bokeh"})


def _text(file: str) -> str:
    with open(file, encoding="utf-8") as text:
        return text.read()
