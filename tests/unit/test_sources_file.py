"""The sources file: what is accepted, and how each mistake is told."""

from pathlib import Path

import pytest

from orchestration.errors import PipelineError
from orchestration.settings import PROJECT_ROOT
from orchestration.sources_file import load_sources_file

REPORTING = "reporting: {time_zone: Europe/Berlin, currency: EUR}\nsources:\n"
CRM = "  - name: crm\n    system: zoho\n    path: exports\n"
MAPPED = (
    "  - name: sheet\n    system: csv_mapping\n    path: .\n    objects:\n      lead:\n"
    "        file: Leads.csv\n        columns:\n          lead_id: Id\n          email: Mail\n"
)

DEALS = REPORTING + (
    "  - name: sheet\n    system: csv_mapping\n    path: .\n    objects:\n      opportunity:\n"
    "        file: Deals.csv\n        columns:\n          opportunity_id: Id\n          status: State\n"
)


def exempting(text: str) -> str:
    return f"{REPORTING}{CRM}    lead_exemptions:\n      - {{{text}}}\n"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sources.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_mapping_without_a_time_zone_is_in_the_reporting_one(tmp_path: Path) -> None:
    text = DEALS.replace("Europe/Berlin", "America/Chicago")
    (entry,) = load_sources_file(written(tmp_path, text)).sources
    assert entry.time_zone == "America/Chicago"
    (entry,) = load_sources_file(written(tmp_path, text + "    time_zone: UTC\n")).sources
    assert entry.time_zone == "UTC"
    (entry,) = load_sources_file(written(tmp_path, REPORTING + CRM)).sources
    assert entry.time_zone == "UTC"


@pytest.mark.parametrize("name", ["sources.yaml", "sources.example.yaml"])
def test_the_files_we_ship_are_right(name: str) -> None:
    sources = load_sources_file(PROJECT_ROOT / "orchestration" / name)
    assert sources.sources
    assert all(entry.currency for entry in sources.sources)


