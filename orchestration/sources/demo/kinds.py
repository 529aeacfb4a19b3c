"""The kinds of pollution that the rules were written for, and how common each is.

Belongs here: the table. A fake lead shows it in more than one field, as people who fill in forms with
rubbish do; a defect is one flaw of a real person's record.
"""

from orchestration.sources.demo.pollution import (
    BOUNCED,
    COPY,
    JUNK,
    LEFT_BEHIND,
    NORMAL,
    OPTED_OUT,
    THROWAWAY,
    UNTOUCHED,
    Kind,
    consonants,
    each,
    mash,
    mashed_name,
    only,
    pick,
    placeholder_phone,
    rows,
)

_MASHED = each(
    lambda r: f"{mashed_name(r)} | {mash(r)} | {mash(r)}@{mash(r)}.com | {placeholder_phone(r)}",
)
_LETTERS = each(
    lambda r: (
        f"{consonants(r, 7).title()} | {consonants(r, 6).title()} | {consonants(r, 7)} | "
        f"{consonants(r, 8)}@{pick(r, *THROWAWAY)}"
    ),
)
_THROWN_AWAY = each(lambda r: f"{mashed_name(r)} | | {mash(r)}{r.integers(1, 999)}@{pick(r, *THROWAWAY)}")
_PLACEHOLDERS = rows(
    "Test | Test | | test@test.com",
    "Xxx | Xxx | | none@none.com",
    "Asdf | Asdf | | asdf@asdf.com",
    "Na | Na | | noemail@example.com",
)
_TESTS = rows(
    "Test | Lead | Test Company | test@example.com",
    "Testy | Tester | Testing Inc | test2@example.org",
    "Demo | User | Demo Company | demo@example.com",
    "Test | Account | test | qa@test.invalid",
)
_FICTIONAL = rows(
    "Mickey | Mouse | Disney | mickey@mouse.test | 555-0100",
    "John | Doe | Acme Inc | john.doe@example.com | +1 555 0199",
    "Donald | Duck | ACME | donald@example.net",
    "Jane | Doe | none | jane@doe.invalid",
)
_UNKNOWN = rows(
    "N/A | N/A | none | na@na.com",
    "Unknown | Unknown | Unknown | none@unknown.invalid",
    "xxx | xxx | xxx | xxx@xxx.com | 0000000000",
)
_FIELD_WORDS = rows(
    "First Name | Last Name | Company Name | email@example.com | | Job Title",
    "Your Name | Here | Company | name@example.com | 1234567890",
)
_SAMPLES = rows(
    "Bertha | Boxer | Farmers Coop. of Florida | bertha@fcof.net | (850) 644-4200",
    "Phyllis | Cotton | Abbott Insurance | pcotton@abbottins.net | (703) 757-1000",
    "Jeff | Glimpse | Jackson Controls | jeffg@jackson.com | 886-2-25474189",
    "Mike | Braund | Metropolitan Health Services | likeb@metro.com | (410) 381-2334",
    "Brenda | Mcclure | Cadinal Inc. | brenda@cardinal.net | (847) 262-5000",
    "Maria | Johnson (Sample Contact) | | emailmaria@hubspot.com",
    "Cool | Robot (Sample Contact) | | coolrobot@hubspot.com",
)
_URLS = rows(
    "Free crypto https://t1p.example/win | CLICK | | win@yopmail.com",
    "www.cheap-pills.example | buy now | | sale@guerrillamail.com",
    "Bonus | http://bit.example/x9 | | bonus77@trashmail.com",
)
_MARKUP = rows(
    "<script>alert(1)</script> | x | | x@mailinator.com",
    "<b>Anna</b> | <a href=x> | | a@yopmail.com",
    "{{7*7}} | ${x} | | probe@mailinator.com",
)
_EMOJI = rows(
    "🎁🎁🎁 | GIFT | | gift@trashmail.com",
    "💰💰💰💰 | 💰💰 | | cash@yopmail.com",
)
_ADDRESSES_FOR_NAMES = rows(
    "spam4u@yopmail.com | spam4u@yopmail.com | | spam4u@yopmail.com",
    "info@trashmail.com | x | | info@trashmail.com",
)
_NO_PHONE = each(lambda r: f"{mash(r).title()} | Test | | | {placeholder_phone(r)}")
_SHARED_PHONE = each(lambda r: f"{mashed_name(r)} | | {mash(r)}@yopmail.com | +49 30 8997 3311")
_NO_COMPANY = rows(
    "| Test | self | me@example.com | | none",
    "No | Name | none | no@none.invalid | | xxx",
    "Xx | Yy | company | x@y.invalid | | title",
)
_NO_ADDRESS = each(
    lambda r: (
        f"{mashed_name(r)} | | {pick(r, 'nope', 'a@b', 'no at sign', '@.com', 'x@@y.com')} | "
        f"{placeholder_phone(r)}"
    ),
)
_OWN = rows(
    "Test | Demo | Veridian Works | test@veridianworks.io",
    "Qa | Qa | test | qa+1@veridianworks.io",
)
_IMPOSSIBLE = each(lambda r: f"{mashed_name(r)} | | {mash(r)}@@{mash(r)} | 123")
_TITLES = only("Title", "Example-Job-title", "xxx", "-", "test title")
# An address that ends in @ gets the domain of the clean one; a bare @@ and ,com spoil the clean one.
_ROLES = only("Email", "info@", "sales@", "office@", "support@")
_OTHERS = only("Email", "kvandermeer@", "t.oyelaran@", "bruce.hathersage@", "mpetrosian@")
_TYPOS = only("Email", "@@", ",com")
_SHORT_PHONES = each(lambda r: f"| | | | +49 {r.integers(22, 99)}")
_FAR_PHONES = each(lambda r: f"| | | | +64 9 {r.integers(302, 379)} {r.integers(2513, 8642)}")

