"""
Shards as Parquet files that carry their own digest.

Each file's footer holds one JSON text under the key ``voltcore``: which run, which shard, and the
SHA-256 of the file with those 64 digits replaced by zeros. A reader checks it before any Parquet
code sees the bytes. The digest finds damage; it is no signature.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voltcore.errors import CorruptError, InvariantError, ResourceError
from voltcore.sim.model import Band, Column, Model, Shard, Trace
from voltcore.sim.plan import ShardRange
from voltcore.sim.store import FORMAT, VERSION

_KEY = b"voltcore"
_MARK = b'"sha256":"'
_ZEROS = b"0" * 64
# The footer of a shard is a few KiB; the mark lies in it.
_FOOTER = 4 * 2**20


def shard_name(index: int) -> str:
    """File of the per-path columns of a shard."""
    return f"shard-{index:06d}.parquet"


def bands_name(index: int) -> str:
    """File of the histogram counts of a shard."""
    return f"bands-{index:06d}.parquet"


def traces_name(index: int) -> str:
    """File of the traced paths of a shard."""
    return f"traces-{index:06d}.parquet"


def file_names(part: ShardRange, has_bands: bool, has_traces: bool) -> list[str]:
    """Names of all files of a shard."""
    names = [shard_name(part.index)]
    if has_bands:
        names.append(bands_name(part.index))
    if has_traces and part.traced:
        names.append(traces_name(part.index))
    return names


def require_pyarrow() -> Any:
    """pyarrow, or the refusal that says how to get it."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise ResourceError(
            "is not installed; run folders and tables need it",
            code="E902",
            field="pyarrow",
            hint="pip install 'voltcore[app]'",
        ) from None
    return pyarrow


def arrow_array(values: NDArray[Any]) -> Any:
    """
    A `pyarrow.Array` of a one-dimensional array, without nulls.

    ``pyarrow.array`` would do the same, but imports pandas wherever it is installed: half a second
    at the start of every run and a quarter at its end.
    """
    pa = require_pyarrow()
    flat = np.packbits(values, bitorder="little") if values.dtype == np.bool_ else values
    buffer = pa.py_buffer(np.ascontiguousarray(flat))
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, buffer])


def check_shard(model: Model, part: ShardRange, shard: Shard) -> None:
    """A model must return exactly what it announced; anything else is a bug of the model."""

    def expect(name: str, array: object, dtype: str, shape: tuple[int, ...]) -> None:
        if (
            not isinstance(array, np.ndarray)
            or array.dtype != np.dtype(dtype)
            or array.shape != shape
        ):
            found = f"{array.dtype} {array.shape}" if isinstance(array, np.ndarray) else type(array)
            raise InvariantError(
                f"is {found}, not {dtype} {shape}", field=f"{model.kind}.{name}", op="simulate"
            )

    for column in model.columns:
        expect(column.name, shard.columns.get(column.name), column.dtype, (part.paths,))
    for band in model.bands:
        expect(band.name, shard.bands.get(band.name), "uint64", band.shape)
    if part.traced:
        for trace in model.traces:
            shape = (part.traced, len(trace.times))
            expect(trace.name, shard.traces.get(trace.name), trace.dtype, shape)


def content_digest(model: Model, part: ShardRange, shard: Shard) -> str:
    """SHA-256 of the numbers themselves, independent of the file format and its writer."""
    state = hashlib.sha256()

    def add(name: str, array: NDArray[Any]) -> None:
        little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        state.update(f"{name} {array.dtype.name} {array.shape}\n".encode())
        state.update(little.data if little.size else b"")

    for column in model.columns:
        add(column.name, shard.columns[column.name])
    for band in model.bands:
        add(band.name, shard.bands[band.name])
    if part.traced:
        for trace in model.traces:
            add(trace.name, shard.traces[trace.name])
    return state.hexdigest()


