"""What HubSpot's exports call things: the labels of columns against the API's names.

Belongs here: names only, as HubSpot ships them in English. Values are in `hubspot_values`.
"""

import re
from collections.abc import Mapping

_PERSON = {
    "First Name": "firstname",
    "Last Name": "lastname",
    "Email": "email",
    "Phone Number": "phone",
    "Mobile Phone Number": "mobilephone",
    "Job Title": "jobtitle",
    "Company Name": "company",
    "Number of Employees": "numemployees",
    "Lead Status": "hs_lead_status",
    "Created by user ID": "hs_created_by_user_id",
    "Unsubscribed from all email": "hs_email_optout",
    "Became a Lead Date": "hs_lifecyclestage_lead_date",
    "Became an Opportunity Date": "hs_lifecyclestage_opportunity_date",
    "Became a Customer Date": "hs_lifecyclestage_customer_date",
    "Primary Associated Company ID": "associatedcompanyid",
    "Associated Company ID": "associatedcompanyid",
}
_PARTY = {
    "Country/Region": "country",
    "Country": "country",
    "Website URL": "website",
    "Industry": "industry",
    "Annual Revenue": "annualrevenue",
    "Lifecycle Stage": "lifecyclestage",
}
_SOURCE = {"Original Traffic Source": "hs_analytics_source", "Original Source": "hs_analytics_source"}
_MERGED = {"Merged object IDs": "hs_merged_object_ids", "Merged record IDs": "hs_merged_object_ids"}
_RECORD = {"Create Date": "createdate", "Last Modified Date": "updatedAt"}
_ACTIVITY = {
    "Activity date": "hs_timestamp",
    "Activity assigned to": "hubspot_owner_id",
    "Assigned to": "hubspot_owner_id",
    "Create date": "hs_createdate",
    "Last modified date": "updatedAt",
    "Record source": "hs_object_source",
}

# Object to label to property; the first label of a property that a file has is taken. Every object has
# `Record ID` too, `<Object> ID` in older exports, and `<Object> owner`.
LABELS: Mapping[str, Mapping[str, str]] = {
    "contacts": {**_PERSON, **_PARTY, **_SOURCE, **_MERGED, **_RECORD},
    "companies": {
        "Company name": "name",
        "Name": "name",
        "Company Domain Name": "domain",
        "Number of Employees": "numberofemployees",
        "Type": "type",
        **_PARTY,
        **_MERGED,
        **_RECORD,
    },
    "deals": {
        "Deal Name": "dealname",
        "Pipeline": "pipeline",
        "Deal Stage": "dealstage",
        "Amount": "amount",
        "Currency": "deal_currency_code",
        "Deal probability": "hs_deal_stage_probability",
        "Forecast category": "hs_manual_forecast_category",
        "Deal Type": "dealtype",
        "Original Source Type": "hs_analytics_source",
        "Close Date": "closedate",
        "Closed Lost Reason": "closed_lost_reason",
        "Next step": "hs_next_step",
        "Is Deal Closed?": "hs_is_closed",
        "Is Closed Won": "hs_is_closed_won",
        **_SOURCE,
        **_MERGED,
        **_RECORD,
    },
    "leads": {
        "Lead Name": "hs_lead_name",
        "Lead Type": "hs_lead_type",
        "Lead Label": "hs_lead_label",
        "Lead Pipeline": "hs_pipeline",
        "Pipeline": "hs_pipeline",
        "Lead Stage": "hs_pipeline_stage",
        "Lead pipeline stage": "hs_pipeline_stage",
        "Lead disqualification reason": "hs_lead_disqualification_reason",
        "Disqualification reason": "hs_lead_disqualification_reason",
        "Create Date": "hs_createdate",
        "Last Modified Date": "updatedAt",
    },
    "line_items": {
        "Name": "name",
        "Quantity": "quantity",
        "Unit price": "price",
        "Unit discount (%)": "hs_discount_percentage",
        "Discount Percentage": "hs_discount_percentage",
        **_RECORD,
    },
    "calls": {
        **_ACTIVITY,
        "Call Title": "hs_call_title",
        "Call notes": "hs_call_body",
        "Call direction": "hs_call_direction",
        "Call outcome": "hs_call_disposition",
        "Call duration": "hs_call_duration",
        "Call duration (HH:mm:ss)": "hs_call_duration",
        "Call status": "hs_call_status",
    },
    "emails": {
        **_ACTIVITY,
        "Email subject": "hs_email_subject",
        "Email body": "hs_email_text",
        "Email direction": "hs_email_direction",
        "Email send status": "hs_email_status",
    },
    "meetings": {
        **_ACTIVITY,
        "Meeting name": "hs_meeting_title",
        "Meeting description": "hs_meeting_body",
        "Meeting location": "hs_meeting_location",
        "Meeting start time": "hs_meeting_start_time",
        "Meeting end time": "hs_meeting_end_time",
        "Meeting outcome": "hs_meeting_outcome",
        "External URL": "hs_meeting_external_url",
    },
    "tasks": {
        "Due date": "hs_timestamp",
        **_ACTIVITY,
        "Task Title": "hs_task_subject",
        "Task notes": "hs_task_body",
        "Task status": "hs_task_status",
        "Task type": "hs_task_type",
        "Completed at": "hs_task_completion_date",
    },
    "notes": {**_ACTIVITY, "Note body": "hs_note_body"},
    "communications": {
        **_ACTIVITY,
        "Channel type": "hs_communication_channel_type",
        "Communication body": "hs_communication_body",
    },
    "owners": {
        "Owner ID": "id",
        "User ID": "id",
        "Email": "email",
        "First Name": "firstName",
        "Last Name": "lastName",
        "Primary team": "teams",
        "Main team": "teams",
        "Team": "teams",
        "Status": "archived",
        "User status": "archived",
    },
}
SINGULAR = {
    **{name: name.removesuffix("s").replace("_", " ") for name in LABELS},
    "companies": "company",
}


def plain(label: str) -> str:
    """A label without case, blanks and signs: exports of different years differ in them."""
    return re.sub(r"[^a-z0-9]", "", label.lower())