def test_paths_count_from_the_file_and_currency_is_inherited(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (entry,) = load_sources_file(written(tmp_path / "conf", REPORTING + CRM)).sources
    assert entry.path == tmp_path / "conf" / "exports"
    assert entry.currency == "EUR"
    assert entry.is_complete


def test_text_stays_as_written(tmp_path: Path) -> None:
    # YAML would make False, 7 and True of these
    text = MAPPED + "        constants: {country: NO, phone: 007}\n        values: {email: {TRUE: yes}}\n"
    (entry,) = load_sources_file(written(tmp_path, REPORTING + text)).sources
    lead = entry.objects["lead"]
    assert lead.constants == {"country": "NO", "phone": "007"}
    assert lead.values == {"email": {"TRUE": "yes"}}
    assert lead.file == ("Leads.csv",)


def test_a_field_of_one_column_or_of_several(tmp_path: Path) -> None:
    text = MAPPED + "          created_at: [Made, Imported, made]\n"
    (entry,) = load_sources_file(written(tmp_path, REPORTING + text)).sources
    lead = entry.objects["lead"]
    assert lead.columns["created_at"] == ("Made", "Imported")
    assert set(lead.source_columns) > {"Made", "Imported"}
    written_out = lead.model_dump(mode="json")["columns"]
    assert written_out["created_at"] == ["Made", "Imported"]
    assert all(isinstance(name, str) for field, name in written_out.items() if field != "created_at")


def test_a_window_that_microsoft_refuses_is_told_before_it_is_asked_for(tmp_path: Path) -> None:
    account = "{mailboxes: [ann@acme.io], tenant: acme, client_id_env: ID, client_secret_env: SECRET}"
    entry = f"  - name: cal\n    system: microsoft_calendar\n    microsoft_calendar_api: {account}\n"
    months = "    window_months_back: {}\n    window_months_ahead: 12\n"
    assert load_sources_file(written(tmp_path, REPORTING + entry + months.format(45))).sources
    with pytest.raises(PipelineError, match="at most 57 together: Microsoft's calendar view ends"):
        load_sources_file(written(tmp_path, REPORTING + entry + months.format(46)))


def test_records_have_one_address_or_one_by_kind(tmp_path: Path) -> None:
    one = f'{REPORTING}{CRM}    record_url: "https://crm.example/{{id}}"\n'
    (entry,) = load_sources_file(written(tmp_path, one)).sources
    assert set(entry.record_url.values()) == {"https://crm.example/{id}"}
    assert {"lead", "opportunity", "user"} <= set(entry.record_url)
    by_kind = f'{REPORTING}{CRM}    record_url: {{lead: "https://crm.example/l/{{id}}"}}\n'
    (entry,) = load_sources_file(written(tmp_path, by_kind)).sources
    assert entry.record_url == {"lead": "https://crm.example/l/{id}"}
    for wrong in ("https://crm.example/", "javascript:alert({id})", "{deal: 'https://crm.example/{id}'}"):
        with pytest.raises(PipelineError, match=r"sources.yaml, line 6.*record_url"):
            load_sources_file(written(tmp_path, f"{REPORTING}{CRM}    record_url: {wrong}\n"))


def test_an_exemption_names_one_or_many(tmp_path: Path) -> None:
    text = "lead: [7, crm:8], rule: email_role, reason: known, until: 2026-12-31"
    domains = "domain: [Bücher.example, a.io], reason: partner, until: 2026-12-31"
    (entry,) = load_sources_file(written(tmp_path, exempting(text))).sources
    (other,) = load_sources_file(written(tmp_path, exempting(domains))).sources
    (leads,), (partners,) = entry.lead_exemptions, other.lead_exemptions
    assert [(row["lead_id"], row["rule"]) for row in leads.rows("crm")] == [
        ("crm:7", "email_role"),
        ("crm:8", "email_role"),
    ]
    assert [(row["domain"], row["rule"]) for row in partners.rows("crm")] == [
        ("xn--bcher-kva.example", None),
        ("a.io", None),
    ]
    assert {(row["reason"], row["until"]) for row in leads.rows("crm")} == {("known", "2026-12-31")}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("reporting: {time_zone: Berlin, currency: EUR}\nsources:\n" + CRM, ["line 1", "Berlin", "IANA"]),
        ("reporting: {time_zone: UTC, currency: eur}\nsources:\n" + CRM, ["line 1", "eur", "ISO 4217"]),
        (REPORTING + CRM.replace("zoho", "zohoo"), ["line 4", "zohoo", "Did you mean zoho?"]),
        (REPORTING + CRM + "    requird: true\n", ["line 6", "source crm", "Did you mean required?"]),
        (REPORTING + CRM + CRM, ["line 6", "crm", "line 3"]),
        (REPORTING + CRM.replace("    path: exports\n", ""), ["line 3", "crm", "path"]),
        (REPORTING + CRM.replace("crm", "My CRM"), ["line 3", "My CRM"]),
        (REPORTING + CRM + "    scale: 2\n", ["source crm", "zoho has no scale"]),
        (REPORTING + CRM + "    path: other\n", ["line 6", "path", "line 5"]),
        (REPORTING + CRM + "    lead_allowance: {fake_share: 1.5, reason: x}\n", ["line 6", "fake_share"]),
        (exempting("domain: a.io, reason: x"), ["line 7", "until is missing"]),
        (exempting("reason: x, until: 2026-12-31"), ["line 7", "lead, domain or rule"]),
        (exempting("rule: email_rol, reason: x, until: 2026-12-31"), ["line 7", "did you mean email_role?"]),
        (exempting("rule: burst, reason: x, until: 2026-12-31"), ["line 7", "'burst'", "counts against"]),
        (exempting("domain: x@a.io, reason: x, until: 2026-12-31"), ["line 7", "no bare domain"]),
        (exempting("lead: 1, domain: a.io, reason: x, until: 2026-12-31"), ["line 7", "either lead or"]),
        (REPORTING + CRM + "    stages: [{stage: A, order: 1}, {stage: A, order: 2}]\n", ["line 6", "'A'"]),
        (
            REPORTING + CRM + "    stages: [{stage: A, order: 1, probability: 0.2}]\n",
            ["line 6", "write 20, not 0.2"],
        ),
        (REPORTING + "  - {name: cal, system: icalendar, path: c}\n", ["line 3", "owner_from"]),
        (REPORTING + MAPPED.replace("email:", "emial:"), ["line 11", "emial", "Did you mean email?"]),
        (REPORTING + MAPPED.replace("lead:", "laed:"), ["line 7", "laed", "Did you mean lead?"]),
        (REPORTING + MAPPED.replace("          lead_id: Id\n", ""), ["line 7", "lead_id", "key: []"]),
        (REPORTING + MAPPED + "        values: {phone: {a: b}}\n", ["line 12", "phone", "columns"]),
        (REPORTING + MAPPED + "        constants: {email: x}\n", ["line 12", "email", "both"]),
        (REPORTING + "\t- x\n", ["line 3", "YAML", "Indent with blanks"]),
        (REPORTING + CRM.replace("exports", '"C:\\Users\\ann"'), ["line 5", "YAML", "single quotes"]),
        ("reporting: {time_zone: UTC, currency: EUR}\nsources: []\n", ["line 2", "at least one source"]),
        ("", ["reporting", "sources"]),
    ],
    ids=[
        "zone", "currency", "system", "unknown key", "same name", "no path", "name", "other system's key",
        "key twice", "bounds", "exempt for ever", "exempts nothing", "no rule", "weightless rule",
        "exempt address", "lead and domain", "stage twice", "shares", "no owner", "field", "object", "no key",
        "values, no column", "constant and column", "tab", "escape", "no sources", "empty",
    ],
)  # fmt: skip
def test_a_mistake_names_its_line_and_the_remedy(tmp_path: Path, text: str, told: list[str]) -> None:
    path = written(tmp_path, text)
    with pytest.raises(PipelineError) as error:
        load_sources_file(path)
    for words in [*told, str(path)]:
        assert words in str(error.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (REPORTING, ["line 2", "sources: write a list", "it is empty"]),
        (REPORTING.rstrip() + " {a: b}\n", ["line 2", "sources: write a list"]),
        (REPORTING + "  - foo\n", ["line 3", "source number 1", "`name: value` lines"]),
        (
            REPORTING.replace("EUR", "EUR, own_domains: acme.io") + CRM,
            ["own_domains: write a list", "acme.io"],
        ),
        (
            REPORTING.replace("EUR", "EUR, segment_by: revenue, segment_bands: [1, x]") + CRM,
            ["line 1: reporting.segment_bands: write a number; 'x' is none"],
        ),
        (REPORTING + CRM + "    [a, b]: c\n", ["line 6", "the name of a setting"]),
        (REPORTING + CRM + "    <<: {required: true}\n", ["line 6", "cannot be merged", "alias"]),
        ("reporting: &r {own_domains: *r}\nsources:\n" + CRM, ["line 1", "holds itself"]),
        (REPORTING + CRM.replace("exports", "''"), ["line 5", "path", "empty"]),
        (REPORTING + CRM.replace("exports", "~nosuchuser/x"), ["line 5", "'~nosuchuser/x'", "whole path"]),
        (REPORTING + CRM.replace("exports", '"a\\0b"'), ["line 5", "NUL"]),
        (
            REPORTING + CRM + CRM.replace("crm", "copy").replace("exports", "./exports/"),
            ["line 8", "counted twice"],
        ),
        (
            "reporting: {time_zone: localtime, currency: EUR}\nsources:\n" + CRM,
            ["line 1", "localtime", "IANA"],
        ),
        (
            REPORTING + "  - {name: d, system: demo, end_date: 9999-12-31}\n",
            ["line 3", "end_date", "2199-12-31"],
        ),
        (
            REPORTING + CRM + "    loss_reasons: {A: lost, a: no_decision}\n",
            ["line 6", "a and A", "case only"],
        ),
        (
            REPORTING + MAPPED + "        values: {email: {Won: x, 'won ': y}}\n",
            ["line 12", "won  and Won", "case only"],
        ),
        (
            REPORTING + MAPPED + "        constants: {is_sample: maybe}\n",
            ["line 12", "maybe", "true or false"],
        ),
        (REPORTING + MAPPED + "        constants: {employees: abc}\n", ["line 12", "abc", "a number"]),
        (REPORTING + MAPPED.replace(": Id", ": [Id, No]"), ["line 10", "several columns", "[One, Two]"]),
        (REPORTING + MAPPED.replace(": Mail", ": []"), ["line 11", "email", "at least 1 item"]),
        (DEALS + "        constants: {currency: euro}\n", ["line 12", "euro", "ISO 4217"]),
        (
            DEALS + "        values: {status: {Signed: wonn}}\n",
            ["line 12", "wonn", "open, won, lost, no_decision"],
        ),
        (DEALS + "        key: []\n", ["line 12", "opportunity_id", "Leave `key: []` out"]),
    ],
)
def test_what_reads_well_and_means_nothing_is_told(tmp_path: Path, text: str, told: list[str]) -> None:
    with pytest.raises(PipelineError) as error:
        load_sources_file(written(tmp_path, text))
    for words in told:
        assert words in str(error.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as error:
        load_sources_file(written(tmp_path, REPORTING + CRM.replace("zoho", "x") + "    requird: true\n"))
    assert "2 mistakes" in str(error.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"nowhere\.yaml"):
        load_sources_file(tmp_path / "nowhere.yaml")


def test_what_is_no_text_file_is_told_as_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="is a folder") as error:
        load_sources_file(tmp_path)
    assert "UTF-8" not in str(error.value)
    (tmp_path / "sources.yaml").write_bytes((REPORTING + CRM).encode("utf-16"))
    with pytest.raises(PipelineError, match="UTF-8"):
        load_sources_file(tmp_path / "sources.yaml")