def encode(model: Model, part: ShardRange, shard: Shard, run: str) -> tuple[dict[str, bytes], str]:
    """Files of a shard by name, the per-path one last; and the digest of its content."""
    pa = require_pyarrow()
    content = content_digest(model, part, shard)
    label = {
        "content": content,
        "first_path": part.first_path,
        "format": FORMAT,
        "index": part.index,
        "paths": part.paths,
        "run": run,
        "variant": part.variant,
        "version": list(VERSION),
    }
    files = {}
    if model.traces and part.traced:
        arrays = {"path": arrow_array(_path_numbers(part)[: part.traced])}
        for trace in model.traces:
            values = arrow_array(shard.traces[trace.name].reshape(-1))
            arrays[trace.name] = pa.FixedSizeListArray.from_arrays(values, len(trace.times))
        files[traces_name(part.index)] = _file(pa, arrays, {**label, "part": "traces"})
    if model.bands:
        files[bands_name(part.index)] = _file(
            pa, _sparse(model.bands, shard), {**label, "part": "bands"}
        )
    arrays = {"path": arrow_array(_path_numbers(part))}
    for column in model.columns:
        arrays[column.name] = arrow_array(shard.columns[column.name])
    files[shard_name(part.index)] = _file(pa, arrays, {**label, "part": "columns"})
    return files, content


def _path_numbers(part: ShardRange) -> NDArray[np.uint64]:
    return np.arange(part.first_path, part.first_path + part.paths, dtype=np.uint64)


def _sparse(bands: tuple[Band, ...], shard: Shard) -> dict[str, Any]:
    numbers, times, bins, counts = [], [], [], []
    for number, band in enumerate(bands):
        array = shard.bands[band.name]
        where = np.nonzero(array)
        numbers.append(np.full(len(where[0]), number, dtype=np.int32))
        times.append(where[0].astype(np.int32))
        bins.append(where[1].astype(np.int32))
        counts.append(array[where])
    return {
        "band": arrow_array(np.concatenate(numbers)),
        "time": arrow_array(np.concatenate(times)),
        "bin": arrow_array(np.concatenate(bins)),
        "count": arrow_array(np.concatenate(counts)),
    }


def _file(pa: Any, arrays: Mapping[str, Any], label: Mapping[str, Any]) -> bytes:
    text = json.dumps({**label, "sha256": _ZEROS.decode()}, sort_keys=True, separators=(",", ":"))
    table = pa.table(dict(arrays)).replace_schema_metadata({_KEY: text.encode("utf-8")})
    sink = pa.BufferOutputStream()
    # Every option that shapes the bytes is fixed here.
    pa.parquet.write_table(
        table,
        sink,
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=3,
        use_dictionary=False,
        write_statistics=True,
        row_group_size=2**20,
    )
    data = bytearray(sink.getvalue())
    at = data.rfind(_MARK + _ZEROS)
    if at < 0:
        raise InvariantError("is not in the footer", field="sha256", op="encode")
    at += len(_MARK)
    data[at : at + 64] = hashlib.sha256(data).hexdigest().encode()
    return bytes(data)


def verify(data: bytes, path: str) -> dict[str, Any]:
    """The label of a file whose own digest matches; nothing of it is decoded before."""
    start = max(0, len(data) - _FOOTER)
    at = data.rfind(_MARK, start)
    if at < 0 or len(data) < at + len(_MARK) + 64:
        raise CorruptError("is damaged: it carries no digest", path=path)
    at += len(_MARK)
    stated = data[at : at + 64]
    state = hashlib.sha256(memoryview(data)[:at])
    state.update(_ZEROS)
    state.update(memoryview(data)[at + 64 :])
    if state.hexdigest().encode() != stated:
        raise CorruptError("is damaged: its digest does not match", path=path)
    begin = data.rfind(b'{"content"', start, at)
    try:
        label, _ = json.JSONDecoder().raw_decode(data[begin : at + 4096].decode("latin-1"))
    except (ValueError, RecursionError):
        raise CorruptError("is damaged: its label cannot be read", path=path) from None
    if not isinstance(label, dict):
        raise CorruptError("is damaged: its label cannot be read", path=path)
    return label


