"""Files of any CRM by a mapping of their columns."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from orchestration.errors import PipelineError
from orchestration.sources.registry import declared_objects
from orchestration.sources_file import MappedObject
from tests.unit.source_files import entry, feeds_of, files_with, mapping, rows_of


def test_mapped_files(tmp_path: Path) -> None:
    folder = files_with(
        tmp_path / "m",
        {
            "Deals_1.csv": "No,Val\n1,5\n",
            "Deals_2.csv": "no,Val\n2,6\n",
            "t/T.csv": "Kind\ncall\n",
            "x.csv": "a\n",
        },
    )
    source = mapping(
        folder,
        opportunity={"file": "Deals_*.csv", "columns": {"opportunity_id": "No", "amount": "Val"}},
        activity={"file": ["t/T.csv"], "key": [], "columns": {"kind": "Kind"}},
    )
    feeds = feeds_of(source)
    assert feeds["opportunity"].key == ("No",)
    assert feeds["opportunity"].files == ("Deals_1.csv", "Deals_2.csv")
    assert feeds["activity"].key == ()
    assert rows_of(feeds["activity"])[0]["_source_file"] == "t/T.csv"
    assert feeds["opportunity"].warnings == ("not read: x.csv",)


def test_a_field_of_several_columns(tmp_path: Path) -> None:
    folder = files_with(
        tmp_path / "m", {"D_1.csv": "No,Date won,Date lost,Owner\n", "D_2.csv": "No,Date won,Deal owner\n"}
    )
    columns: dict[str, Any] = {
        "opportunity_id": "No",
        "closed_at": ["Date won", "Date lost"],
        "owner_id": ["Owner", "Deal owner"],
    }
    source = mapping(folder, opportunity={"file": "D_*.csv", "columns": columns})
    assert feeds_of(source)["opportunity"].key == ("No",)
    for wrong, told in [
        (["Date won", "Date lust"], "there is no column 'Date lust'.*opportunity.closed_at.*\n.*Date lost"),
        (["Date lost", "Date lust"], "D_2.csv: there is no column 'Date lost'"),
    ]:
        columns["closed_at"] = wrong
        with pytest.raises(PipelineError, match=told):
            feeds_of(mapping(folder, opportunity={"file": "D_*.csv", "columns": columns}))


def test_a_name_that_stands_twice_is_refused_only_where_it_is_needed(tmp_path: Path) -> None:
    folder = files_with(tmp_path / "m", {"Deals.csv": "No,Val,Comment,comment\n1,5,a,b\n"})
    columns = {"opportunity_id": "No", "amount": "Val"}
    feed = feeds_of(mapping(folder, opportunity={"file": "Deals.csv", "columns": columns}))["opportunity"]
    assert rows_of(feed)[0]["comment (column 4)"] == "b"
    assert "Comment" in feed.warnings[0] or "comment" in feed.warnings[0]
    columns["next_step"] = "Comment"
    with pytest.raises(PipelineError, match=r"columns 3 \('Comment'\) and 4"):
        feeds_of(mapping(folder, opportunity={"file": "Deals.csv", "columns": columns}))
    files_with(tmp_path / "s", {"Lead.csv": "Id,Email,EMAIL,Mine,mine\n"})
    with pytest.raises(PipelineError, match=r"columns 2 \('Email'\) and 3"):
        feeds_of(entry("salesforce", tmp_path / "s"))


def test_a_line_end_in_a_header_is_a_blank(tmp_path: Path) -> None:
    folder = files_with(tmp_path / "m", {"D.csv": '"Deal\nNo","Close  Date",Close\n1,2026-01-05,x\n'})
    columns = {"opportunity_id": "Deal No", "close_date": "close date"}
    feed = feeds_of(mapping(folder, opportunity={"file": "D.csv", "columns": columns}))["opportunity"]
    assert feed.key == ("Deal No",)
    (row,) = rows_of(feed)
    assert (row["Deal No"], row["close date"], row["Close"]) == ("1", "2026-01-05", "x")


def test_sums_and_footnotes_are_no_records(tmp_path: Path) -> None:
    folder = files_with(
        tmp_path / "m",
        {
            "Deals.csv": "No,Name,Amount,Cur\nD-1,Acme,100,EUR\nTotal:,,300,EUR\nTotal Energies,Big,5,EUR\n"
            "Suma,,5,EUR\nSum,,2026-01-05,\nTotal,TotalEnergies,7000,EUR\nD 2,,,\nx,,,\n"
            "Confidential - do not share,,,\nThis list is made every night.,,,\n",
            "Leads.csv": "Name,Mail,Phone\nThe report ends after this line.,,\n"
            + "".join(f"Jane {number} Doe,,\n" for number in range(9))
            + "Dr. Maria Anna von Hohenstein,,\nCopyright (c) 2000-2026 salesforce.com,,\n",
            "Firms.csv": "Name,City\nTotal,Paris\n",
        },
    )
    source = mapping(
        folder,
        opportunity={"file": "Deals.csv", "columns": {"opportunity_id": "No", "amount": "Amount"}},
        lead={"file": "Leads.csv", "columns": {"lead_id": "Name", "email": "Mail"}},
        account={"file": "Firms.csv", "columns": {"account_id": "Name"}},
    )
    feeds = feeds_of(source)
    (batch,) = feeds["opportunity"].batches
    kept = ["D-1", "Total Energies", "Sum", "Total", "D 2", "x"]
    assert batch.rows["No"].to_pylist() == kept
    assert [(item.row, item.code) for item in batch.rejected] == [
        (2, "sum_row"), (4, "sum_row"), (9, "footnote"), (10, "footnote"),
    ]  # fmt: skip
    assert batch.rejected[0].record == '{"No": "Total:", "Amount": "300", "Cur": "EUR"}'
    (batch,) = feeds["lead"].batches  # a sentence far from the end, and people of whom no more is known
    assert batch.rows.num_rows == 11
    assert [(item.row, item.code) for item in batch.rejected] == [(12, "footnote")]
    assert rows_of(feeds["account"])[0]["Name"] == "Total"
    quotas = "rep,period,amount\nann,2026,5\nTotal,,5\nTotal,2026-Q1,5\nSuma,2026-Q1,5\n"
    files_with(tmp_path / "p", {"quotas.csv": quotas})
    (batch,) = feeds_of(entry("planning", tmp_path / "p"))["quotas"].batches
    assert [row["rep"] for row in batch.rows.to_pylist()] == ["ann", "Suma"]
    assert [item.code for item in batch.rejected] == ["sum_row", "sum_row"]


def test_a_header_that_is_repeated_is_no_record(tmp_path: Path) -> None:
    columns = {"owner_id": "Deal Owner", "stage": "Stage"}
    text = "Stage,Deal  Owner,,N,N\nNew,Ann,,1,x\nStage,Deal  Owner,,N,N\nStage,Ann,,2,y\nStage,,,,\n"
    folder = files_with(tmp_path / "m", {"D.csv": text})
    source = mapping(folder, opportunity={"file": "D.csv", "columns": columns, "key": []})
    (batch,) = feeds_of(source)["opportunity"].batches
    assert batch.rows["Stage"].to_pylist() == ["New", "Stage", "Stage"]
    assert [(item.row, item.code) for item in batch.rejected] == [(2, "header_row")]


def test_private_meetings_of_a_mapped_crm_land_as_busy_time(tmp_path: Path) -> None:
    text = "Id,Subject,Start,Who,Notes,Private\n1,Oncology,2026-01-05,Dr X,n,True\n"
    text += "2,Demo,2026-01-06,Bob,n,False\n"
    folder = files_with(
        tmp_path / "m", {"Cal.csv": f"{text}3,Ragged\n4,Therapy,2026-01-07,Dr Y,n,Vertraulich\n"}
    )
    columns = {"event_id": "Id", "subject": "Subject", "starts_at": "Start", "is_private": "Private"}
    (batch,) = feeds_of(mapping(folder, calendar_event={"file": "Cal.csv", "columns": columns}))[
        "calendar_event"
    ].batches
    rows = [
        [row[name] for name in ("Id", "Subject", "Start", "Who", "Notes")] for row in batch.rows.to_pylist()
    ]
    assert rows == [
        ["1", None, "2026-01-05", None, None],
        ["2", "Demo", "2026-01-06", "Bob", "n"],
        ["4", None, "2026-01-07", None, None],
    ]
    assert [(item.row, item.record) for item in batch.rejected] == [(3, "")]


@pytest.mark.parametrize(
    ("words", "subjects", "told"),
    [
        (["Öffentlich", "Público", "Publique", "privat", "Normaal", ""], 5, False),
        (["Team"] * 4 + ["no"] * 2, 2, True),
        (["Team"] * 2 + ["no"] * 3, 3, False),
        (["Vertraulich"] * 6, 0, False),
        (["Kundentermin"] * 6, 6, False),
        (["Geheim"] * 6, 0, False),
        (["Zahnarzt"] * 4, 0, False),
    ],
)
def test_a_word_that_hides_most_meetings_unasked_is_told(
    tmp_path: Path, words: list[str], subjects: int, told: bool
) -> None:
    text = "".join(f"{number},S,{word}\n" for number, word in enumerate(words))
    folder = files_with(tmp_path / "m", {"Cal.csv": f"Id,Subject,Private\n{text}"})
    mapped = {
        "file": "Cal.csv",
        "columns": {"event_id": "Id", "subject": "Subject", "is_private": "Private"},
        "values": {"is_private": {"Kundentermin": "false", "Geheim": "true"}},
    }
    (batch,) = feeds_of(mapping(folder, calendar_event=mapped))["calendar_event"].batches
    assert batch.rows["Subject"].null_count == len(words) - subjects
    assert any("says 'team' of most events" in warning for warning in batch.warnings) is told
    assert bool(batch.warnings) is told


@pytest.mark.parametrize(
    ("mapped", "told"),
    [
        ({"file": "Lead.csv", "columns": {"lead_id": "Id"}}, ["lead", "Lead.csv", "Leads.csv"]),
        (
            {"file": "Leads.csv", "columns": {"lead_id": "Id", "email": "Mail"}},
            ["Leads.csv", "'Mail'", "E-Mail"],
        ),
        ({"file": "Leads.csv", "key": "No", "columns": {"lead_id": "Id"}}, ["Leads.csv", "No"]),
        ({"file": "notes.md", "columns": {"lead_id": "Id"}}, ["notes.md"]),
    ],
)
def test_mapping_mistakes(tmp_path: Path, mapped: dict[str, Any], told: list[str]) -> None:
    folder = files_with(tmp_path / "m", {"Leads.csv": "Id,E-Mail\n1,a@x.io\n", "notes.md": "x"})
    with pytest.raises(PipelineError) as error:
        feeds_of(mapping(folder, lead=mapped))
    for words in ["crm", *told]:
        assert words in str(error.value)


def test_declared_mapping(tmp_path: Path) -> None:
    mapped = MappedObject.model_validate({"file": "L.csv", "columns": {"lead_id": "Id"}})
    assert declared_objects(mapping(tmp_path, lead=mapped)) == [("csv_mapping", "lead")]


def test_a_mapping_that_fits_nothing_names_the_first_row_and_the_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Summary"  # type: ignore[union-attr]
    book.active.append(["Leads of 2026"])  # type: ignore[union-attr]
    book.create_sheet("Leads").append(["Id"])
    book.save(tmp_path / "L.xlsx")
    with pytest.raises(PipelineError) as error:
        feeds_of(mapping(tmp_path, lead={"file": "L.xlsx", "columns": {"lead_id": "Id"}}))
    for words in ["L.xlsx", "first row", "Leads of 2026", "`sheet:`", "Summary, Leads"]:
        assert words in str(error.value)
