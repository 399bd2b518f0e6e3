"""Metrics, printed in embedded metric format: no call, nothing to wait for.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html
"""

from typing import Final

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

NAMESPACE: Final = "Syncline"


def count_failed_runs(number: int, *, service: str) -> None:
    """What the alarm on failed runs counts, in one dimension: the service."""
    if number:
        metrics = Metrics(namespace=NAMESPACE, service=service)
        metrics.add_metric(name="RunsFailed", unit=MetricUnit.Count, value=number)
        metrics.flush_metrics()
