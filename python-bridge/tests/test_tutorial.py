"""The tutorial runs from top to bottom, cell after cell, in the folder that it lies in."""

import json
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "examples"


def cells():
    notebook = json.loads((FOLDER / "tutorial.ipynb").read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_the_tutorial_runs_from_top_to_bottom(monkeypatch, capsys):
    monkeypatch.chdir(FOLDER)
    names = {"__name__": "__main__"}
    for number, source in enumerate(cells(), 1):
        exec(compile(source, f"cell {number}", "exec"), names)
    assert names["refused"] == 4
    assert names["accuracy"] > 0.9
    assert min(names["compiled"].fidelity.values()) > 0.99
    assert names["statement"].outputs["output"].shape == (8, 1, 10)
    assert "right on" in capsys.readouterr().out
