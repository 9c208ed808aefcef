#include "voltcore/math/revert.hpp"

#include <utility>

namespace voltcore::math {

void throw_revert(Revert revert, std::string_view op, std::vector<std::string> args) {
    const RevertRow& row = revert_row(revert);
    refuse({.code = row.code,
            .field = {},
            .value = {},
            .bound = {},
            .op = std::string{op},
            .onchain = std::string{row.text},
            .onchain_kind = row.kind,
            .onchain_args = std::move(args)});
}

}  // namespace voltcore::math
