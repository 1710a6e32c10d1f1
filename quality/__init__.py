"""Listen back: find what was said and play it from that moment."""

from quality.api import quality_routes
from quality.service import IndexingService
from quality.settings import QualitySettings

__all__ = ["IndexingService", "QualitySettings", "quality_routes"]
