"""Made-up identifiers that pass their check digits, and the arithmetic that makes them.

Everything invented comes from `mix`, so that the same seed always makes the same world.
"""

from __future__ import annotations

_MASK = (1 << 64) - 1
_TEN_DIGITS = 10**10
_SCATTER = 7_236_067_977
"""Odd and no multiple of 5: multiplying by it modulo 10**10 can be undone."""
_BIN_WEIGHTS = (range(1, 12), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2))


def mix(*parts: int) -> int:
    """64 well-stirred bits of a few integers (the finaliser of splitmix64 over each)."""
    state = 0x9E3779B97F4A7C15
    for part in parts:
        state = (state ^ (part & _MASK)) * 0xBF58476D1CE4E5B9 & _MASK
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB & _MASK
        state ^= state >> 31
    return state


def luhn_digit(digits: str) -> str:
    """The digit that makes `digits` plus it pass Luhn."""
    total = 0
    for position, sign in enumerate(reversed(digits)):
        value = int(sign) * (2 - position % 2)
        total += value - 9 * (value > 9)
    return str(-total % 10)


def iccid(seed: int, number: int) -> str:
    """20 digits of a SIM card of the operator (8999702), from which the number can be found."""
    scattered = number % _TEN_DIGITS * _SCATTER % _TEN_DIGITS
    body = f"8999702{mix(seed) % 100:02d}{scattered:010d}"
    return body + luhn_digit(body)


def number_of_iccid(seed: int, wanted: str) -> str:
    """The number that `iccid` made this of, empty when it made none such."""
    if len(wanted) != 20 or not (wanted.isascii() and wanted.isdigit()):
        return ""
    number = 7 * _TEN_DIGITS + int(wanted[9:19]) * pow(_SCATTER, -1, _TEN_DIGITS) % _TEN_DIGITS
    return str(number) if iccid(seed, number) == wanted else ""


def imei(seed: int, number: int) -> str:
    """15 digits of a telephone, of one of a few models."""
    tac = ("35367807", "86978202", "35299209", "86412005")[mix(seed, number, 2) % 4]
    body = f"{tac}{mix(seed, number, 3) % 10**6:06d}"
    return body + luhn_digit(body)


def bin_with_control(first_eleven: str) -> str:
    """The BIN with its control digit. Raises ValueError where none is ever issued."""
    for weights in _BIN_WEIGHTS:
        control = sum(int(d) * w for d, w in zip(first_eleven, weights, strict=True)) % 11
        if control < 10:
            return first_eleven + str(control)
    raise ValueError(f"no BIN begins with {first_eleven}")
