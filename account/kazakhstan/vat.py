"""Value added tax, by the day of the turnover (S31-4)."""

from datetime import date

USUAL_RATES = ((date(2026, 1, 1), 16), (date.min, 12))
"""Per cent from that day on, the newest first."""


def usual_rate(turnover: date) -> int:
    """Per cent on that day of Almaty; a line may bear another rate, or none."""
    return next(per_cent for since, per_cent in USUAL_RATES if turnover >= since)