KINDS = (
    Kind("keyboard_mash", "fake", 0.005, JUNK, _MASHED),
    Kind("random_letters", "fake", 0.004, JUNK, _LETTERS),
    Kind("disposable_email", "fake", 0.005, JUNK, _THROWN_AWAY),
    Kind("placeholder_email", "fake", 0.004, JUNK, _PLACEHOLDERS),
    Kind("test_names", "fake", 0.004, JUNK, _TESTS),
    Kind("fictional_names", "fake", 0.003, JUNK, _FICTIONAL),
    Kind("unknown_names", "fake", 0.004, JUNK, _UNKNOWN),
    Kind("field_words", "fake", 0.003, JUNK, _FIELD_WORDS),
    Kind("sample_record", "fake", 0.003, JUNK, _SAMPLES),
    Kind("url_in_name", "fake", 0.004, JUNK, _URLS),
    Kind("html_in_name", "fake", 0.003, JUNK, _MARKUP),
    Kind("emoji_in_name", "fake", 0.002, JUNK, _EMOJI),
    Kind("email_in_name", "fake", 0.002, JUNK, _ADDRESSES_FOR_NAMES),
    Kind("phone_placeholder", "fake", 0.004, JUNK, _NO_PHONE),
    Kind("shared_phone", "fake", 0.004, JUNK, _SHARED_PHONE),
    Kind("company_placeholder", "fake", 0.003, JUNK, _NO_COMPANY),
    Kind("invalid_address", "fake", 0.004, JUNK, _NO_ADDRESS),
    Kind("own_domain", "fake", 0.002, JUNK, _OWN),
    Kind("impossible_dates_and_mash", "fake", 0.002, JUNK, _IMPOSSIBLE),
    Kind("impossible_modified", "defect", 0.003),
    Kind("created_in_future", "defect", 0.002, UNTOUCHED),
    Kind("role_account", "defect", 0.008, NORMAL, _ROLES),
    Kind("name_email_mismatch", "defect", 0.006, NORMAL, _OTHERS),
    Kind("address_typo", "defect", 0.004, NORMAL, _TYPOS),
    Kind("phone_invalid", "defect", 0.006, NORMAL, _SHORT_PHONES),
    Kind("phone_region", "defect", 0.005, NORMAL, _FAR_PHONES),
    Kind("title_placeholder", "defect", 0.006, NORMAL, _TITLES),
    Kind("bounced", "defect", 0.008, BOUNCED),
    Kind("opted_out", "stale", 0.006, OPTED_OUT),
    Kind("untouched", "stale", 0.008, UNTOUCHED),
    Kind("unowned", "stale", 0.008, UNTOUCHED),
    Kind("owner_inactive", "stale", 0.006, LEFT_BEHIND),
    Kind("duplicate_exact", "duplicate", 0.012, COPY),
    Kind("duplicate_typo", "duplicate", 0.012, COPY),
    Kind("duplicate_nickname", "duplicate", 0.005, COPY),
    Kind("duplicate_of_contact", "duplicate", 0.008, COPY),
    Kind("bulk_import", "process", 0.05),
    Kind("burst", "process", 0.008),
)
