"""The outside world on one machine: Telegram, the operator, the SMS centre and the mail server.

A stand-in that a newcomer, a test and a demonstration can talk to instead of the real ones. It is
reached by HTTP and SMTP alone, keeps its own state, and must never import the product.
"""
