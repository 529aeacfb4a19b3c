-- Grain: text by which a planning file may refer to an account, in lower case, with the account it means.
-- Texts that mean two accounts of the source instance that is asked first are left out.
select
    account_text,
    min(account_id) as account_id
from {{ ref('int_accounts_meant') }}
where position = 1
group by account_text
having count(*) = 1
