"""What befalls the processes: death, sleep, clocks that move, backups put back."""
