"""What is known of the generated organisations' leads, and what each kind of pollution spoils.

Belongs here: labels. What the rules make of them is `organisations.py`.
"""

from dataclasses import dataclass
from typing import Any

from evaluation.inputs import ORGANISATIONS
from orchestration.sources.demo import answers, generate

# Kind: evidence groups that it always spoils, and those that it spoils in some of its records.
SPOILS: dict[str, tuple[str, str]] = {
    "keyboard_mash": ("name organisation phone", "email"),
    "random_letters": ("name organisation email", ""),
    "disposable_email": ("name email", ""),
    "placeholder_email": ("name email", ""),
    "test_names": ("name email", "organisation"),
    "fictional_names": ("name email", "organisation phone"),
    "unknown_names": ("name organisation email", "phone"),
    "field_words": ("name organisation email", "phone"),
    "sample_record": ("proof", "name organisation email phone"),
    "url_in_name": ("name email", ""),
    "html_in_name": ("name email", ""),
    "emoji_in_name": ("name email", ""),
    "email_in_name": ("name email", ""),
    "phone_placeholder": ("name phone", ""),
    "shared_phone": ("name email phone", ""),
    "company_placeholder": ("organisation email", "name phone"),
    "invalid_address": ("name email phone", ""),
    "own_domain": ("name email", "organisation"),
    "impossible_dates_and_mash": ("name email behaviour phone", ""),
    "impossible_modified": ("behaviour", ""),
    "created_in_future": ("behaviour", ""),
    "role_account": ("email", ""),
    "name_email_mismatch": ("email", ""),
    "address_typo": ("email", ""),
    "phone_invalid": ("phone", ""),
    "phone_region": ("phone", ""),
    "title_placeholder": ("organisation", ""),
    "bounced": ("email", ""),
}
GROUPS = ("email", "name", "phone", "organisation", "behaviour", "proof")
STALE = ("untouched", "unowned", "owner_inactive", "opted_out", "recontact_overdue")


@dataclass(frozen=True)
class Lead:
    """What is known of a generated lead: its kinds, and its text for the list of worst errors."""

    kinds: tuple[str, ...]
    is_fake: bool
    is_held_back: bool
    duplicate_of: str | None
    text: str


@dataclass(frozen=True)
class Truth:
    """All generated leads by lead_id, and the kinds of the generator."""

    leads: dict[str, Lead]
    kinds: dict[str, dict[str, Any]]

    @property
    def open(self) -> set[str]:
        """The leads that may be looked at: all but those of held-back kinds."""
        return {key for key, lead in self.leads.items() if not lead.is_held_back}

    def of_kind(self, kind: str) -> set[str]:
        return {key for key, lead in self.leads.items() if kind in lead.kinds}


def truth() -> Truth:
    """Labels of every generated lead, from the generator's own answers."""
    leads: dict[str, Lead] = {}
    kinds: dict[str, dict[str, Any]] = {}
    for instance, options in ORGANISATIONS.items():
        told = answers(options)
        kinds = told["kinds"]
        for record in generate(options)["salesforce", "Lead"].to_pylist():
            entry = told["leads"].get(record["Id"], {"kinds": [], "is_fake": False, "duplicate_of": None})
            names = tuple(entry["kinds"])
            same = entry["duplicate_of"]
            fields = ("FirstName", "LastName", "Company", "Email", "Phone")
            leads[f"{instance}:{record['Id']}"] = Lead(
                kinds=names,
                is_fake=entry["is_fake"],
                is_held_back=any(kinds.get(name, {}).get("is_held_back") for name in names),
                duplicate_of=f"{instance}:{same}" if same else None,
                text=" · ".join(record[name] or "–" for name in fields),
            )
    return Truth(leads, kinds)
