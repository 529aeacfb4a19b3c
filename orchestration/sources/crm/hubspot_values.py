"""HubSpot's own values: what an export shows of one, as the API writes it.

Belongs here: SQL over one column of text. An account's own values (stages, lead statuses, loss reasons) stay
as people see them.
"""

from collections.abc import Callable, Mapping

# Values of HubSpot's own lists: the API writes the label in one of two ways ...
_UPPER = frozenset(
    ["hs_analytics_source", "hs_object_source", "hs_manual_forecast_category", "hs_call_direction",
     "hs_call_status", "hs_email_direction", "hs_email_status", "hs_meeting_outcome", "hs_task_status",
     "hs_task_type", "hs_communication_channel_type"]
)  # fmt: skip
_LOWER = frozenset(["lifecyclestage", "dealtype"])
# ... and some have a name of their own.
_NAMED: Mapping[str, Mapping[str, str]] = {
    "hs_call_disposition": {"CONNECTED": "f240bbac-87c9-4f6e-bf70-924b57d47db7"},
    "hs_email_direction": {"INCOMING": "INCOMING_EMAIL", "OUTGOING": "EMAIL", "OUTGOING_EMAIL": "EMAIL"},
    "hs_manual_forecast_category": {"NOT_FORECASTED": "OMIT", "CLOSED_WON": "CLOSED"},
}


def api_value(target: str, text: str) -> str:
    """SQL of the value of property `target` from `text`, a quoted column."""
    if target in _OTHER:
        return _OTHER[target](text)
    if target in _LOWER:
        return f"lower(regexp_replace({text}, '[^A-Za-z0-9]', '', 'g'))"
    if target not in _UPPER and target not in _NAMED:
        return text
    written = f"upper(regexp_replace(trim({text}), '[^A-Za-z0-9]+', '_', 'g'))"
    known = " ".join(f"when '{label}' then '{name}'" for label, name in _NAMED.get(target, {}).items())
    return f"case {written} {known} else {written if target in _UPPER else text} end" if known else written


def _owner(text: str) -> str:
    """`Ann Lee (ann@acme.example)`, `Bob Ray (Deactivated User)`: the address, else the name."""
    address = f"nullif(regexp_extract({text}, '\\(([^()\\s]+@[^()\\s]+)\\)\\s*$', 1), '')"
    return f"coalesce({address}, regexp_replace({text}, '\\s*\\(Deactivated User\\)\\s*$', '', 'i'))"


def _milliseconds(text: str) -> str:
    """Some exports say hours:minutes:seconds."""
    hours, minutes, seconds = (f"try_cast(string_split({text}, ':')[{n}] as bigint)" for n in (1, 2, 3))
    whole = f"({hours} * 3600 + {minutes} * 60 + {seconds}) * 1000"
    return f"case when {text} like '%:%:%' then cast({whole} as varchar) else {text} end"


def _share(text: str) -> str:
    """`20%` is 0.2 in the API."""
    share = f"try_cast(replace({text}, '%', '') as decimal(9, 4)) / 100"
    return f"case when {text} like '%\\%%' escape '\\' then cast({share} as varchar) else {text} end"


def _team(text: str) -> str:
    named = f"cast(to_json([{{'name': {text}}}]) as varchar)"
    return f"case when {text} like '[%' then {text} when {text} <> '' then {named} end"


def _archived(text: str) -> str:
    return f"case lower({text}) when 'active' then 'false' when 'deactivated' then 'true' else {text} end"


_OTHER: Mapping[str, Callable[[str], str]] = {
    "hubspot_owner_id": _owner,
    "hs_call_duration": _milliseconds,
    "hs_deal_stage_probability": _share,
    "teams": _team,
    "archived": _archived,
}
