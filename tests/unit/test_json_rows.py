"""JSON to rows, page tokens, cursors."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orchestration.errors import PipelineError
from orchestration.records import SOURCE_ROW
from orchestration.sources.crm.windows import ApiRun, moment_of, open_window
from orchestration.sources.http_values import parsed_json
from orchestration.sources.json_rows import Ids, PageTokens, Tally, as_text, batch_of
from tests.unit.api_server import Watch

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("json", "text"),
    [
        ('"a"', "a"),
        ('""', ""),
        ("null", None),
        ("true", "true"),
        ("9007199254740993123", "9007199254740993123"),
        ("0.10", "0.10"),
        ("1e400", "1e400"),
        ('{"a": [1.50, null, "ü\\"", true]}', '{"a":[1.50,null,"ü\\"",true]}'),
        ("[]", "[]"),
    ],
)
def test_values_land_as_they_were_written(json: str, text: str | None) -> None:
    assert as_text(parsed_json(json.encode())) == text


def test_records_that_cannot_be_rows_are_rejected_whole_and_the_rest_goes_on() -> None:
    page = parsed_json(
        b'[{"id": 1, "Name": "a"}, "text", null, {"id": 2, "name": "b"}, {"id": 3, "Name": "\\ud800"},'
        b' {"id": 4, "Name": "\xff"}, {"id": 5, "Name": "\\u0000"}]'
    )
    batch = batch_of(page, "api:/x", 11)
    assert batch.rows["id"].to_pylist() == ["1", "5"]
    assert batch.rows[SOURCE_ROW].to_pylist() == [11, 17]
    assert [(row.row, row.code, row.record) for row in batch.rejected] == [
        (12, "not_a_record", '"text"'),
        (13, "not_a_record", "null"),
        (14, "column_collision", '{"id":2,"name":"b"}'),
        (15, "invalid_text", '{"id":3,"Name":"\\ud800"}'),
        (16, "invalid_text", '{"id":4,"Name":"\\udcff"}'),
    ]


def test_the_key_is_there_even_where_no_record_is() -> None:
    assert batch_of([], "api:/x", 1, ["id"]).rows.column_names == ["id", "_source_file", "_source_row"]


def test_ten_megabytes_of_text_are_a_value_like_any_other() -> None:
    text = "ü" * (10 << 20)
    assert batch_of([{"id": 1, "text": text}], "api:/x", 1).rows["text"][0].as_py() == text


def test_a_token_that_comes_back_is_found_at_once() -> None:
    tokens = PageTokens("Source crm, GET /x")
    assert [tokens.follow("a"), tokens.follow(7), tokens.follow(None), tokens.follow("")] == [
        "a",
        "7",
        None,
        None,
    ]
    with pytest.raises(PipelineError, match="Source crm, GET /x: after 2 pages the API leads back"):
        tokens.follow("a")


def test_progress_is_told_now_and_then_and_at_the_end() -> None:
    watch = Watch()
    tally = Tally(watch.caller(), "deals")
    for _ in range(30):
        tally.batch([{"id": 1}] * 100, "api:/x")
    tally.done()
    assert watch.told == ["crm: deals: 2,500 rows in 25 pages so far", "crm: deals: 3,000 rows in 30 pages"]


def test_ids_are_kept_and_can_be_read_again() -> None:
    with Ids() as ids:
        ids.add(["1", "a b"])
        assert list(ids) == ["1", "a b"]
        assert list(ids) == ["1", "a b"]


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-02-01T10:00:00Z", datetime(2026, 2, 1, 10, tzinfo=UTC)),
        ("2026-02-01T10:00:00.000+0000", datetime(2026, 2, 1, 10, tzinfo=UTC)),
        ("2026-02-01T12:00:00+02:00", datetime(2026, 2, 1, 10, tzinfo=UTC)),
        ("2026-02-01 10:00:00", datetime(2026, 2, 1, 10, tzinfo=UTC)),
        ("1769940000000", datetime(2026, 2, 1, 10, tzinfo=UTC)),
        (1769940000000, datetime(2026, 2, 1, 10, tzinfo=UTC)),
        ("soon", None),
        (None, None),
        (True, None),
    ],
)
def test_modification_times_in_every_form(value: object, moment: datetime | None) -> None:
    assert moment_of(value) == moment


def window(state: dict[str, Any], **options: Any) -> Any:
    run = ApiRun(Watch().caller(), NOW, {"deals": state}, lambda _: "")
    return open_window(run, "deals", **{"overlap_minutes": 60, "complete_every_days": 7, **options})


def test_a_record_from_the_future_does_not_carry_the_cursor_away() -> None:
    first = window({})
    assert first.is_complete and first.until == NOW
    first.saw("2099-01-01T00:00:00Z")
    assert first.state() == {
        "modified_until": "2026-03-01T12:00:00.000Z",
        "listed_at": "2026-03-01T12:00:00.000Z",
    }


def test_a_cursor_without_end_stays_where_it_is() -> None:
    state = {"modified_until": "2026-02-28T12:00:00.000Z", "listed_at": "2026-02-27T12:00:00.000Z"}
    later = window(state)
    assert later.since == datetime(2026, 2, 28, 11, tzinfo=UTC)
    assert later.state() == state
    later.saw("2026-02-28T11:30:00Z")  # late, or set back
    later.saw("nonsense")
    assert later.state() == state


def test_an_account_in_which_nothing_was_ever_modified_is_listed_again() -> None:
    assert window({"modified_until": None, "listed_at": "2026-03-01T11:00:00.000Z"}).is_complete


def test_a_complete_listing_is_due_to_the_minute() -> None:
    state = {"modified_until": "2026-02-28T12:00:00.000Z", "listed_at": "2026-02-22T12:01:00.000Z"}
    assert not window(state).is_complete
    assert window({**state, "listed_at": "2026-02-22T12:00:00.000Z"}).is_complete
    assert window(
        {**state, "listed_at": (NOW - timedelta(days=999)).isoformat()}, complete_every_days=None
    ).since
