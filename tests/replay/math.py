"""Replays the vectors of the `math` area."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import voltcore.math as vm
from voltcore import VoltcoreError

Outcome = tuple[str, str | None]


def revert_of(error: VoltcoreError) -> tuple[str | None, str | None]:
    """
    Text and kind of a refusal, as contracts report it.

    Checked arithmetic on the built-in widths has no text of its own: it is a panic.
    """
    if error.onchain is None and error.code in ("E301", "E302"):
        return ("overflow" if error.code == "E301" else "div0", "panic")
    return (error.onchain, error.onchain_kind)


LIBRARY: dict[str, Callable[..., int]] = {
    "mulDiv": vm.mul_div,
    "mulDivRoundingUp": vm.mul_div_ceil,
    "mulDivSigned": vm.mul_div_signed,
    "ud60x18Mul": vm.ud60x18_mul,
    "ud60x18Div": vm.ud60x18_div,
    "ud60x18Pow": vm.ud60x18_pow,
    "ud60x18Exp2": vm.ud60x18_exp2,
    "ud60x18Log2": vm.ud60x18_log2,
    "ud60x18FromUint": vm.ud60x18_from_uint,
    "ud60x18ToUint": vm.ud60x18_to_uint,
    "sd59x18Mul": vm.sd59x18_mul,
    "sd59x18Div": vm.sd59x18_div,
    "sd59x18Exp": vm.sd59x18_exp,
    "sd59x18Sqrt": vm.sd59x18_sqrt,
    "sd59x18FromInt": vm.sd59x18_from_int,
    "sd59x18ToInt": vm.sd59x18_to_int,
    "rayDiv": vm.ray_div,
    "rayMul": vm.ray_mul,
    "rayToWad": vm.ray_to_wad,
}


def library(document: dict[str, Any]) -> Iterator[Outcome]:
    """Functions of a contract library: every case's result, or its failing text and kind."""
    for name, function in document["functions"].items():
        if name not in LIBRARY:
            yield name, f"unknown function {name!r}"
            continue
        for i, case in enumerate(function["cases"]):
            label = f"{name}[{i}]"
            wanted: object = case["out"] if "out" in case else (case["revert"], case["revertKind"])
            got: object
            try:
                got = [str(LIBRARY[name](*map(int, case["in"])))]
            except VoltcoreError as error:
                got = revert_of(error)
            yield label, None if got == wanted else f"{case['in']}: {got}, not {wanted}"


def fixed_point(document: dict[str, Any]) -> Iterator[Outcome]:
    """I80F48: raw bits, and the printed text where the program's own tests print it."""
    for i, case in enumerate(document["cases"]):
        label = f"{case.get('name')}[{i}]"
        given, wanted = case["input"], case["expect"]
        try:
            if given["op"] == "from_decimal":
                bits = vm.i80f48_from_decimal(given["decimal"])
            elif given["op"] in ("mul", "div"):
                operation = vm.i80f48_mul if given["op"] == "mul" else vm.i80f48_div
                bits = operation(int(given["a_bits"]), int(given["b_bits"]))
            else:
                yield label, f"unknown operation {given['op']!r}"
                continue
        except VoltcoreError as error:
            # The venues have one name for every failure of their arithmetic.
            failed = wanted.get("err") == "MathError" and error.code in ("E301", "E302")
            yield label, None if failed else f"{given}: {error}, not {wanted}"
            continue
        problem = None if str(bits) == wanted.get("bits") else f"{given}: {bits}, not {wanted}"
        if "decimal" in wanted and problem is None:
            printed = Decimal(wanted["decimal"])
            exact = Decimal(vm.i80f48_to_decimal(bits))
            rounded = exact.quantize(printed, rounding=ROUND_HALF_EVEN)
            problem = None if rounded == printed else f"{given}: {exact}, not {printed}"
        yield label, problem


FAMILIES: dict[str, Callable[[dict[str, Any]], Iterator[Outcome]]] = {
    "irs-lib-1/fullMath": library,
    "irs-lib-1/fixedPoint": library,
    "volts/fixed_point": fixed_point,
}