def test_a_wrong_number_is_one_mistake(tmp_path: Path) -> None:
    text = REPORTING.replace("EUR", "EUR, segment_by: revenue, segment_bands: [1, x]") + CRM
    with pytest.raises(PipelineError) as error:
        load_sources_file(written(tmp_path, text))
    assert "mistakes" not in str(error.value)


@pytest.mark.parametrize(
    "secret", ["pat-na1-1234-abcd", "1//0abc", "0a1b2c3d4e5f60718293", "a0b1c2d3e4f5a6b7c8d9e0"]
)
def test_a_secret_in_the_place_of_its_variable_is_refused_and_not_shown(tmp_path: Path, secret: str) -> None:
    text = f"{REPORTING}  - {{name: crm, system: hubspot, hubspot_api: {{token_env: {secret}}}}}\n"
    with pytest.raises(PipelineError) as error:
        load_sources_file(written(tmp_path, text))
    assert "line 3" in str(error.value)
    assert "token_env" in str(error.value)
    assert secret not in str(error.value)
    load_sources_file(written(tmp_path, text.replace(secret, "HUBSPOT_TOKEN_OF_OUR_2ND_PORTAL")))


def test_what_may_stand_twice_and_be_meant_otherwise(tmp_path: Path) -> None:
    sheets = MAPPED + MAPPED.replace("sheet", "other")  # mappings take different things of the same files
    values = (
        "        values: {is_sample: {J: TRUE, N: no, n: 'No'}, employees: {few: '5'}, email: {n/a: ''}}\n"
    )
    columns = "          is_sample: S\n          employees: E\n"
    assert len(load_sources_file(written(tmp_path, REPORTING + sheets + columns + values)).sources) == 2
    values = "        values: {status: {Signed: Won, Gone: lost, Abandoned: no_decision}}\n"
    status = values + "        constants: {currency: usd}\n"
    assert load_sources_file(written(tmp_path, DEALS + status)).sources
