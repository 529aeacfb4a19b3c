"""Microsoft Graph's real responses, and its own metadata, against what is read of them."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from orchestration.catalog import objects_of
from tests.conftest import shared_data
from tests.unit.api_server import api_server
from tests.unit.test_microsoft_calendar import CARL, Graph, calendars

pytestmark = pytest.mark.real_input


def test_real_responses_land(tmp_path: Path) -> None:
    folder = shared_data("calendars/msgraph")
    events: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*_calendar_view*.json")):
        for event in json.loads(path.read_text(encoding="utf-8"))["value"]:
            events[f"{path.stem}/{event['id']}"] = event | {"id": f"{path.stem}/{event['id']}"}
    graph = Graph(page=3)
    graph.changes[CARL] = list(events.values())
    with api_server(graph) as server:
        source = calendars(tmp_path, graph, server)
        figures = source.ingest()
    assert figures["landed"] == len(events) and not figures["rejected"]
    for key, subject, content, starts in source.current('id, subject, body_content, "start_dateTime"'):
        event = events[key]
        is_open = event["sensitivity"] == "normal"
        assert subject == (event["subject"] if is_open else None)
        assert content == (event["body"]["content"] if is_open else None)
        assert starts == event["start"]["dateTime"]


def test_every_column_is_a_property_of_graphs_event() -> None:
    root = ElementTree.parse(shared_data("api_contracts/msgraph") / "v1.0-Prod.csdl").getroot()  # noqa: S314
    space = "{http://docs.oasis-open.org/odata/ns/edm}"
    types = {
        kind.get("Name", ""): (
            kind.get("BaseType", "").removeprefix("graph."),
            {item.get("Name"): str(item.get("Type")) for item in kind.findall(f"{space}Property")},
        )
        for name in ("EntityType", "ComplexType")
        for kind in root.iter(space + name)
    }

    def properties(kind: str) -> dict[str | None, str]:
        base, own = types.get(kind, ("", {}))
        return (properties(base) if base else {}) | own

    for column in objects_of("microsoft_calendar")["events"].types:
        kind = "event"
        for step in column.split("_") if column != "mailbox" else ():
            assert step in properties(kind) or (kind, step) == ("event", "id"), (
                f"{column}: {kind} has no {step}"
            )
            kind = properties(kind).get(step, "").removeprefix("graph.")
