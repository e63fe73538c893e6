"""What the lab's operator answers to the bot's questions (docs/operator.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from crashlab.checks.oracle import OperatorTruth
from crashlab.world import operator_answers
from crashlab.world.operator_resources import resources

_SERVICES = "productRelationship.product.id"


def read(books: OperatorTruth, resource: str, asked: Mapping[str, str]) -> list[dict[str, Any]]:
    """All that fits, before any limit."""
    if resource == "organization":
        return [operator_answers.company(books.companies[asked["relatedParty.id"]], books)]
    if resource == "individual":
        return _people(books, asked)
    if resource == "resource":
        return resources(books, asked)
    if resource == "product":
        return _products(books, asked)
    if resource == "productOffering":
        return [operator_answers.OFFERING]
    if resource == "bucket":
        numbers = asked["product.id"].split(",")
        return [operator_answers.bucket(number, books.purses.get(number)) for number in numbers]
    if resource == "transferBalance":
        return [operator_answers.transfer_shown(one) for one in books.found(asked["description"])]
    if resource == "productOrder":
        return [operator_answers.order_shown(one) for one in books.found(asked["externalId"])]
    return []


def _people(books: OperatorTruth, asked: Mapping[str, str]) -> list[dict[str, Any]]:
    login = asked.get("contactMedium.characteristic.phoneNumber")
    company = asked.get("relatedParty.id")
    return [
        operator_answers.person(phone, books)
        for phone, known in books.phones.items()
        if login in (None, phone) and company in (None, books.companies[known])
    ]


def _products(books: OperatorTruth, asked: Mapping[str, str]) -> list[dict[str, Any]]:
    if _SERVICES in asked:
        number = asked[_SERVICES]
        served = number in books.served
        return [operator_answers.service(number, books.companies[number])] if served else []
    return [operator_answers.product(number, books) for number in _numbers(books, asked)]


def _numbers(books: OperatorTruth, asked: Mapping[str, str]) -> list[str]:
    """The numbers that are asked for, of the company alone."""
    company = asked["relatedParty.id"]
    part = asked.get("productSerialNumber.regex")
    if "id" in asked:
        wanted = asked["id"].split(",")
        return [number for number in wanted if books.companies.get(number) == company]
    found = books.of(company)
    if part is not None:
        found = [number for number in found if re.search(part.partition(";")[0], number)]
    status = asked.get("status")
    if status is not None:
        blocked = status == "suspended"
        debt = asked.get("suspensionReason") == "debt"
        found = [] if debt else [one for one in found if books.blocked[one] == blocked]
    if "paymentMethod" in asked:
        prepaid = asked["paymentMethod"] == "Advance"
        found = [one for one in found if (one in books.purses) is prepaid]
    return found
