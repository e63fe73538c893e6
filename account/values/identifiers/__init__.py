"""The numbers and addresses people type, each checked once and then trusted.

`parse(text)` is the only way in for typed text: it raises the typed refusal of `account.errors`.
The constructor is for what is already in normal form (our own storage, a checked answer of the
operator) and raises ValueError for anything else. `repr` and `str` are masked, because objects
end up in logs; the full value is asked for by name (`digits`, `shown`, `address`).

Only the ASCII digits are digits here: `str.isdigit`, `int` and the d of patterns take `١٢٣` and
`１２３` too. Every pattern is matched whole, since `$` lets a trailing newline through.
"""

from account.values.identifiers.activation_codes import ActivationCode
from account.values.identifiers.billing import (
    AccountingNumber,
    AccountNumber,
    EsfRegistrationNumber,
    RegistrationForm,
)
from account.values.identifiers.cards import Iccid, Imei
from account.values.identifiers.mail import Email
from account.values.identifiers.parties import Bin, Iin, parse_iin_or_bin
from account.values.identifiers.phones import Msisdn
from account.values.identifiers.plain_text import clean_text, digits_of

__all__ = [
    "AccountNumber",
    "AccountingNumber",
    "ActivationCode",
    "Bin",
    "Email",
    "EsfRegistrationNumber",
    "Iccid",
    "Iin",
    "Imei",
    "Msisdn",
    "RegistrationForm",
    "clean_text",
    "digits_of",
    "parse_iin_or_bin",
]
