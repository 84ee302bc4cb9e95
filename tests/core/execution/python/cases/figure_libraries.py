import dataclasses
import tempfile

import pydantic
from case import bytes_of, case, load_input, run_cases, store, through, to_input


class Inner(pydantic.BaseModel):
    limits: tuple[float, float]


class Settings(pydantic.BaseModel):
    name: str
    inner: Inner
    loss: float = float("nan")


@dataclasses.dataclass
class Holder:
    settings: Settings


@case
def pydantic_models_come_back_nested_and_with_their_tuples():
    value = Holder(Settings(name="a", inner=Inner(limits=(0.5, 1.0)), loss=2.0))
    back = through(value, "json")
    assert back == value and type(back.settings.inner.limits) is tuple
    assert through({"all": [value, value]}, "json")["all"][1] == value


@case
def plotly_figures_come_back_and_keep_their_json():
    import plotly.graph_objects as go

    figure = go.Figure(go.Bar(x=["a", "b"], y=[1, 2]), layout={"title": "T"})
    stored = store(figure)
    assert stored.media_type == "application/vnd.plotly.v1+json"
    assert through(figure, "figure").to_dict() == figure.to_dict()


@case
def altair_charts_come_back_and_keep_their_vega_lite():
    import altair as alt

    chart = alt.Chart(alt.Data(values=[{"a": 1, "b": 2}])).mark_point().encode(x="a:Q", y="b:Q")
    stored = store(chart)
    assert stored.media_type == "application/vnd.vegalite+json" and bytes_of(stored) == bytes_of(store(chart))
    assert load_input(to_input(stored, chart), tempfile.mkdtemp()).to_dict()["mark"] == chart.to_dict()["mark"]


@case
def bokeh_figures_come_back():
    from bokeh.plotting import figure

    drawn = figure(title="T")
    drawn.line([1, 2], [3, 4])
    stored = store(drawn)
    assert stored.kind == "figure"
    assert load_input(to_input(stored, drawn), tempfile.mkdtemp()).title.text == "T"


run_cases()
