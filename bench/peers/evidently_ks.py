"""Evidently's data drift preset with Kolmogorov-Smirnov for numbers and PSI for categories.

    python evidently_ks.py BASELINE LIVE
"""

import json
import sys

import pandas as pd
from evidently import Dataset, DataDefinition, Report
from evidently.presets import DataDriftPreset


def main(baseline_path: str, live_path: str) -> None:
    baseline, live = pd.read_parquet(baseline_path), pd.read_parquet(live_path)
    numeric = [name for name in baseline.columns if pd.api.types.is_numeric_dtype(baseline[name])]
    definition = DataDefinition(
        numerical_columns=numeric,
        categorical_columns=[name for name in baseline.columns if name not in numeric],
    )
    report = Report([DataDriftPreset(num_method="ks", cat_method="psi")])
    result = report.run(
        Dataset.from_pandas(live, data_definition=definition),
        Dataset.from_pandas(baseline, data_definition=definition),
    )
    print(json.dumps({"metrics": len(result.dict()["metrics"])}))


if __name__ == "__main__":
    main(*sys.argv[1:3])
