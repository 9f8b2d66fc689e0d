"""PSI and the Kolmogorov-Smirnov distance of every column of two Parquet files, as one writes it by hand.

    python polars_loop.py BASELINE LIVE
"""

import json
import sys

import numpy as np
import polars as pl


def distance(baseline: np.ndarray, live: np.ndarray) -> float:
    both = np.concatenate([baseline, live])
    below = np.searchsorted(baseline, both, side="right") / len(baseline)
    below_live = np.searchsorted(live, both, side="right") / len(live)
    return float(np.abs(below - below_live).max())


def psi(baseline: np.ndarray, live: np.ndarray) -> float:
    b, w = baseline + 0.5, live + 0.5
    b, w = b / b.sum(), w / w.sum()
    return float(((w - b) * np.log(w / b)).sum())


def numeric(baseline: pl.Series, live: pl.Series) -> tuple[float, float]:
    x = np.sort(baseline.drop_nulls().to_numpy())
    y = np.sort(live.drop_nulls().to_numpy())
    # The deciles of sorted values; bins are (a, b].
    edges = np.unique(np.quantile(x, np.arange(1, 10) / 10))
    counts = [np.diff(np.searchsorted(v, edges, side="right"), prepend=0, append=len(v)) for v in (x, y)]
    counts = [np.append(c, s.null_count()) for c, s in zip(counts, (baseline, live))]
    return distance(x, y), psi(*counts)


def categorical(baseline: pl.Series, live: pl.Series) -> float:
    sides = [s.value_counts(name=n).rename({s.name: "value"}) for s, n in ((baseline, "b"), (live, "l"))]
    joined = sides[0].join(sides[1], on="value", how="full", nulls_equal=True).fill_null(0)
    return psi(joined["b"].to_numpy(), joined["l"].to_numpy())


def main(baseline_path: str, live_path: str) -> None:
    baseline, live = pl.read_parquet(baseline_path), pl.read_parquet(live_path)
    largest_d = largest_psi = 0.0
    for name in baseline.columns:
        if baseline[name].dtype.is_numeric():
            d, p = numeric(baseline[name], live[name])
            largest_d = max(largest_d, d)
        else:
            p = categorical(baseline[name], live[name])
        largest_psi = max(largest_psi, p)
    print(json.dumps({"features": len(baseline.columns), "d": largest_d, "psi": largest_psi}))


if __name__ == "__main__":
    main(*sys.argv[1:3])