def check_label(label: Mapping[str, Any], part: ShardRange, run: str, path: str) -> str:
    """Refuse a file of another run or another shard; otherwise the digest of its content."""
    expected = {
        "format": FORMAT,
        "run": run,
        "index": part.index,
        "variant": part.variant,
        "first_path": part.first_path,
        "paths": part.paths,
    }
    for key, value in expected.items():
        if label.get(key) != value:
            raise CorruptError(
                f"belongs elsewhere: its {key} is {label.get(key)!r}, not {value!r}", path=path
            )
    return str(label.get("content"))


def decode_columns(
    data: bytes, columns: tuple[Column, ...], part: ShardRange, path: str, only: str | None = None
) -> dict[str, NDArray[Any]]:
    """Columns of a verified file, `path` left out; all of them, or the one named `only`."""
    wanted = [column for column in columns if only is None or column.name == only]
    table = _table(data, ["path", *(column.name for column in wanted)], path)
    if table.num_rows != part.paths:
        raise CorruptError(f"has {table.num_rows} rows, not {part.paths}", path=path)
    if not np.array_equal(_numpy(table, "path", "uint64", path), _path_numbers(part)):
        raise CorruptError("holds other paths than its label says", path=path)
    return {column.name: _numpy(table, column.name, column.dtype, path) for column in wanted}


def add_bands(
    data: bytes, bands: tuple[Band, ...], totals: Mapping[str, NDArray[Any]], path: str
) -> None:
    """Add the counts of a verified file to `totals`."""
    table = _table(data, ["band", "time", "bin", "count"], path)
    numbers, times, bins = (_numpy(table, name, "int32", path) for name in ("band", "time", "bin"))
    counts = _numpy(table, "count", "uint64", path)
    for number, band in enumerate(bands):
        rows = numbers == number
        shape = band.shape
        if (
            (times[rows] < 0).any()
            or (times[rows] >= shape[0]).any()
            or (bins[rows] < 0).any()
            or (bins[rows] >= shape[1]).any()
        ):
            raise CorruptError(f"counts outside the bins of {band.name}", path=path)
        np.add.at(totals[band.name], (times[rows], bins[rows]), counts[rows])


def decode_traces(
    data: bytes, traces: tuple[Trace, ...], part: ShardRange, path: str
) -> dict[str, NDArray[Any]]:
    """Traces of a verified file."""
    table = _table(data, ["path", *(trace.name for trace in traces)], path)
    if table.num_rows != part.traced:
        raise CorruptError(f"has {table.num_rows} rows, not {part.traced}", path=path)
    out = {}
    for trace in traces:
        values = table.column(trace.name).combine_chunks().flatten()
        array = np.asarray(values.to_numpy(zero_copy_only=False))
        if array.dtype != np.dtype(trace.dtype) or array.size != part.traced * len(trace.times):
            raise CorruptError(f"holds another {trace.name} than announced", path=path)
        out[trace.name] = array.reshape(part.traced, len(trace.times))
    return out


def _table(data: bytes, names: list[str], path: str) -> Any:
    pa = require_pyarrow()
    try:
        file = pa.parquet.ParquetFile(pa.BufferReader(data))
        missing = set(names) - set(file.schema_arrow.names)
        if missing:
            raise CorruptError(f"has no column {min(missing)!r}", path=path)
        return file.read(columns=names, use_threads=False)
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        if isinstance(error, CorruptError):
            raise
        raise CorruptError("is damaged: it is not readable as Parquet", path=path) from None


def _numpy(table: Any, name: str, dtype: str, path: str) -> NDArray[Any]:
    array = np.asarray(table.column(name).to_numpy())
    if array.dtype != np.dtype(dtype):
        raise CorruptError(f"has {name!r} as {array.dtype}, not {dtype}", path=path)
    return array
