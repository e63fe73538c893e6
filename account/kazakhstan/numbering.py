"""The numbering plan: the country's part of the code +7, and how its numbers are written (7.1).

Whose a range is stands nowhere here: numbers move, the operator's register and profile know.
"""

REGION = "KZ"
"""ISO 3166, as libphonenumber calls it."""
_CODE, _TRUNK = "7", "8"
_LENGTH = 11
"""Digits of a number with its country's code."""


def is_national(digits: str) -> bool:
    """Whether E.164 digits are the country's: of the shared code 7 it has what goes on with 7."""
    return len(digits) == _LENGTH and digits.startswith(_CODE + "7")


def has_code(digits: str) -> bool:
    """Whether E.164 digits begin with the country's code, which is another country's as well."""
    return digits.startswith(_CODE)


def with_trunk(digits: str) -> str:
    """A national number as it is dialled in the country, `87010542006`; another's as it is."""
    return _TRUNK + digits[1:] if is_national(digits) else digits


def is_city(digits: str) -> bool:
    """Whether E.164 digits of the country are a city line's: 7 71x and 7 72x."""
    return is_national(digits) and digits[2] in "12"


def is_neighbour(digits: str) -> bool:
    """Whether E.164 digits are another country's that has the same code: Russia's."""
    return len(digits) == _LENGTH and digits.startswith(_CODE) and digits[1] in "3489"


def international(digits: str) -> str:
    """The E.164 digits of what somebody wrote without a plus: with 00, with 8 for 7, without 7."""
    if digits.startswith("00"):
        return digits[2:]
    if len(digits) == _LENGTH - 1 and digits.startswith("7"):
        return _CODE + digits
    return with_code(digits)


def of_a_register(digits: str) -> str:
    """The same of a register, where an 8 stands for 7 before the country's own numbers alone."""
    found = international(digits)
    return found if digits.startswith(("00", "7")) or is_national(found) else digits


def with_code(digits: str) -> str:
    """A whole number that begins with the trunk's 8 with 7 instead; anything else as it is."""
    if len(digits) == _LENGTH and digits.startswith(_TRUNK):
        return _CODE + digits[1:]
    return digits


def grouped(digits: str) -> str:
    """`701 054 20 06` of the country's E.164 digits."""
    return f"{digits[1:4]} {digits[4:7]} {digits[7:9]} {digits[9:]}"


def masked(digits: str) -> str:
    """`+7 701 ***-**-06` of the same."""
    return f"+{_CODE} {digits[1:4]} ***-**-{digits[-2:]}"


def shown(digits: str) -> str:
    """`+7 701 054 20 06` of the same."""
    return f"+{_CODE} {grouped(digits)}"
