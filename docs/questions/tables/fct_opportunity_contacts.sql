-- Question: How many open deals hang on a single contact?
select people, count(*) as open_deals, sum(amount) as open_amount
from (
    select opportunity_id, amount, count(fct_opportunity_contacts.contact_id) as people
    from fct_opportunities
    left join fct_opportunity_contacts using (opportunity_id)
    where outcome = 'open'
    group by opportunity_id, amount
)
group by people
order by people;
