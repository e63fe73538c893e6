"""`myaccount doctor`: what is wrong with an installation, why, and what to do, a line each."""
