"""What an operator may not have at all: its windows, questions, commands and documents follow."""

from __future__ import annotations

from enum import StrEnum


class Capability(StrEnum):
    """A part of the product that rests on a system of the operator's."""

    SERVICES = "services"
    """A catalogue, TMF620, and orders of services."""
    ALLOWANCES = "allowances"
    USAGE = "usage"
    TRANSFERS = "transfers"
    FORWARDING = "forwarding"
    BANS = "bans"
    SIM_CODES = "sim_codes"
    """PIN and PUK."""
    SIM_REPLACEMENT = "sim_replacement"
    ESIM = "esim"
    """Profiles to be downloaded in place of cards, offered only where the profile says so."""
    SIM_REGISTER = "sim_register"
    """Of cards in use, TMF639, which tells when one was replaced: without it a code goes by SMS to
    whoever has the card, however new it is."""
    DEVICE_REGISTRY = "device_registry"
    """Of IMEIs."""
    PAYMENTS = "payments"
    BILLS = "bills"
    """Bills, certificates, registers, reconciliation, spend."""
    CERTIFICATE = "certificate"
    """Of service delivery, to be signed by both."""
    CONTRACTS = "contracts"
    """Contracts that can be asked for by the account, TMF651; else certificates leave them out."""
    REGISTERED_INVOICES = "registered_invoices"
    """ESF numbers on bills."""
    ATLAS = "atlas"
    """The package shared by a company's numbers."""
