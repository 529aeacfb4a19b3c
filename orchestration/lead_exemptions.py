"""Exemptions from the lead rules, as the sources file states them.

Belongs here: the shape of one exemption and its rows for the build manifest. What it does to a flag is
the warehouse's business (`int_lead_exemptions`).
"""

import csv
import difflib
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from orchestration.settings import DBT_PROJECT_DIR

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]
DUPLICATE = "duplicate"  # a verdict without a flag


@cache
def exemptible_rules() -> tuple[str, ...]:
    """Codes of the flags that count against a lead, and `duplicate`: what an exemption may name."""
    path = DBT_PROJECT_DIR / "seeds" / "lead_quality" / "lead_flag_weights.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return (*(row["flag"] for row in csv.DictReader(file) if row["family"] != "process"), DUPLICATE)


class LeadExemption(BaseModel):
    """Leads, mail domains or rules of one source that are not to count, why, and until when.

    Each of the three is one or a list. `rule` together with `lead` or `domain` narrows the exemption to
    that rule; without `rule` it covers every one. `until` is the last day on which it holds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    lead: Texts | None = None  # ids as the CRM gives them, or as `lead_id` in the marts
    domain: Texts | None = None  # with its subdomains
    rule: Texts | None = None
    reason: Text
    until: date

    @field_validator("lead", "domain", "rule", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("domain")
    @classmethod
    def _bare_domains(cls, domains: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if domains is None else tuple(_ascii_domain(domain) for domain in domains)

    @field_validator("rule")
    @classmethod
    def _known_rules(cls, rules: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for rule in rules or ():
            if rule not in exemptible_rules():
                near = difflib.get_close_matches(rule, exemptible_rules(), n=1, cutoff=0.6)
                hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(exemptible_rules())}"
                raise ValueError(f"{rule!r} is no rule that counts against a lead; {hint}")
        return rules

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not (self.lead or self.domain or self.rule):
            raise ValueError("say what is exempt: lead, domain or rule")
        if self.lead and self.domain:
            raise ValueError("give either lead or domain, and the other in an exemption of its own")
        return self

    def rows(self, source: str) -> Iterator[dict[str, Any]]:
        """One row per lead or domain, and rule: source_instance, lead_id, domain, rule, reason, until."""
        prefix = f"{source}:"
        for lead in self.lead or (None,):
            for domain in self.domain or (None,):
                for rule in self.rule or (None,):
                    yield {
                        "source_instance": source,
                        "lead_id": lead and prefix + lead.removeprefix(prefix),
                        "domain": domain,
                        "rule": rule,
                        "reason": self.reason,
                        "until": self.until.isoformat(),
                    }


def _ascii_domain(domain: str) -> str:
    if "@" in domain or "/" in domain or "." not in domain.strip("."):
        raise ValueError(f"{domain!r} is no bare domain such as acme.io")
    try:
        return domain.lower().encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError(f"{domain!r} is no domain: {error}") from error
