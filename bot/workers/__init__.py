"""Work that is claimed row by row, and what keeps the processes on one database apart."""
