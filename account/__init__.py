"""My Account itself: what people may do with a company's numbers, and the rules.

The core knows no Telegram, SQL or HTTP and imports no other room; what it needs from outside it
names in `account.ports`.
"""
