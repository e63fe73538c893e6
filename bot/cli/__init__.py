"""The commands of `myaccount` besides running it, one module per group of them."""
