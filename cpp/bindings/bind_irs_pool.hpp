#pragma once

#include "bind.hpp"
#include "convert_irs.hpp"
#include "state_wide.hpp"
#include "voltcore/irs/irs_pool.hpp"

namespace voltcore::bindings {

using PoolHandle = EngineHandle<irs::IrsPool>;

/// What the pool holds, without changing it.
void bind_irs_pool_reads(py::class_<PoolHandle>& cls);
/// Sequences of swaps over arrays.
void bind_irs_pool_rows(py::class_<PoolHandle>& cls);

}  // namespace voltcore::bindings
