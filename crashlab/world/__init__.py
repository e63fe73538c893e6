"""The outside world that survives: Telegram, operator, mail, and the network between."""
