"""An operator as a file says it: addresses, words, what holds there and what it does not have.

`model` declares the keys, `loader` reads them; `kcell.toml` and `tmf-plain.toml` come along.
"""
