"""Spark: `predict_batch_udf` hands over batches of files as arrays, and takes tensors back."""

import os
import sys
from collections.abc import Callable

import numpy as np
from pixfuse import presets
from pyspark.ml.functions import predict_batch_udf
from pyspark.sql import SparkSession
from pyspark.sql.types import ArrayType, FloatType


def load() -> Callable[[np.ndarray], np.ndarray]:
    """Once in each worker; a model would be loaded here too."""
    pipe = presets.imagenet
    return lambda files: pipe.decode_batch(list(files)).reshape(len(files), -1)


def tensors(paths: list[str]) -> np.ndarray:
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        tensor = predict_batch_udf(load, return_type=ArrayType(FloatType()), batch_size=4)
        files = spark.read.format("binaryFile").load(paths).repartition(2)
        rows = files.select("path", tensor("content").alias("tensor")).orderBy("path").collect()
        return np.array([row.tensor for row in rows], np.float32).reshape(-1, 3, 224, 224)
    finally:
        spark.stop()
