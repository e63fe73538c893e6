"""The clock by which days and months are counted.

The offset is never written down as a number: it was UTC+6 until 29.02.2024 and is UTC+5 since.
"""

from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Almaty")
