"""The codes of a deal that several files share: stages, outcomes, types, and what is known about it.

Belongs here: positions with a name. Rules about them are in the files that use them.
"""

# name, default probability, forecast category, forecast category name
STAGES = (
    ("Prospecting", 10, "Pipeline", "Pipeline"),
    ("Qualification", 25, "Pipeline", "Pipeline"),
    ("Needs Analysis", 40, "BestCase", "Best Case"),
    ("Proposal/Price Quote", 60, "MostLikely", "Most Likely"),
    ("Negotiation/Review", 80, "Forecast", "Commit"),
    ("Closed Won", 100, "Closed", "Closed"),
    ("Closed Lost", 0, "Omitted", "Omitted"),
)
QUALIFICATION, PROPOSAL, CLOSED_WON, CLOSED_LOST = 1, 3, 5, 6
OPEN, WON, LOST, NO_DECISION = range(4)
OUTCOMES = ("open", "won", "lost", "no_decision")
NEW, EXPANSION, RENEWAL = range(3)
DEAL_TYPES = ("New Business", "Existing Business", "Renewal")
LOST_REASONS = (
    "Lost to Competitor",
    "Price",
    "Missing Feature",
    "Lost to Competitor",
    "Price",
    "Chose Internal Solution",
)
NO_DECISION_REASONS = (
    "No Decision",
    "No Budget",
    "Project Postponed",
    "No Decision",
    "No Budget",
    "No Decision",
)
SEGMENTS = 3
NEVER = 10**6  # a business-day position beyond every horizon

# What is known about a deal; the names are those of the answer file.
LABELS = (
    "plain",
    "tunnel_vision_big_deal",
    "slipping",
    "column_fodder",
    "rotten",
    "fake_sale_giveaway",
    "fake_sale_unpaid",
    "fake_sale_no_amount",
    "key_account_from_habit",
    "key_account",
    "won_after_token_effort",
)
PLAIN, BIG, SLIPPING, FODDER, ROTTEN, GIVEAWAY, UNPAID, NO_AMOUNT, KEY_HABIT, KEY, AFTER_TOKEN = range(
    len(LABELS)
)
# Business days before the end at which the big deal takes over, and at which it is lost.
TUNNEL_DAYS = (100, 20)
