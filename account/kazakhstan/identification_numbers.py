"""IIN of persons and BIN of companies: 12 digits each, of which the last is checked (7.2)."""

PAPERS = ("BIN", "БИН", "БСН")
"""What systems call a company's number."""
_FIRST_WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_SECOND_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
BIRTH_CENTURY = {"0": 2000, "1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}
"""By an IIN's digit 7, which tells the sex as well."""
ENTITY_KINDS = "456"
"""A BIN's digit 5: a resident company, a foreign one, an entrepreneur in common."""
DIVISIONS = "0123"
"""A BIN's digit 6: the company itself, a branch, a representation, a farm."""


def control_digit(eleven: str) -> int | None:
    """Digit 12 for digits 1-11; None when no such number is ever issued."""
    for weights in (_FIRST_WEIGHTS, _SECOND_WEIGHTS):
        control = sum(int(d) * w for d, w in zip(eleven, weights, strict=True)) % 11
        if control < 10:
            return control
    return None


def is_of_a_company(digits: str) -> bool:
    """Tell a BIN from an IIN, whose digit 5 opens the day of birth (0-3)."""
    return digits[4] in ENTITY_KINDS
