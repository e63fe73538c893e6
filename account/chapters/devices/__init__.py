"""Devices of a number and their registration by IMEI (S21 to S25)."""
