"""scipy's two-sample test of every numeric column of two Parquet files, and a chi-square test of the others.

    python scipy_loop.py BASELINE LIVE
"""

import json
import sys

import numpy as np
import polars as pl
from scipy.stats import chi2_contingency, ks_2samp


def main(baseline_path: str, live_path: str) -> None:
    baseline, live = pl.read_parquet(baseline_path), pl.read_parquet(live_path)
    distances = {}
    for name in baseline.columns:
        before, now = baseline[name].drop_nulls(), live[name].drop_nulls()
        if before.dtype.is_numeric():
            result = ks_2samp(before.to_numpy(), now.to_numpy(), method="asymp")
            distances[name] = result.statistic
        else:
            sides = [s.value_counts(name=n).rename({name: "value"}) for s, n in ((before, "b"), (now, "l"))]
            joined = sides[0].join(sides[1], on="value", how="full").fill_null(0)
            chi2_contingency(np.vstack([joined["b"].to_numpy(), joined["l"].to_numpy()]))
    print(json.dumps(distances))


if __name__ == "__main__":
    main(*sys.argv[1:3])
