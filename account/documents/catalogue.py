"""What may be ordered as a file: by whom, of what, for which days, in which form (S27 to S36)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from account.chapters.atlas import PoolSource
from account.chapters.billing.accounts import AccountSource
from account.documents import paper_languages
from account.documents.document import DocumentOrder
from account.documents.kinds import SPECS, DocumentFormat, DocumentKind, DocumentSpec
from account.documents.parameters.base import ESF, SEARCH, Parameters
from account.documents.parameters.invoice import Invoice
from account.errors import (
    AccountNotFound,
    CompanyBinUnknown,
    FormatNotOffered,
    NumberNotFound,
    PackageMissing,
    RightMissing,
)
from account.identity.directory import Company, Directory
from account.identity.permissions import Actor, check_granted, check_offered, require
from account.values.capabilities import Capability
from account.values.clock import Clock
from account.values.number import Number, NumberReader
from account.values.periods import today
from account.values.rights import Right


class ReportSource(AccountSource, Directory, NumberReader, PoolSource, Protocol):
    """What the bounds of an order rest on, asked of the operator."""


class DocumentCatalogue:
    """What an order must be; asked when it is placed, and once more when it is carried out."""

    def __init__(self, carrier: ReportSource, clock: Clock) -> None:
        self._carrier = carrier
        self._clock = clock

    async def check(
        self,
        actor: Actor,
        kind: DocumentKind,
        form: DocumentFormat,
        told: Mapping[str, str],
    ) -> dict[str, str]:
        """The parameters in their one writing, if the actor may order this.

        Raises the refusals of `require`, `FormatNotOffered`, `InputRefused` (numbers, days, months,
        their windows), `NumberNotFound` and `AccountNotFound` for what is not the company's,
        `PackageMissing`, `CompanyBinUnknown`, `CapabilityMissing`, `CarrierUnavailable`; KeyError
        and ValueError for what no window asks.
        """
        if actor.only is not None:
            raise RightMissing(Right.ORDER_DOCUMENTS)
        spec = SPECS[kind]
        right = spec.right_to(told)
        company = require(actor, right)
        _check_offered(company, spec, told)
        if form not in spec.formats:
            raise FormatNotOffered
        _check_bin(company, spec)
        asked = spec.parameters.read(told)
        asked.check(today(self._clock.now()))
        number = await self._of_company(company.id, spec, asked)
        if number is not None:
            require(actor, right, number)
        return asked.told() | (paper_languages.chosen(told) if spec.of_books else {})

    async def check_again(self, order: DocumentOrder) -> None:
        """Refuse to make what its person may not see any more, or what is the company's no more.

        Raises `AccessRefused`, `PackageMissing`, `CompanyBinUnknown`, `CarrierUnavailable`.
        """
        spec = SPECS[order.kind]
        companies = await self._carrier.companies(order.administrator_id)
        check_granted(companies, spec.right_to(order.parameters), order.company_id)
        company = next(one for one in companies if one.id == order.company_id)
        _check_offered(company, spec, order.parameters)
        _check_bin(company, spec)
        asked = spec.parameters.read(order.parameters)
        await self._of_company(order.company_id, spec, asked)

    async def has_atlas(self, actor: Actor) -> bool:
        """Whether the chosen company has the Atlas Pro package (S36).

        Raises the refusals of `require`, `CarrierUnavailable`.
        """
        company = require(actor, Right.ORDER_DOCUMENTS)
        check_offered(company, Capability.ATLAS)
        return await self._carrier.pool(company.id) is not None

    async def _of_company(
        self, company_id: str, spec: DocumentSpec, asked: Parameters
    ) -> Number | None:
        if spec.of_package and await self._carrier.pool(company_id) is None:
            raise PackageMissing
        if asked.account is not None:
            account = asked.account.digits
            found = await self._carrier.accounts(company_id, [account], offset=0, limit=1)
            if account not in (one.number for one in found.rows):
                raise AccountNotFound
        if asked.number is None:
            return None
        number = await self._carrier.number(company_id, asked.number)
        if number is None:
            raise NumberNotFound
        return number


def _check_bin(company: Company, spec: DocumentSpec) -> None:
    if spec.of_books and company.bin is None:
        raise CompanyBinUnknown


def _check_offered(company: Company, spec: DocumentSpec, told: Mapping[str, str]) -> None:
    for capability in sorted(spec.rests_on):
        check_offered(company, capability)
    if spec.parameters is Invoice and told.get(SEARCH) == ESF:
        check_offered(company, Capability.REGISTERED_INVOICES)
