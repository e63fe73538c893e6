"""The tenge (ISO 4217), and how it is called in what systems and people write."""

CODE = "KZT"
SIGN = "₸"
DECIMALS = 2
"""Of which the hundredth is the tiyn."""

SPELLED = {"kk": ("теңге", "тиын"), "ru": ("тенге", "тиын"), "en": ("tenge", "tiyn")}
"""The unit and its hundredth behind numerals, in each language."""

UNIT_WORDS = ("kzt", "tenge", "tg", SIGN, "теңге", "тенге", "тг", "тг.", "398")
"""What operators call the unit, in small letters; the figures are those of ISO 4217."""
HUNDREDTH_WORDS = ("tiyn", "tiyin", "тиын", "тиин")
