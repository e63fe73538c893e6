"""Figures side by side: the same load on this product and on its peers, in one run.

Ratios count, not seconds: machines are shared and noisy (docs/performance.md).
"""
