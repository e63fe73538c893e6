"""Rows that wait for somebody: inbox, outbox, claims with a fence, leases, orphans."""
