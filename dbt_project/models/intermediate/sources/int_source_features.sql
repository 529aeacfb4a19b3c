-- noqa: disable=LT01,LT02,LT06 (written by loops)
-- Grain: source instance. Which inputs it has ever landed: a rule that needs one it has not is not
-- evaluated. What planning and calendars bring serves the reps of every instance alike.
{%- set inputs = {
    'leads': ('int_lead_snapshots_unioned', {
        'has_leads': 'lead_id',
        'has_lead_email': 'email',
        'has_lead_name': 'coalesce(first_name, last_name, full_name)',
        'has_lead_phone': 'coalesce(phone, mobile_phone)',
        'has_lead_title': 'title',
        'has_lead_company': 'company',
        'has_lead_country': 'country',
        'has_lead_address': 'coalesce(street, city, postal_code)',
        'has_lead_website': 'website',
        'has_lead_status': 'status',
        'has_lead_source': 'lead_source',
        'has_lead_owner': 'owner_id',
        'has_lead_creator': 'created_by_id',
        'has_lead_created_at': 'created_at',
        'has_lead_modified_at': 'modified_at',
        'has_lead_conversion': 'coalesce(cast(is_converted as varchar), opportunity_id, cast(converted_at as varchar))',
        'has_lead_converted_at': 'converted_at',
        'has_lead_recontact_on': 'recontact_on',
        'has_lead_disqualified_reason': 'disqualified_reason',
        'has_lead_bounces': 'email_bounced_at',
        'has_lead_opt_out': 'has_opted_out',
    }),
    'opportunities': ('int_opportunity_snapshots_unioned', {
        'has_opportunities': 'opportunity_id',
        'has_opportunity_amount': 'amount',
        'has_opportunity_list_amount': 'list_amount',
        'has_opportunity_close_date': 'close_date',
        'has_opportunity_created_at': 'created_at',
        'has_opportunity_modified_at': 'modified_at',
        'has_opportunity_probability': 'probability',
        'has_opportunity_forecast_category': 'forecast_category',
        'has_opportunity_type': 'opportunity_type',
        'has_opportunity_lead_source': 'lead_source',
        'has_opportunity_owner': 'owner_id',
        'has_opportunity_account': 'account_id',
        'has_opportunity_next_step': 'next_step',
        'has_opportunity_loss_reason': 'loss_reason',
        'has_opportunity_reviewed_at': 'reviewed_at',
        'has_no_decision_status': "case when status = 'no_decision' then 1 end",
    }),
    'activities': ('int_activities_dated', {
        'has_activities': 'activity_id',
        'has_activity_instants': "case when occurred_at_precision = 'instant' and kind <> 'meeting' then 1 end",
        'has_activity_inbound': "case when direction = 'inbound' then 1 end",
        'has_activity_connected': 'is_connected',
        'has_activity_durations': 'duration_minutes',
        'has_activity_created_at': 'created_at',
        'has_activity_due_at': 'due_at',
    }),
    'meetings': ('int_calendar_events_unioned', {
        'has_meetings': 'event_id',
        'has_meeting_attendees': 'attendees',
        'has_meeting_bodies': 'description',
    }),
    'accounts': ('int_accounts_unioned', {
        'has_accounts': 'account_id',
        'has_account_industry': 'industry',
        'has_account_employees': 'employees',
        'has_account_revenue': 'annual_revenue',
    }),
    'contacts': ('int_contacts_unioned', {'has_contacts': 'contact_id', 'has_contact_title': 'title'}),
    'history': ('int_opportunity_history_unioned', {'has_opportunity_history': 'history_id'}),
    'field_changes': ('int_opportunity_field_changes_unioned', {'has_opportunity_field_changes': 'change_id'}),
    'lead_changes': ('int_lead_field_changes_unioned', {'has_lead_history': 'change_id'}),
    'lead_versions': ('int_lead_field_changes_typed', {
        'has_lead_status_history': 'coalesce(new_status, old_status)',
        'has_lead_owner_history': 'coalesce(new_owner_id, old_owner_id)',
    }),
    'contact_roles': ('int_opportunity_contacts_unioned', {'has_opportunity_contacts': 'opportunity_contact_id'}),
    'line_items': ('int_line_items_unioned', {'has_line_items': 'line_item_id'}),
    'stages': ('int_stages_resolved', {
        'has_stage_order': 'stage_order',
        'has_no_decision_stage': "case when outcome = 'no_decision' then 1 end",
    }),
    'loss_reasons': ('int_build_loss_reasons', {'has_loss_reasons': 'loss_reason'}),
    'users': ('int_users_unioned', {'has_users': 'user_id', 'has_user_managers': 'manager_id'}),
    'invoices': ('int_account_billing', {'has_invoices': 'invoice_id', 'has_payments': 'payment_id'}),
} -%}
{%- set shared_inputs = {
    'has_quotas': 'int_quotas_resolved',
    'has_claims': 'int_claims_resolved',
    'has_working_hours': 'int_working_hours_resolved',
    'has_teams': 'stg_planning__teams',
    'has_target_accounts': 'int_target_accounts_resolved',
    'has_key_accounts': 'int_key_accounts_resolved',
    'has_holidays': 'stg_planning__holidays',
    'has_account_costs': 'int_account_costs_resolved',
    'has_list_prices': 'int_list_prices_resolved',
    'has_mail_domain_answers': 'int_mail_domain_answers',
} %}
with sources as (
    select source_instance from {{ ref('int_build_sources') }}
),

{% for name, (model, flags) in inputs.items() %}
{{ name }} as (
    select
        source_instance{% for flag, expression in flags.items() %},
        count({{ expression }}) > 0 as {{ flag }}{% endfor %}
    from {{ ref(model) }}
    group by 1
),

{% endfor -%}

shared as (
    select
        {%- for flag, model in shared_inputs.items() %}
        exists(select 1 from {{ ref(model) }}) as {{ flag }},
        {%- endfor %}
        exists(
            select 1 from {{ ref('int_calendar_events_unioned') }}
            where source_system in ({{ calendar_systems() }})
        ) as has_calendar
),

final as (
    select
        -- deals that nobody decided on can be told from lost ones
        coalesce(stages.has_no_decision_stage, false)
        or coalesce(opportunities.has_no_decision_status, false)
        or (
            coalesce(loss_reasons.has_loss_reasons, false)
            and coalesce(opportunities.has_opportunity_loss_reason, false)
        ) as has_no_decisions,
        sources.source_instance{% for name, (model, flags) in inputs.items() %}{% for flag in flags %},
        coalesce({{ name }}.{{ flag }}, false) as {{ flag }}{% endfor %}{% endfor %},
        shared.*
    from sources
    cross join shared
    {%- for name in inputs %}
    left join {{ name }} on sources.source_instance = {{ name }}.source_instance
    {%- endfor %}
)

select * from final
