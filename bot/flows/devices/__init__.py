"""A number's devices: registering them by IMEI, and the history of requests (S21 to S25)."""
