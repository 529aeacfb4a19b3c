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


def exempting(text: str) -> str:
    return f"{REPORTING}{CRM}    lead_exemptions:\n      - {{{text}}}\n"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sources.yaml"
    path.write_text(text, encoding="utf-8")
    return path


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
        (REPORTING + "\t- x\n", ["line 3", "YAML"]),
        ("reporting: {time_zone: UTC, currency: EUR}\nsources: []\n", ["line 2", "at least one source"]),
        ("", ["reporting", "sources"]),
    ],
    ids=[
        "zone", "currency", "system", "unknown key", "same name", "no path", "name", "other system's key",
        "key twice", "bounds", "exempt for ever", "exempts nothing", "no rule", "weightless rule",
        "exempt address", "lead and domain", "stage twice", "shares", "no owner", "field", "object", "no key",
        "values, no column", "constant and column", "not yaml", "no sources", "empty",
    ],
)  # fmt: skip
def test_a_mistake_names_its_line_and_the_remedy(tmp_path: Path, text: str, told: list[str]) -> None:
    path = written(tmp_path, text)
    with pytest.raises(PipelineError) as error:
        load_sources_file(path)
    for words in [*told, str(path)]:
        assert words in str(error.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as error:
        load_sources_file(written(tmp_path, REPORTING + CRM.replace("zoho", "x") + "    requird: true\n"))
    assert "2 mistakes" in str(error.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"nowhere\.yaml"):
        load_sources_file(tmp_path / "nowhere.yaml")
