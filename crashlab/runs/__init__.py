"""How a run goes: processes, rounds, sizes and figures."""
