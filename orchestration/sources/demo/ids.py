"""Ids as the vendors write them, made from running numbers without a loop over rows.

Belongs here: the form of an id. Which number a record has is its own file's matter.
"""

import numpy as np
import pyarrow as pa

_BASE62 = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", np.uint8)
_CHECK = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", np.uint8)
_BASE32HEX = np.frombuffer(b"0123456789abcdefghijklmnopqrstuv", np.uint8)
_POD = b"Tu00000"  # instance and reserved characters, the same in a whole organisation
PREFIXES = {
    "User": "005",
    "Account": "001",
    "Contact": "003",
    "Lead": "00Q",
    "LeadHistory": "017",
    "Opportunity": "006",
    "OpportunityHistory": "008",
    "OpportunityFieldHistory": "017",
    "OpportunityContactRole": "00K",
    "OpportunityLineItem": "00k",
    "OpportunityStage": "01J",
    "Product2": "01t",
    "PricebookEntry": "01u",
    "Task": "00T",
}


def characters(matrix: np.ndarray) -> pa.Array:
    """Rows of ASCII codes as an Arrow string array, all of one length."""
    rows, width = matrix.shape
    offsets = np.arange(0, (rows + 1) * width, width, dtype=np.int32)
    data = np.ascontiguousarray(matrix, np.uint8)
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(data))


def salesforce_ids(prefix: str, index: np.ndarray) -> pa.Array:
    """18-character Salesforce ids: key prefix, pod, a number in base 62 and the three characters
    that carry the letter case of the other fifteen."""
    number = np.asarray(index, np.int64) + 238_328  # 62³: ids of a tenant do not start at nought
    out = np.empty((len(number), 18), np.uint8)
    out[:, :3] = np.frombuffer(prefix.encode(), np.uint8)
    out[:, 3:10] = np.frombuffer(_POD, np.uint8)
    for place in range(14, 9, -1):
        out[:, place] = _BASE62[number % 62]
        number = number // 62
    upper = (out[:, :15] >= ord("A")) & (out[:, :15] <= ord("Z"))
    bits = upper.reshape(-1, 3, 5) @ np.array([1, 2, 4, 8, 16])
    out[:, 15:] = _CHECK[bits]
    return characters(out)


def scrambled(index: np.ndarray, salt: int) -> np.ndarray:
    """64 well-mixed bits per number (splitmix64): different numbers stay different."""
    with np.errstate(over="ignore"):
        z = np.asarray(index, np.uint64) + np.uint64((0x9E3779B97F4A7C15 * (salt + 1)) & (2**64 - 1))
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def google_ids(index: np.ndarray, salt: int = 0) -> pa.Array:
    """26-character Google Calendar event ids (base32hex)."""
    out = np.empty((len(index), 26), np.uint8)
    for half in range(2):
        bits = scrambled(index, salt * 2 + half)
        for place in range(13):
            out[:, half * 13 + place] = _BASE32HEX[((bits >> np.uint64(5 * min(place, 11))) & np.uint64(31))]
    return characters(out)
