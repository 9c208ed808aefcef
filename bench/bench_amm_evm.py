"""
Swaps of one Uniswap v3 pool against the contract's own bytecode in a Rust EVM.

    VOLTCORE_EVM_ARTIFACTS=node_modules python bench/bench_amm_evm.py [--swaps N] [--rounds N]
    VOLTCORE_EVM_ARTIFACTS=node_modules pytest bench/bench_amm_evm.py

The contracts are the published ones: ``npm install @uniswap/v3-core@1.0.1
@openzeppelin/contracts@4.7.2`` makes the folder, ``pip install pyrevm eth-abi
'eth-hash[pycryptodome]'`` brings the machine. Without them it says so and measures nothing.

50 nested positions, 100 initialised ticks, fee 0.3 %, every swap toward price 1. First exact inputs
and outputs: after every swap both amounts and the pool's price, tick and active liquidity are equal
in the contract and in voltcore. Then exact inputs are timed, rounds interleaved: the contract with
its token transfers and its callback, `swap_many` in one loop, one call of `swap` each.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import voltcore.math as vm
from voltcore import amm

ARTIFACTS = "VOLTCORE_EVM_ARTIFACTS"
FACTORY = "@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json"
TOKEN = "@openzeppelin/contracts/build/contracts/ERC20PresetFixedSupply.json"
FEE, SPACING, WIDTH, POSITIONS = 3000, 60, 120, 50
LOW, HIGH, Q96 = 4295128740, 1461446703485210103287273052203988822378723970341, 1 << 96
DEPLOYER, PAYER = (f"0x{number:040x}" for number in (0xD0, 0xBA9))


def missing() -> str | None:
    """What has to be installed before this can run."""
    for module, package in (("pyrevm", "pyrevm"), ("eth_abi", "eth-abi"), ("eth_hash", "eth-hash")):
        if importlib.util.find_spec(module) is None:
            return f"pip install pyrevm eth-abi 'eth-hash[pycryptodome]' ({package} is missing)"
    folder = os.environ.get(ARTIFACTS, "")
    for name in (FACTORY, TOKEN):
        if not folder or not Path(folder, name).is_file():
            return (
                "npm install @uniswap/v3-core@1.0.1 @openzeppelin/contracts@4.7.2 and set "
                f"{ARTIFACTS} to the folder node_modules"
            )
    return None


class Trade(NamedTuple):
    down: bool
    amount: int
    limit: int


def positions() -> list[tuple[int, int, int]]:
    draw = random.Random(21)
    return [(-WIDTH * i, WIDTH * i, draw.randint(1, 50) * 10**18) for i in range(1, POSITIONS + 1)]


def new_pool() -> amm.UniswapV3Pool:
    pool = amm.UniswapV3Pool(FEE, SPACING)
    pool.initialize(Q96)
    for lower, upper, size in positions():
        pool.mint(1, lower, upper, size)
    return pool


def trades(count: int, outputs: bool = False) -> list[Trade]:
    """0.1 to 40 tokens of input toward price 1; with `outputs` every fifth is one of output."""
    draw = random.Random(22)
    pool, tick = new_pool(), 0
    out = []
    for i in range(count):
        down = tick >= 0
        size = int(10**18 * 10 ** draw.uniform(-1, 1.6))
        out.append(Trade(down, -size if outputs and i % 5 == 3 else size, LOW if down else HIGH))
        tick = pool.swap(*out[-1]).tick
    return out


OPERATIONS = (
    "stop 00 slt 12 eq 14 iszero 15 caller 33 calldataload 35 calldatasize 36 calldatacopy 37 "
    "returndatasize 3d returndatacopy 3e pop 50 mstore 52 jumpi 57 gas 5a jumpdest 5b call f1 "
    "return f3 revert fd"
)
CODES = {
    name: int(code, 16)
    for name, code in zip(OPERATIONS.split()[::2], OPERATIONS.split()[1::2], strict=True)
}


class Assembly:
    """Bytecode from mnemonics, numbers, labels ("name:") and their uses ("@name")."""

    def __init__(self) -> None:
        self.code = bytearray()
        self.places: dict[str, int] = {}
        self.uses: list[tuple[int, str]] = []

    def add(self, *words: str | int) -> None:
        for word in words:
            if isinstance(word, int):
                size = max(1, (word.bit_length() + 7) // 8)
                self.code += bytes([0x5F + size]) + word.to_bytes(size, "big")
            elif word.startswith("@"):
                self.code += b"\x61"
                self.uses.append((len(self.code), word[1:]))
                self.code += b"\0\0"
            elif word.endswith(":"):
                self.places[word[:-1]] = len(self.code)
                self.code.append(CODES["jumpdest"])
            else:
                self.code.append(CODES[word])

    def link(self) -> bytes:
        for at, name in self.uses:
            self.code[at : at + 2] = self.places[name].to_bytes(2, "big")
        return bytes(self.code)


def payer(pool: int, tokens: list[int], transfer: int) -> bytes:
    """
    An account that forwards every call to the pool and pays what the pool calls back for.

    Both callbacks have the two amounts as their first arguments: what is above 0 is owed.
    """
    program = Assembly()
    program.add("caller", pool, "eq", "@owes", "jumpi")
    program.add("calldatasize", 0, 0, "calldatacopy")
    program.add(0, 0, "calldatasize", 0, 0, pool, "gas", "call")
    program.add("returndatasize", 0, 0, "returndatacopy", "@done", "jumpi")
    program.add("returndatasize", 0, "revert", "done:", "returndatasize", 0, "return", "owes:")
    for i, token in enumerate(tokens):
        amount = 4 + 32 * i
        program.add(amount, "calldataload", 0, "slt", "iszero", f"@next{i}", "jumpi")
        program.add(transfer << 224, 0, "mstore", pool, 4, "mstore")
        program.add(amount, "calldataload", 36, "mstore")
        program.add(0, 0, 68, 0, 0, token, "gas", "call", "pop", f"next{i}:")
    program.add("stop")
    return program.link()


class Contract:
    """The pool as it is deployed, in a machine of its own."""

    def __init__(self, folder: str) -> None:
        import pyrevm
        from eth_abi import decode, encode
        from eth_hash.auto import keccak

        self.decode, self.encode, self.keccak = decode, encode, keccak
        self.machine = pyrevm.EVM(gas_limit=1 << 60)
        self.machine.set_block_env(pyrevm.BlockEnv(timestamp=1_700_000_000, gas_limit=1 << 62))

        def code(name: str) -> bytes:
            return bytes.fromhex(json.loads(Path(folder, name).read_text())["bytecode"][2:])

        factory = self.machine.deploy(DEPLOYER, code(FACTORY))
        supply = encode(
            ["string", "string", "uint256", "address"], ["token", "T", 1 << 255, DEPLOYER]
        )
        tokens = sorted(self.machine.deploy(DEPLOYER, code(TOKEN) + supply).lower() for _ in "01")
        made = self.send(factory, "createPool(address,address,uint24)", tokens[0], tokens[1], FEE)
        self.pool = "0x" + made[-20:].hex()
        account = pyrevm.AccountInfo(
            nonce=1,
            code=payer(
                int(self.pool, 16),
                [int(token, 16) for token in tokens],
                int.from_bytes(keccak(b"transfer(address,uint256)")[:4], "big"),
            ),
        )
        self.machine.insert_account_info(PAYER, account)
        for token in tokens:
            self.send(token, "transfer(address,uint256)", PAYER, 1 << 254)
        self.send(PAYER, "initialize(uint160)", Q96)
        for lower, upper, size in positions():
            mint = "mint(address,int24,int24,uint128,bytes)"
            self.send(PAYER, mint, PAYER, lower, upper, size, b"")

    def data(self, signature: str, *values: Any) -> bytes:
        kinds = signature[signature.index("(") + 1 : -1]
        packed = self.encode(kinds.split(","), values) if kinds else b""
        return bytes(self.keccak(signature.encode())[:4] + packed)

    def send(self, to: str, signature: str, *values: Any) -> bytes:
        return bytes(
            self.machine.message_call(DEPLOYER, to, calldata=self.data(signature, *values))
        )

    def swap_data(self, trade: Trade) -> bytes:
        return self.data(
            "swap(address,bool,int256,uint160,bytes)",
            PAYER, trade.down, trade.amount, trade.limit, b"",
        )  # fmt: skip

    def swap(self, data: bytes) -> bytes:
        return bytes(self.machine.message_call(DEPLOYER, PAYER, calldata=data))

    def state(self) -> tuple[int, int, int]:
        """Price, tick and active liquidity."""
        price, tick = self.decode(["uint160", "int24"], self.send(self.pool, "slot0()")[:64])
        return price, tick, int.from_bytes(self.send(self.pool, "liquidity()"), "big")


def assert_equal_swaps(folder: str, count: int) -> int:
    """Every swap in both; the initialised ticks that they crossed."""
    contract, pool = Contract(folder), new_pool()
    crossed = 0
    for number, trade in enumerate(trades(count, outputs=True)):
        before = pool.slot()["tick"] // WIDTH
        ours = pool.swap(*trade)
        theirs = contract.decode(["int256", "int256"], contract.swap(contract.swap_data(trade)))
        assert (ours.amount0, ours.amount1) == theirs, number
        assert (ours.sqrt_price_x96, ours.tick, ours.liquidity) == contract.state(), number
        crossed += abs(ours.tick // WIDTH - before)
    assert crossed > count // 2
    return crossed


def timed(run: Any) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def measure(folder: str, count: int, rounds: int) -> tuple[float, float, float]:
    """Least seconds a swap of the contract, of the loop and of single calls; rounds interleaved."""
    todo = trades(count)
    down = np.array([trade.down for trade in todo])
    amounts = vm.limbs_from_ints([trade.amount % (1 << 256) for trade in todo])
    limits = vm.limbs_from_ints([trade.limit for trade in todo])
    best = [float("inf")] * 3
    for _ in range(rounds):
        contract = Contract(folder)
        calls = [contract.swap_data(trade) for trade in todo]

        def in_contract(swap: Any = contract.swap, calls: list[bytes] = calls) -> None:
            for data in calls:
                swap(data)

        best[0] = min(best[0], timed(in_contract))
        for _ in range(5):
            pool = new_pool()
            best[1] = min(best[1], timed(lambda: pool.swap_many(down, amounts, limits)))  # noqa: B023
            pool = new_pool()

            def one_by_one(swap: Any = pool.swap) -> None:
                for direction, amount, limit in todo:
                    swap(direction, amount, limit)

            best[2] = min(best[2], timed(one_by_one))
    return best[0] / count, best[1] / count, best[2] / count


def bench_pool_against_the_contract(benchmark: Any) -> None:
    reason = missing()
    if reason is not None:
        pytest.skip(reason)
    folder = os.environ[ARTIFACTS]
    assert_equal_swaps(folder, 500)
    contract, loop, calls = measure(folder, 500, 3)
    benchmark.group = "amm/evm"
    benchmark.extra_info.update(loop_ratio=contract / loop, call_ratio=contract / calls)
    pool = new_pool()
    benchmark.pedantic(lambda: [pool.swap(*trade) for trade in trades(500)], rounds=5)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--swaps", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    reason = missing()
    if reason is not None:
        print(f"not measured: {reason}")
        return 0
    folder = os.environ[ARTIFACTS]
    crossed = assert_equal_swaps(folder, options.swaps)
    print(f"{options.swaps} swaps equal in amounts, price, tick and liquidity, {crossed} intervals")
    contract, loop, calls = measure(folder, options.swaps, options.rounds)
    print(f"contract {contract * 1e6:8.2f} us a swap ({1 / contract:,.0f} a second)")
    print(f"loop     {loop * 1e6:8.3f} us, {contract / loop:6.0f}x")
    print(f"calls    {calls * 1e6:8.3f} us, {contract / calls:6.0f}x")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
