"""The Telegram face: intake, windows, delivery, and the commands that start it all."""
