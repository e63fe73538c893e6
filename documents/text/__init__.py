"""Amounts in words and figures as people of a language read them."""
