"""What is sold at which price: products, list prices by currency, discounts, exchange rates.

Belongs here: money. All amounts are whole cents.
"""

import numpy as np

from orchestration.sources.demo.codes import KEY, KEY_HABIT

PRODUCTS = ("Veridian Sensor", "Veridian Gateway", "Veridian Line", "Veridian Plant")
CURRENCIES = ("EUR", "USD", "GBP")
# Cents per unit by product and currency.
LIST_CENTS = np.array(
    [
        [48_000, 53_000, 42_000],
        [145_000, 159_000, 127_000],
        [390_000, 429_000, 343_000],
        [1_250_000, 1_375_000, 1_100_000],
    ]
)
_TYPICAL_CENTS = np.array([900_000, 3_200_000, 9_500_000])  # of a deal, by segment
_MAIN_PRODUCT = np.array([0, 1, 2])
_CURRENCY_SHARES = (0.7, 0.2, 0.1)


def price_deals(
    rng: np.random.Generator, segment: np.ndarray, label: np.ndarray, discount: np.ndarray, size: np.ndarray
) -> dict[str, np.ndarray]:
    """Two line items per deal: `product`, `quantity`, `unit_cents` and `list_cents` are (deals, 2).

    `discount` is a percentage, -1 for an ordinary one (0 to 18); 100 leaves half a percent of the
    price, which is as good as nothing. `amount` is the sum of the line items, in cents.
    """
    n = len(segment)
    currency = rng.choice(3, n, p=_CURRENCY_SHARES)
    currency = np.where(label > 0, 0, currency)
    percent = np.where(discount < 0, rng.integers(0, 19, n), np.minimum(discount, 99.5))
    main = _MAIN_PRODUCT[segment] + (rng.random(n) < 0.5) * (segment > 0)
    product = np.stack([main, np.where(main == 0, 1, 0)], axis=1)
    # Key accounts order steadily, so that their margin tells the discount and not chance.
    spread = np.where(np.isin(label, [KEY, KEY_HABIT]), 0.03, 0.35)
    target = _TYPICAL_CENTS[segment] * size * np.clip(rng.lognormal(0, spread, n), 0.45, 2.2)
    listed = LIST_CENTS[product, currency[:, None]]
    few = rng.integers(1, 4, n)
    quantity = np.stack([np.maximum(1, np.rint(target / listed[:, 0])).astype(np.int64), few], axis=1)
    unit = np.rint(listed * (1 - percent / 100)[:, None]).astype(np.int64)
    return {
        "currency": currency,
        "product": product,
        "quantity": quantity,
        "list_cents": listed,
        "unit_cents": unit,
        "amount": (unit * quantity).sum(axis=1),
    }


def exchange_rates(months: np.ndarray) -> np.ndarray:
    """(months, currencies): euros per unit, to four places, moving slowly."""
    wave = np.sin(months[:, None] / 5 + np.array([0, 1.0, 2.2])) * np.array([0, 0.03, 0.02])
    return np.round(np.array([1.0, 0.91, 1.16]) + wave, 4)


def in_euro_cents(cents: np.ndarray, currency: np.ndarray) -> np.ndarray:
    """Rough value in the reporting currency, for quotas only."""
    return cents * np.array([1.0, 0.91, 1.16])[currency]
