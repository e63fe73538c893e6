"""An update from Telegram to the end of its handling."""
