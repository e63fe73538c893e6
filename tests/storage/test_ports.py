"""The stores are what the core asks for; mypy is the judge."""

from __future__ import annotations

from account import ports
from storage import Stores


def as_ports(
    stores: Stores,
) -> tuple[
    ports.Sessions,
    ports.Book,
    ports.History,
    ports.LoginStore,
    ports.ActionStore,
    ports.ApprovalStore,
    ports.DocumentStore,
]:
    return (
        stores.sessions,
        stores.book,
        stores.history,
        stores.login,
        stores.actions,
        stores.approvals,
        stores.documents,
    )


def test_every_port_has_its_store(stores: Stores) -> None:
    assert len({id(store) for store in as_ports(stores)}) == 7
