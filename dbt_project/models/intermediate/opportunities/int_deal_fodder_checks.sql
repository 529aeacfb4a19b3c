-- Grain: deal whose fodder score could be judged.
with scores as (
    select * from {{ ref('int_deal_fodder_scores') }}
    where is_fodder_like is not null
)

select
    {{ deal_check(
        'fodder_like',
        'is_fodder_like',
        'proposal_at',
        "'On entering ' || proposal_stage || ' on ' || cast(proposal_on as varchar) || ': ' || concat_ws(
            '; ',
            case when inbound_formal_request then 'the first touch was the buyer''s formal request' end,
            case when few_meetings then " ~ counted_text('held_meetings', 'meeting') ~ " || ' held before' end,
            case when fast_to_proposal then " ~ days_text('days_to_proposal') ~ " || ' after creation, faster than nine in ten of '
            || cast(won_deals as varchar) || ' won deals (' || " ~ days_text('won_days_p10') ~ " || ')' end,
            case when single_low_contact then 'one contact and nobody above manager' end,
            case when no_discovery then 'no discovery' end,
            case when close_date_within_30_days then 'to be closed within ' || " ~ days_text('days_to_close_date') ~ " end
        )",
        {
            'fodder_score': 'cast(fodder_score as decimal(9, 4))', 'evaluable_weight': 'evaluable_weight',
            'proposal_at': 'proposal_at', 'held_meetings': 'held_meetings', 'days_to_proposal': 'days_to_proposal',
            'won_days_p10': 'won_days_p10', 'contacts': 'contacts', 'days_to_close_date': 'days_to_close_date',
        }
    ) }}
from scores
