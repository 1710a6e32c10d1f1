"""Answer `/health` and `/metrics`."""

from collections.abc import Mapping

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from app.health import READY, Check, examine
from app.telemetry import Telemetry


class HealthAnswer(BaseModel):
    """``status`` is ready or degraded; a degraded product answers 503 so that a balancer notices."""

    status: str
    checks: dict[str, str]


def caretaker_routes(checks: Mapping[str, Check], telemetry: Telemetry) -> APIRouter:
    router = APIRouter(tags=["operations"])

    @router.get("/health")
    async def health(response: Response) -> HealthAnswer:
        found = await examine(checks)
        response.status_code = 200 if found.status == READY else 503
        return HealthAnswer(status=found.status, checks=dict(found.checks))

    @router.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(telemetry.exposition(), media_type=CONTENT_TYPE_LATEST)

    return router
