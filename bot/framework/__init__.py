"""All that this product knows of the inside of aiogram, aiogram_dialog and pydantic.

Whatever is not their public face is touched in here and nowhere else, each with a test that fails
when a new version of theirs has it otherwise (`tests/bot/test_framework.py`).
"""
